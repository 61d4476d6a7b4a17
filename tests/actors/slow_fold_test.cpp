// Deciders that take long, and folds that the machine stops: nobody else suffers, nothing sticks.
#include "actors/deciders/interrupted.hpp"
#include "tests/actors/counting_engine.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace firn;
using namespace firn::test;

namespace {

struct SlowFold : ServiceFixture {
    SlowFold() : ServiceFixture(ServiceConfig{}) {}
    // About a millisecond an event.
    void set_slow_decider() {
        CategorySettings settings;
        settings.decider = DeciderSpec{.kind = "lua",
                                       .source =
                                           "initial = {n = 0}\n"
                                           "function evolve(state, event)\n"
                                           "  for i = 1, 100000 do end\n"
                                           "  state.n = state.n + 1\n"
                                           "  return state\n"
                                           "end",
                                       .name = {}};
        BOOST_REQUIRE(!run(service->set_category(name.category, settings)).error);
    }
    void append_many(std::size_t count) {
        BOOST_REQUIRE(!append(std::vector<TestEvent>(count)).error);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_decider_that_takes_long, SlowFold)

BOOST_AUTO_TEST_CASE(when_a_long_stream_is_folded_then_another_one_is_served_in_between) {
    constexpr std::size_t count = 200;
    const auto engine = std::make_shared<CountingEngine>();
    const Pending<AppendOutcome>* awaited = nullptr;
    engine->in_evolve = [&awaited](const EventView&) {
        if (awaited == nullptr || !awaited->done()) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    };
    service->register_decider(name.category, engine, 1);
    append_many(count);
    Pending<StateResult> slow(io, service->state(name, std::nullopt));
    Pending<AppendOutcome> quick(
        io, service->append({{"other", "1"}, Expected::any(), encode({TestEvent{}})}));
    awaited = &quick;
    io.restart();
    BOOST_TEST(!quick.get().error);
    BOOST_TEST(!slow.done());
    const auto state = slow.get();
    BOOST_REQUIRE(state);
    BOOST_TEST(*state->json == std::to_string(count));
}

BOOST_AUTO_TEST_CASE(when_committed_events_take_long_to_fold_then_none_is_left_out) {
    set_slow_decider();
    append_many(1);
    BOOST_TEST(state_text() == R"({"n":1})");
    append_many(60);
    append_many(39);
    BOOST_TEST(state_text() == R"({"n":100})");
}

BOOST_AUTO_TEST_CASE(when_advice_is_asked_for_then_it_takes_a_few_events_only) {
    set_slow_decider();
    append_many(1'500);
    const auto advice = service->advise(name.category);
    BOOST_TEST(advice.measured.events_folded > 0u);
    BOOST_TEST(advice.measured.events_folded < 1'500u);
}

BOOST_AUTO_TEST_CASE(when_the_machine_stops_a_fold_then_the_next_one_starts_anew) {
    const auto engine = std::make_shared<CountingEngine>();
    engine->in_evolve = [has_failed = false](const EventView& event) mutable {
        if (event.version == Version{5} && !std::exchange(has_failed, true)) {
            throw Interrupted("there is no memory");
        }
    };
    service->register_decider(name.category, engine, 1);
    append_many(9);
    const auto stopped = state();
    BOOST_REQUIRE(!stopped);
    BOOST_TEST(stopped.error().error == actor_errc::fold_failed);
    BOOST_REQUIRE(stopped.error().fold);
    BOOST_TEST(stopped.error().fold->version == Version{5});
    BOOST_TEST(stopped.error().fold->reason == "there is no memory");
    BOOST_TEST(state_text() == "9");
}

BOOST_AUTO_TEST_SUITE_END()
