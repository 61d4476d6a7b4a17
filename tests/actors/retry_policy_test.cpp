// Waits between attempts: how long, and by what chance.
#include "actors/retry_policy.hpp"

#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

using namespace firn;
using std::chrono::microseconds;

namespace {

constexpr auto whole = std::uint64_t{0};
constexpr auto least = std::numeric_limits<std::uint64_t>::max();

std::string objection_to(const std::function<void(RetryPolicy&)>& change) {
    RetryPolicy policy;
    change(policy);
    try {
        policy.validate();
        return "";
    } catch (const std::invalid_argument& refused) {
        return refused.what();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_retry_policy)

BOOST_AUTO_TEST_CASE(when_nothing_is_left_to_chance_then_waits_grow_up_to_the_longest) {
    const RetryPolicy policy{.first_backoff = microseconds{100},
                             .multiplier = 3,
                             .longest_backoff = microseconds{1'000},
                             .jitter = 0};
    for (const auto chance : {whole, least}) {
        BOOST_TEST(backoff_after(policy, 1, chance).count() == 100);
        BOOST_TEST(backoff_after(policy, 2, chance).count() == 300);
        BOOST_TEST(backoff_after(policy, 3, chance).count() == 900);
        BOOST_TEST(backoff_after(policy, 4, chance).count() == 1'000);
        BOOST_TEST(backoff_after(policy, 4'000'000'000, chance).count() == 1'000);
    }
}

BOOST_AUTO_TEST_CASE(when_all_is_left_to_chance_then_waits_are_from_nothing_to_the_whole) {
    const RetryPolicy policy{.first_backoff = microseconds{1'000}};
    BOOST_TEST(backoff_after(policy, 2, whole).count() == 2'000);
    BOOST_TEST(backoff_after(policy, 2, least).count() == 0);
    BOOST_TEST(backoff_after(policy, 2, least / 2).count() == 1'000);
}

BOOST_AUTO_TEST_CASE(when_a_part_is_left_to_chance_then_the_rest_is_waited_for_sure) {
    const RetryPolicy policy{.first_backoff = microseconds{1'000}, .jitter = 0.25};
    BOOST_TEST(backoff_after(policy, 1, whole).count() == 1'000);
    BOOST_TEST(backoff_after(policy, 1, least).count() == 750);
}

BOOST_AUTO_TEST_CASE(when_there_is_no_first_wait_then_there_is_none_later) {
    const RetryPolicy policy{.first_backoff = microseconds{0}};
    BOOST_TEST(backoff_after(policy, 4'000'000'000, whole).count() == 0);
}

BOOST_AUTO_TEST_CASE(when_many_waits_are_drawn_then_they_keep_their_bounds_and_spread) {
    auto random = test::Random::announced("backoff");
    RetryPolicy policy{.first_backoff = microseconds{1'000},
                       .longest_backoff = microseconds{50'000}};
    policy.seed = random.next();
    Backoff waits(policy);
    std::int64_t short_ones = 0;
    for (std::uint32_t conflicts = 1; conflicts <= 1'000; ++conflicts) {
        const auto longest = backoff_after(policy, conflicts, whole);
        const auto wait = waits.next();
        BOOST_REQUIRE(wait >= microseconds{0});
        BOOST_REQUIRE(wait <= longest);
        short_ones += wait < longest / 2 ? 1 : 0;
    }
    BOOST_TEST(short_ones > 350);
    BOOST_TEST(short_ones < 650);
}

BOOST_AUTO_TEST_CASE(when_the_seed_is_the_same_then_the_waits_are_and_else_they_are_not) {
    RetryPolicy policy;
    policy.seed = 1;
    Backoff once(policy);
    Backoff again(policy);
    policy.seed = 2;
    Backoff other(policy);
    int same_as_other = 0;
    for (int i = 0; i != 20; ++i) {
        const auto wait = once.next();
        BOOST_TEST(wait.count() == again.next().count());
        same_as_other += wait == other.next() ? 1 : 0;
    }
    BOOST_TEST(same_as_other < 5);
}

BOOST_AUTO_TEST_CASE(when_a_field_makes_no_sense_then_it_is_named) {
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(objection_to([](auto&) {}) == "");
    BOOST_TEST(objection_to([](auto& p) { p.attempts = 0; }) == "attempts must be positive");
    BOOST_TEST(objection_to([](auto& p) { p.first_backoff = microseconds{-1}; }) ==
               "first_backoff must not be negative");
    BOOST_TEST(objection_to([](auto& p) { p.multiplier = 0.5; }) == "multiplier must be 1 or more");
    BOOST_TEST(objection_to([&](auto& p) { p.multiplier = nan; }) ==
               "multiplier must be 1 or more");
    BOOST_TEST(objection_to([](auto& p) { p.longest_backoff = p.first_backoff / 2; }) ==
               "longest_backoff must not be shorter than first_backoff");
    BOOST_TEST(objection_to([](auto& p) { p.longest_backoff = std::chrono::hours{25}; }) ==
               "longest_backoff must be at most a day");
    BOOST_TEST(objection_to([](auto& p) { p.jitter = 1.5; }) == "jitter must be from 0 to 1");
    BOOST_TEST(objection_to([&](auto& p) { p.jitter = nan; }) == "jitter must be from 0 to 1");
}

BOOST_AUTO_TEST_SUITE_END()
