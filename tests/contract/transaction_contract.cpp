// Several streams at once, and several transactions in one commit.
#include "tests/contract/given_a_store.hpp"

using namespace firn;
using namespace firn::test;

namespace {
const StreamName third{"invoice", "1"};
}

BOOST_FIXTURE_TEST_SUITE(given_a_stream_with_three_events, GivenAStreamWithThreeEvents)

BOOST_AUTO_TEST_CASE(when_a_transaction_holds_then_every_stream_gets_its_events_in_order) {
    const auto outcome = commit({appending(third, numbered(2), Expected::none()),
                                 appending(order, numbered(1), Expected::exactly(Version{3})),
                                 appending(other, numbered(3))});
    BOOST_REQUIRE(!outcome.error);
    BOOST_REQUIRE_EQUAL(outcome.streams.size(), 3u);
    BOOST_TEST(outcome.streams[0].position == Position{5});
    BOOST_TEST(outcome.streams[1].version == Version{4});
    BOOST_TEST(outcome.streams[1].position == Position{6});
    BOOST_TEST(outcome.streams[2].position == Position{9});
    BOOST_TEST((outcome.streams[0].recorded_at == outcome.streams[2].recorded_at));
    BOOST_TEST(read_all(third).size() == 2u);
    BOOST_TEST(read_all(order).size() == 4u);
    BOOST_TEST(read_all(other).size() == 3u);
}

BOOST_AUTO_TEST_CASE(when_one_stream_conflicts_then_every_stream_is_unchanged) {
    append(other, numbered(1));
    const auto outcome = commit({appending(third, numbered(2)), appending(other, numbered(1)),
                                 appending(order, numbered(1), Expected::exactly(Version{2}))});
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    BOOST_TEST(outcome.streams.empty());
    BOOST_TEST(head(third) == no_version);
    BOOST_TEST(head(other) == Version{1});
    BOOST_TEST(head(order) == Version{3});
    BOOST_TEST(store().head_position() == Position{4});
    BOOST_TEST(read_error(third) == storage_errc::stream_not_found);
}

BOOST_AUTO_TEST_CASE(when_several_streams_conflict_then_each_is_named_with_its_version) {
    const auto outcome =
        commit({appending(third, numbered(1), Expected::exists()), appending(other, numbered(1)),
                checking(order, Expected::exactly(Version{1}))});
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    BOOST_REQUIRE_EQUAL(outcome.conflicts.size(), 2u);
    BOOST_TEST(outcome.conflicts[0].index == 0u);
    BOOST_TEST(outcome.conflicts[0].current_version == no_version);
    BOOST_TEST(outcome.conflicts[1].index == 2u);
    BOOST_TEST(outcome.conflicts[1].current_version == Version{3});
}

BOOST_AUTO_TEST_CASE(when_a_read_only_participant_is_current_then_it_passes_and_is_unchanged) {
    const auto outcome =
        commit({checking(order, Expected::exactly(Version{3})), appending(other, numbered(1))});
    BOOST_REQUIRE(!outcome.error);
    BOOST_TEST(outcome.streams[0].version == Version{3});
    BOOST_TEST(head(order) == Version{3});
    BOOST_TEST(head(other) == Version{1});
}

BOOST_AUTO_TEST_CASE(when_a_read_only_participant_moved_then_it_guards) {
    append(order, numbered(1));
    const auto outcome =
        commit({appending(other, numbered(1)), checking(order, Expected::exactly(Version{3}))});
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    BOOST_TEST(head(other) == no_version);
}

BOOST_AUTO_TEST_CASE(when_a_participant_is_deleted_then_that_is_told_before_versions) {
    append(other, numbered(2));
    delete_stream(other);
    const auto outcome = commit({appending(order, numbered(1), Expected::none()),
                                 checking(other, Expected::any()), appending(third, numbered(1))});
    BOOST_TEST(outcome.error == storage_errc::stream_deleted);
    BOOST_REQUIRE_EQUAL(outcome.conflicts.size(), 1u);
    BOOST_TEST(outcome.conflicts[0].index == 1u);
    BOOST_TEST(outcome.conflicts[0].current_version == Version{2});
    BOOST_TEST(head(third) == no_version);
}

BOOST_AUTO_TEST_CASE(when_a_transaction_appends_here_and_deletes_there_then_both_happen) {
    append(other, numbered(2));
    const auto outcome = commit({appending(order, numbered(1)), deleting(other)});
    BOOST_REQUIRE(!outcome.error);
    BOOST_TEST(head(order) == Version{4});
    BOOST_TEST(store().head_version(other).error() == storage_errc::stream_deleted);
}

BOOST_AUTO_TEST_CASE(when_a_transaction_with_a_deletion_conflicts_then_nothing_is_deleted) {
    append(other, numbered(2));
    const auto outcome =
        commit({deleting(other), appending(order, numbered(1), Expected::exactly(Version{9}))});
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    BOOST_TEST(read_all(other).size() == 2u);
}

BOOST_AUTO_TEST_CASE(when_a_group_has_several_transactions_then_each_sees_those_before_it) {
    const std::vector<Transaction> group{
        transaction({appending(order, numbered(2), Expected::exactly(Version{3}))}),
        transaction({appending(order, numbered(1), Expected::exactly(Version{3}))}),
        transaction({appending(order, numbered(1), Expected::exactly(Version{5}))}),
        transaction({appending(other, numbered(1), Expected::none())}),
        transaction({appending(other, numbered(1), Expected::none())}),
    };
    const auto outcomes = store().commit(group);
    BOOST_REQUIRE_EQUAL(outcomes.size(), 5u);
    BOOST_TEST(!outcomes[0].error);
    BOOST_TEST(outcomes[1].error == storage_errc::wrong_version);
    BOOST_TEST(outcomes[1].conflicts[0].current_version == Version{5});
    BOOST_TEST(!outcomes[2].error);
    BOOST_TEST(outcomes[2].streams[0].position == Position{6});
    BOOST_TEST(!outcomes[3].error);
    BOOST_TEST(outcomes[3].streams[0].position == Position{7});
    BOOST_TEST(outcomes[4].error == storage_errc::wrong_version);
    BOOST_TEST(store().head_position() == Position{7});
}

BOOST_AUTO_TEST_CASE(when_writers_of_a_group_are_stale_then_each_version_is_won_by_the_first) {
    // Three writers have all seen the same heads, of which each round only one is still true.
    for (std::uint64_t round = 0; round < 20; ++round) {
        const auto seen_here = head(order);
        const auto seen_there = head(other);
        std::vector<Transaction> group;
        for (int writer = 0; writer < 3; ++writer) {
            group.push_back(
                transaction({appending(order, numbered(1), Expected::exactly(seen_here)),
                             appending(other, numbered(2), Expected::exactly(seen_there))}));
        }
        const auto outcomes = store().commit(group);
        BOOST_REQUIRE(!outcomes[0].error);
        for (const auto* loser : {&outcomes[1], &outcomes[2]}) {
            BOOST_TEST(loser->error == storage_errc::wrong_version);
            BOOST_REQUIRE_EQUAL(loser->conflicts.size(), 2u);
            BOOST_TEST(loser->conflicts[0].current_version == seen_here.next());
            BOOST_TEST(loser->conflicts[1].current_version == seen_there.next().next());
        }
    }
    BOOST_TEST(read_all(order).size() == 23u);
    BOOST_TEST(read_all(other).size() == 40u);
}

BOOST_AUTO_TEST_CASE(when_a_transaction_conflicted_then_a_crash_brings_none_of_it_back) {
    append(other, numbered(1));
    const auto before = seen(feed());
    const auto outcome = commit({appending(third, numbered(2)), appending(other, numbered(1)),
                                 appending(order, numbered(1), Expected::exactly(Version{2}))});
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    BOOST_TEST((seen(feed()) == before));
    crash_and_reopen();
    BOOST_TEST((seen(feed()) == before));
    BOOST_TEST(read_error(third) == storage_errc::stream_not_found);
    BOOST_TEST(append(order, numbered(1)).position == Position{5});
}

BOOST_AUTO_TEST_CASE(when_a_group_deletes_a_stream_then_later_transactions_find_it_deleted) {
    const std::vector<Transaction> group{
        transaction({appending(other, numbered(2))}), transaction({deleting(other)}),
        transaction({appending(other, numbered(1))}), transaction({deleting(other)}),
        transaction({appending(order, numbered(1))}),
    };
    const auto outcomes = store().commit(group);
    BOOST_TEST(!outcomes[1].error);
    BOOST_TEST(outcomes[2].error == storage_errc::stream_deleted);
    BOOST_TEST(outcomes[3].error == storage_errc::stream_deleted);
    BOOST_TEST(!outcomes[4].error);
    reopen();
    BOOST_TEST(facts(other).deleted);
    BOOST_TEST(head(order) == Version{4});
}

BOOST_AUTO_TEST_CASE(when_a_group_or_a_transaction_is_empty_then_nothing_happens) {
    BOOST_TEST(store().commit({}).empty());
    const auto outcome = commit({});
    BOOST_TEST(!outcome.error);
    BOOST_TEST(outcome.streams.empty());
    BOOST_TEST(store().head_position() == Position{3});
}

BOOST_AUTO_TEST_CASE(when_a_group_is_committed_then_its_events_share_one_time) {
    const std::vector<Transaction> group{transaction({appending(order, numbered(1))}),
                                         transaction({appending(other, numbered(1))})};
    const auto outcomes = store().commit(group);
    BOOST_TEST((outcomes[0].streams[0].recorded_at == outcomes[1].streams[0].recorded_at));
}

BOOST_AUTO_TEST_SUITE_END()
