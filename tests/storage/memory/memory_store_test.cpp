// What the memory model has beyond the contract: a clock to set, an exact window of ids.
#include "storage/memory/memory_store.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

const StreamName order{"order", "1"};

Timestamp second(int n) {
    return Timestamp{std::chrono::seconds{n}};
}

struct GivenASetClock {
    StreamOutcome append(const std::vector<TestEvent>& events) {
        const Transaction one[] = {transaction({appending(order, events)})};
        const auto outcome = store->commit(one).front();
        BOOST_REQUIRE(!outcome.error);
        return outcome.streams.front();
    }
    Timestamp time = second(100);
    std::unique_ptr<EventStore> store =
        make_memory_store({.remembered_ids = 3, .clock = [this] { return time; }});
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_memory_store_with_a_set_clock, GivenASetClock)

BOOST_AUTO_TEST_CASE(when_the_clock_goes_back_then_the_times_of_commits_do_not) {
    BOOST_TEST((append(numbered(1)).recorded_at == second(100)));
    time = second(50);
    BOOST_TEST((append(numbered(1)).recorded_at == second(100)));
    time = second(101);
    BOOST_TEST((append(numbered(1)).recorded_at == second(101)));
}

BOOST_AUTO_TEST_CASE(when_an_event_carries_a_later_time_then_the_next_commit_is_not_moved) {
    TestEvent imported;
    imported.recorded_at = second(1000);
    BOOST_TEST((append({imported}).recorded_at == second(1000)));
    BOOST_TEST((append(numbered(1)).recorded_at == second(100)));
}

BOOST_AUTO_TEST_CASE(when_more_ids_came_than_are_remembered_then_the_oldest_is_new_again) {
    for (std::uint64_t id = 1; id <= 4; ++id) {
        append({client_event(id)});
    }
    BOOST_TEST(append({client_event(2)}).replayed);
    BOOST_TEST(!append({client_event(1)}).replayed);
    // Which in turn took the place of the next one.
    BOOST_TEST(!append({client_event(2)}).replayed);
}

BOOST_AUTO_TEST_CASE(when_deleted_events_are_reclaimed_then_they_are_counted_once) {
    append(numbered(10));
    BOOST_REQUIRE(store->cut(order, Version{7}));
    BOOST_TEST(store->stats().reclaim_waiting == 1u);
    const auto first = store->reclaim(5).value();
    BOOST_TEST(first.events_removed == 5u);
    BOOST_TEST(first.more);
    const auto second_slice = store->reclaim(5).value();
    BOOST_TEST(second_slice.events_removed == 2u);
    BOOST_TEST(!second_slice.more);
    BOOST_TEST(store->stats().reclaim_waiting == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
