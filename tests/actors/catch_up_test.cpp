// CatchUp: every entry once and in order, whoever gathers, with and without a share of the budget.
#include "actors/catch_up.hpp"

#include "storage/memory/memory_store.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace firn;
using namespace firn::test;

namespace {

struct GivenAStoreToCatchUpWith {
    std::unique_ptr<EventStore> store = make_memory_store();
    std::shared_ptr<CatchUpBudget> budget = std::make_shared<CatchUpBudget>(1);

    GivenAStoreToCatchUpWith() { append(5000); }

    void append(std::size_t count) {
        const Transaction one[] = {transaction({appending({"order", "1"}, numbered(count, "Odd")),
                                                appending({"order", "2"}, numbered(1, "Even"))})};
        BOOST_REQUIRE(!store->commit(one).front().error);
    }
    // Answers how many entries came.
    static std::size_t read_to_head(CatchUp& reader) {
        std::size_t count = 0;
        auto last = reader.looked_at();
        do {
            const auto entries = reader.next(100);
            BOOST_REQUIRE(entries.has_value());
            for (const auto& entry : *entries) {
                BOOST_REQUIRE(entry.event.position > last);
                last = entry.event.position;
                ++count;
            }
        } while (!reader.is_at_head());
        return count;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_store_to_catch_up_with, GivenAStoreToCatchUpWith)

BOOST_AUTO_TEST_CASE(when_nobody_gathers_ahead_then_all_comes_in_order) {
    CatchUp reader({}, *store, {}, budget);
    BOOST_TEST(read_to_head(reader) == 5001u);
    BOOST_TEST(reader.looked_at() == Position{5001});
}

BOOST_AUTO_TEST_CASE(when_a_thread_gathers_ahead_then_all_comes_in_order) {
    boost::asio::thread_pool pool(1);
    CatchUp reader(pool.get_executor(), *store, {}, budget);
    BOOST_TEST(read_to_head(reader) == 5001u);
}

BOOST_AUTO_TEST_CASE(
    when_events_grow_so_that_windows_end_before_their_plan_then_all_comes_in_order) {
    const std::string large = "\"" + std::string(40'000, 'x') + "\"";
    for (int i = 0; i < 2'000; ++i) {
        const Transaction one[] = {transaction(
            {appending({"large", "1"}, std::vector<TestEvent>{{.type = "Large", .data = large}})})};
        BOOST_REQUIRE(!store->commit(one).front().error);
    }
    boost::asio::thread_pool pool(1);
    CatchUp reader(pool.get_executor(), *store, {}, budget);
    BOOST_TEST(read_to_head(reader) == 7'001u);
    BOOST_TEST(reader.looked_at() == Position{7'001});
}

BOOST_AUTO_TEST_CASE(when_the_executor_never_runs_then_the_reader_gathers_by_itself) {
    boost::asio::io_context idle;
    append(200'000);
    {
        CatchUp reader(idle.get_executor(), *store, {}, budget);
        BOOST_TEST(read_to_head(reader) == 205'002u);
    }
    BOOST_TEST(idle.run() > 0u);  // what was posted finds nothing left to do
}

BOOST_AUTO_TEST_CASE(when_the_reader_ends_in_the_middle_then_nothing_reads_for_it_any_more) {
    boost::asio::thread_pool pool(1);
    append(200'000);
    {
        CatchUp reader(pool.get_executor(), *store, {}, budget);
        BOOST_REQUIRE(reader.next(10).has_value());
    }
    store.reset();  // a window that is being gathered would read from it
    pool.join();
}

BOOST_AUTO_TEST_CASE(when_the_budget_is_used_up_then_readers_come_to_the_same_by_small_windows) {
    CatchUp first({}, *store, {}, budget);
    BOOST_REQUIRE(first.next(1).has_value());
    BOOST_TEST(budget->left() == 0u);
    CatchUp second({}, *store, {}, budget);
    BOOST_TEST(read_to_head(second) == 5001u);
    BOOST_TEST(read_to_head(first) == 5000u);
}

BOOST_AUTO_TEST_CASE(when_it_has_caught_up_then_its_share_goes_back_with_the_next_look) {
    CatchUp reader({}, *store, {}, budget);
    BOOST_TEST(read_to_head(reader) == 5001u);
    append(1);
    BOOST_TEST(reader.is_at_head());  // as of its last look
    BOOST_REQUIRE(reader.next(10).has_value());
    BOOST_TEST(budget->left() == 1u);
    BOOST_TEST(reader.looked_at() == Position{5003});
}

BOOST_AUTO_TEST_CASE(when_filters_are_stated_then_only_what_passes_comes) {
    CatchUp reader({}, *store, {.after = Position{4}, .types = {"Even"}}, budget);
    BOOST_TEST(read_to_head(reader) == 1u);
    CatchUp none({}, *store, {.categories = {"nothing"}}, budget);
    BOOST_TEST(read_to_head(none) == 0u);
    BOOST_TEST(none.looked_at() == Position{5001});
}

BOOST_AUTO_TEST_CASE(when_the_reader_goes_away_then_its_share_is_free) {
    {
        CatchUp reader({}, *store, {}, budget);
        BOOST_REQUIRE(reader.next(1).has_value());
        BOOST_TEST(budget->left() == 0u);
    }
    BOOST_TEST(budget->left() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
