// Optimistic concurrency: what each expectation accepts, and what a refusal says and leaves.
#include "tests/contract/given_a_store.hpp"

#include <mutex>
#include <thread>

using namespace firn;
using namespace firn::test;

namespace {

// What every refusal must have left as it was.
void check_three_events_are_all(GivenAStore& given) {
    BOOST_TEST(given.read_all(order).size() == 3u);
    BOOST_TEST(given.head(order) == Version{3});
    BOOST_TEST(given.store().head_position() == Position{3});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_missing_stream, GivenAStore)

BOOST_AUTO_TEST_CASE(when_any_none_or_zero_is_expected_then_the_append_succeeds) {
    BOOST_TEST(!commit({appending({"a", "1"}, numbered(1), Expected::any())}).error);
    BOOST_TEST(!commit({appending({"a", "2"}, numbered(1), Expected::none())}).error);
    BOOST_TEST(!commit({appending({"a", "3"}, numbered(1), Expected::exactly(no_version))}).error);
}

BOOST_AUTO_TEST_CASE(when_it_is_expected_to_exist_then_the_append_is_refused) {
    for (const auto expected : {Expected::exists(), Expected::exactly(Version{1})}) {
        const auto outcome = commit({appending(order, numbered(1), expected)});
        BOOST_TEST(outcome.error == storage_errc::wrong_version);
        BOOST_TEST(outcome.streams.empty());
        BOOST_REQUIRE_EQUAL(outcome.conflicts.size(), 1u);
        BOOST_TEST(outcome.conflicts[0].index == 0u);
        BOOST_TEST(outcome.conflicts[0].reason == storage_errc::wrong_version);
        BOOST_TEST(outcome.conflicts[0].current_version == no_version);
    }
    BOOST_TEST(read_error(order) == storage_errc::stream_not_found);
    BOOST_TEST(store().head_position() == no_position);
}

BOOST_AUTO_TEST_CASE(when_only_a_check_is_made_then_it_does_not_begin_to_exist) {
    const auto outcome = commit({checking(order, Expected::none())});
    BOOST_REQUIRE(!outcome.error);
    BOOST_TEST(outcome.streams[0].version == no_version);
    BOOST_TEST(outcome.streams[0].first_version == Version{1});
    BOOST_TEST(outcome.streams[0].position == no_position);
    BOOST_TEST(store().facts(order).error() == storage_errc::stream_not_found);
    BOOST_TEST(store().list({})->streams.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_stream_with_three_events, GivenAStreamWithThreeEvents)

BOOST_AUTO_TEST_CASE(when_the_expectation_holds_then_the_append_succeeds) {
    BOOST_TEST(!commit({appending(order, numbered(1), Expected::exactly(Version{3}))}).error);
    BOOST_TEST(!commit({appending(order, numbered(1), Expected::exists())}).error);
    BOOST_TEST(!commit({appending(order, numbered(1), Expected::any())}).error);
    BOOST_TEST(head(order) == Version{6});
}

BOOST_AUTO_TEST_CASE(when_the_expected_version_is_stale_or_ahead_then_nothing_is_appended) {
    for (const std::uint64_t version : {0u, 2u, 4u, 1000u}) {
        const auto outcome =
            commit({appending(order, numbered(2), Expected::exactly(Version{version}))});
        BOOST_TEST(outcome.error == storage_errc::wrong_version);
        BOOST_REQUIRE_EQUAL(outcome.conflicts.size(), 1u);
        BOOST_TEST(outcome.conflicts[0].current_version == Version{3});
    }
    check_three_events_are_all(*this);
}

BOOST_AUTO_TEST_CASE(when_none_is_expected_then_nothing_is_appended) {
    const auto outcome = commit({appending(order, numbered(2), Expected::none())});
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    check_three_events_are_all(*this);
}

BOOST_AUTO_TEST_CASE(when_an_append_was_refused_then_the_next_one_leaves_no_gap) {
    commit({appending(order, numbered(5), Expected::none())});
    const auto outcome = append(order, numbered(1));
    BOOST_TEST(outcome.version == Version{4});
    BOOST_TEST(outcome.position == Position{4});
}

BOOST_AUTO_TEST_CASE(when_a_check_holds_then_it_says_where_the_stream_stands) {
    append(other, numbered(1));
    const auto outcome = commit({checking(order, Expected::exactly(Version{3}))});
    BOOST_REQUIRE(!outcome.error);
    BOOST_REQUIRE_EQUAL(outcome.streams.size(), 1u);
    BOOST_TEST(outcome.streams[0].version == Version{3});
    BOOST_TEST(outcome.streams[0].first_version == Version{4});
    BOOST_TEST(outcome.streams[0].position == Position{3});
    BOOST_TEST((outcome.streams[0].recorded_at == Timestamp{}));
    BOOST_TEST(!outcome.streams[0].replayed);
    BOOST_TEST(store().head_position() == Position{4});
}

BOOST_AUTO_TEST_CASE(when_it_was_closed_and_opened_then_expectations_still_count) {
    reopen();
    BOOST_TEST(commit({appending(order, numbered(1), Expected::exactly(Version{2}))}).error ==
               storage_errc::wrong_version);
    BOOST_TEST(commit({appending(order, numbered(1), Expected::none())}).error ==
               storage_errc::wrong_version);
    BOOST_TEST(!commit({appending(order, numbered(1), Expected::exactly(Version{3}))}).error);
}

BOOST_AUTO_TEST_CASE(when_writers_compete_for_each_version_then_each_is_won_once) {
    constexpr int writers = 4;
    constexpr std::uint64_t wins_each = 25;
    // commit() is for one thread at a time; the race is between reading the head and committing.
    std::mutex committing;
    std::vector<std::thread> threads;
    std::vector<std::uint64_t> wins(writers);
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&, writer] {
            auto& mine = wins[static_cast<std::size_t>(writer)];
            while (mine < wins_each) {
                const auto seen_head = store().head_version(order).value();
                const Transaction one[] = {
                    transaction({appending(order, numbered(1), Expected::exactly(seen_head))})};
                const std::lock_guard lock(committing);
                mine += store().commit(one).front().error ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST(head(order) == Version{3 + writers * wins_each});
    BOOST_TEST(read_all(order).size() == 3 + writers * wins_each);
}

BOOST_AUTO_TEST_SUITE_END()
