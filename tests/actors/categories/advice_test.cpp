#include "actors/categories/advice.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;

namespace {

MeasuredCosts measured() {
    MeasuredCosts costs;
    costs.events_folded = 100'000;
    costs.fold_ns = 1'000;
    costs.snapshots_made = 100;
    costs.make_ns = 20'000;
    costs.snapshots_restored = 100;
    costs.restore_ns = 5'500;
    costs.loads = 1'000;
    costs.appended = 100'000;
    return costs;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_measured_costs)

BOOST_AUTO_TEST_CASE(when_restoring_costs_as_much_as_some_events_then_it_pays_from_there) {
    BOOST_TEST(*advise(measured(), 100).pays_from_events == 6u);
}

BOOST_AUTO_TEST_CASE(when_loads_are_rare_then_the_interval_is_long) {
    auto costs = measured();
    // sqrt(2 * 20,000 / (0.01 * 1,000)) = 63
    BOOST_TEST(advise(costs, 100).recommended_every == 50u);
    costs.loads = 10;
    BOOST_TEST(advise(costs, 100).recommended_every == 500u);
    costs.loads = 100'000;
    BOOST_TEST(advise(costs, 100).recommended_every == 10u);
}

BOOST_AUTO_TEST_CASE(when_too_little_was_measured_then_the_default_stands_and_it_is_said) {
    auto costs = measured();
    costs.events_folded = 3;
    const auto advice = advise(costs, 77);
    BOOST_TEST(advice.recommended_every == 77u);
    BOOST_TEST(!advice.pays_from_events);
    BOOST_TEST(advice.reason.find("default") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_nothing_is_loaded_then_only_the_length_is_told) {
    auto costs = measured();
    costs.loads = 0;
    const auto advice = advise(costs, 100);
    BOOST_TEST(*advice.pays_from_events == 6u);
    BOOST_TEST(advice.recommended_every == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
