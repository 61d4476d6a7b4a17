// Idempotency by client ids: what counts as a repeat, what a replay answers, what is refused.
#include "tests/contract/given_a_store.hpp"

using namespace firn;
using namespace firn::test;

namespace {

// Versions 1 to 4 are a client's, ids 1 to 4; version 5 is ours.
struct GivenAClientsStream : GivenAStore {
    GivenAClientsStream() {
        first = append(order, {client_event(1), client_event(2)});
        second = append(order, {client_event(3), client_event(4)});
        append(order, numbered(1));
    }
    // The append is refused as a duplicate that names this id, and nothing changes.
    void check_duplicate(const std::vector<TestEvent>& events, std::uint64_t id,
                         Expected expected = Expected::any()) {
        const auto outcome = commit({appending(order, events, expected)});
        BOOST_TEST(outcome.error == storage_errc::duplicate_event);
        BOOST_REQUIRE_EQUAL(outcome.conflicts.size(), 1u);
        BOOST_TEST(outcome.conflicts[0].reason == storage_errc::duplicate_event);
        BOOST_TEST((outcome.conflicts[0].event_id == id_number(id)));
        BOOST_TEST(outcome.conflicts[0].current_version == Version{5});
        BOOST_TEST(head(order) == Version{5});
        BOOST_TEST(store().head_position() == Position{5});
    }
    void check_replay(const std::vector<TestEvent>& events, const StreamOutcome& original,
                      Expected expected = Expected::any()) {
        const auto outcome = commit({appending(order, events, expected)});
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message());
        BOOST_REQUIRE_EQUAL(outcome.streams.size(), 1u);
        BOOST_TEST(outcome.streams[0].replayed);
        BOOST_TEST(outcome.streams[0].first_version == original.first_version);
        BOOST_TEST(outcome.streams[0].version == original.version);
        BOOST_TEST(outcome.streams[0].position == original.position);
        BOOST_TEST((outcome.streams[0].recorded_at == original.recorded_at));
        BOOST_TEST(store().head_position() == Position{5});
    }
    // Where the event with this id lies; 0: the stream does not remember it.
    Version found(std::uint64_t id, const StreamName& stream = order) {
        const auto event = store().find_event(stream, id_number(id));
        BOOST_REQUIRE_MESSAGE(event.has_value(), event.error().message());
        if (!*event) {
            return no_version;
        }
        BOOST_TEST(
            ((*event)->version > first.version || (*event)->recorded_at == first.recorded_at));
        BOOST_TEST((*event)->position == Position{(*event)->version.value()});
        return (*event)->version;
    }
    StreamOutcome first;
    StreamOutcome second;
};

struct GivenAShortMemory : GivenAStore {
    GivenAShortMemory() : GivenAStore({.remembered_ids = 4}) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_clients_stream, GivenAClientsStream)

BOOST_AUTO_TEST_CASE(when_an_append_is_repeated_then_the_original_answer_comes_back) {
    check_replay({client_event(1), client_event(2)}, first);
    check_replay({client_event(3), client_event(4)}, second);
}

BOOST_AUTO_TEST_CASE(when_a_repeat_expects_another_version_then_it_is_still_a_replay) {
    const std::vector<TestEvent> events{client_event(1), client_event(2)};
    check_replay(events, first, Expected::none());
    check_replay(events, first, Expected::exactly(no_version));
    check_replay(events, first, Expected::exactly(Version{1000}));
    check_replay(events, first, Expected::exists());
}

BOOST_AUTO_TEST_CASE(when_contiguous_ids_of_two_appends_are_repeated_then_it_is_a_replay) {
    auto joined = second;
    joined.first_version = first.first_version;
    check_replay({client_event(1), client_event(2), client_event(3), client_event(4)}, joined);
    StreamOutcome part = first;
    part.version = part.first_version;
    part.position = Position{1};
    check_replay({client_event(1)}, part);
}

BOOST_AUTO_TEST_CASE(when_it_was_closed_and_opened_then_repeats_are_still_known) {
    reopen();
    check_replay({client_event(1), client_event(2)}, first, Expected::none());
    crash_and_reopen();
    check_replay({client_event(3), client_event(4)}, second);
    check_duplicate({client_event(4), client_event(9)}, 4);
}

BOOST_AUTO_TEST_CASE(when_the_events_were_cut_then_repeats_are_still_known) {
    cut(order, Version{5});
    reclaim_all();
    reopen();
    check_replay({client_event(1), client_event(2)}, first);
    check_duplicate({client_event(2, "[]")}, 2);
}

BOOST_AUTO_TEST_CASE(when_some_ids_are_known_then_the_first_known_one_is_named) {
    check_duplicate({client_event(1), client_event(9)}, 1);
    check_duplicate({client_event(9), client_event(2)}, 2);
    check_duplicate({client_event(3), client_event(4), client_event(9)}, 3);
    check_duplicate({numbered(1)[0], client_event(3)}, 3);
    check_duplicate({client_event(1), numbered(1)[0], client_event(2)}, 2);
}

BOOST_AUTO_TEST_CASE(when_the_content_differs_then_the_id_that_differs_is_named) {
    check_duplicate({client_event(1, "[]"), client_event(2)}, 1);
    check_duplicate({client_event(1), client_event(2, "[]")}, 2);
    auto other_type = client_event(1);
    other_type.type = "Changed";
    check_duplicate({other_type}, 1);
    auto other_metadata = client_event(2);
    other_metadata.metadata = R"({"by":"x"})";
    check_duplicate({client_event(1), other_metadata}, 2);
}

BOOST_AUTO_TEST_CASE(when_the_order_differs_or_has_a_hole_then_the_id_out_of_place_is_named) {
    check_duplicate({client_event(2), client_event(1)}, 1);
    check_duplicate({client_event(1), client_event(3)}, 3);
    check_duplicate({client_event(1), client_event(2), client_event(4)}, 4);
}

BOOST_AUTO_TEST_CASE(when_a_duplicate_expects_a_wrong_version_then_the_duplicate_is_told) {
    check_duplicate({client_event(1), client_event(9)}, 1, Expected::exactly(Version{2}));
}

BOOST_AUTO_TEST_CASE(when_only_the_trace_or_the_stated_time_differs_then_it_is_a_replay) {
    auto again = client_event(1);
    again.traceparent = "00-1";
    again.recorded_at = Timestamp{};
    StreamOutcome part = first;
    part.version = Version{1};
    part.position = Position{1};
    check_replay({again}, part);
}

BOOST_AUTO_TEST_CASE(when_an_id_is_known_in_another_stream_then_it_is_new_here) {
    const auto outcome = append(other, {client_event(1), client_event(2)});
    BOOST_TEST(!outcome.replayed);
    BOOST_TEST(outcome.position == Position{7});
}

BOOST_AUTO_TEST_CASE(when_an_id_is_not_the_clients_then_it_never_counts_as_a_repeat) {
    EncodedEvents ours;
    ours.add({.id = id_number(1), .type = "Happened"});
    const auto events = std::make_shared<EncodedEvents>(ours);
    for (int i = 0; i < 2; ++i) {
        const auto outcome = commit({{order, Expected::any(), StreamWrite::Kind::append, events}});
        BOOST_REQUIRE(!outcome.error);
        BOOST_TEST(!outcome.streams[0].replayed);
    }
    BOOST_TEST(head(order) == Version{7});
}

BOOST_AUTO_TEST_CASE(when_a_repeat_comes_in_the_same_group_then_it_is_a_replay) {
    const auto repeated = transaction({appending(order, {client_event(8)}, Expected::any())});
    const std::vector<Transaction> group{repeated, repeated};
    const auto outcomes = store().commit(group);
    BOOST_REQUIRE(!outcomes[0].error);
    BOOST_REQUIRE(!outcomes[1].error);
    BOOST_TEST(!outcomes[0].streams[0].replayed);
    BOOST_TEST(outcomes[1].streams[0].replayed);
    BOOST_TEST(outcomes[1].streams[0].version == Version{6});
    BOOST_TEST(outcomes[1].streams[0].position == Position{6});
    BOOST_TEST(head(order) == Version{6});
}

BOOST_AUTO_TEST_CASE(when_a_whole_transaction_is_repeated_then_it_is_a_replay_with_its_checks) {
    const auto writes = {appending(other, {client_event(1)}, Expected::none()),
                         checking(order, Expected::exactly(Version{5})),
                         appending({"c", "1"}, {client_event(5)}, Expected::none())};
    const auto original = commit(writes);
    BOOST_REQUIRE(!original.error);
    append(order, numbered(1));
    const auto outcome = commit(writes);
    BOOST_REQUIRE(!outcome.error);
    BOOST_REQUIRE_EQUAL(outcome.streams.size(), 3u);
    for (const std::size_t i : {0u, 2u}) {
        BOOST_TEST(outcome.streams[i].replayed);
        BOOST_TEST(outcome.streams[i].version == original.streams[i].version);
        BOOST_TEST(outcome.streams[i].position == original.streams[i].position);
    }
    BOOST_TEST(outcome.streams[1].replayed);
    BOOST_TEST(outcome.streams[1].version == Version{6});
}

BOOST_AUTO_TEST_CASE(when_only_a_part_of_a_transaction_is_a_repeat_then_it_is_refused) {
    const auto outcome = commit({appending(other, {client_event(1)}),
                                 appending(order, {client_event(1), client_event(2)})});
    BOOST_TEST(outcome.error == storage_errc::duplicate_event);
    BOOST_REQUIRE_EQUAL(outcome.conflicts.size(), 1u);
    BOOST_TEST(outcome.conflicts[0].index == 1u);
    BOOST_TEST((outcome.conflicts[0].event_id == id_number(1)));
    BOOST_TEST(head(other) == no_version);
}

BOOST_AUTO_TEST_CASE(when_a_repeat_also_deletes_a_stream_then_it_is_refused) {
    append(other, numbered(1));
    const auto outcome =
        commit({appending(order, {client_event(1), client_event(2)}), deleting(other)});
    BOOST_TEST(outcome.error == storage_errc::duplicate_event);
    BOOST_TEST(head(other) == Version{1});
}

BOOST_AUTO_TEST_CASE(when_an_event_is_looked_for_by_its_id_then_it_says_where_it_lies) {
    const auto check = [this] {
        for (std::uint64_t id = 1; id <= 4; ++id) {
            BOOST_TEST(found(id) == Version{id});
        }
        BOOST_TEST(found(9) == no_version);
        BOOST_TEST(found(0) == no_version);  // ours
        BOOST_TEST(found(1, other) == no_version);
        BOOST_TEST(found(1, {"order", "missing"}) == no_version);
    };
    append(other, {client_event(77)});
    check();
    reopen();
    check();
    const auto third = append(order, {client_event(5)});
    BOOST_TEST(store().find_event(order, id_number(5)).value()->position == third.position);
    check();
    cut(order, Version{5});
    reclaim_all();
    check();
    crash_and_reopen();
    check();
    BOOST_TEST((store().find_event(order, id_number(5)).value()->recorded_at == third.recorded_at));
    delete_stream(order);
    BOOST_TEST((store().find_event(order, id_number(1)).error() == storage_errc::stream_deleted));
    reopen();
    BOOST_TEST((store().find_event(order, id_number(1)).error() == storage_errc::stream_deleted));
}

BOOST_AUTO_TEST_CASE(when_the_stream_was_deleted_then_a_repeat_finds_it_deleted) {
    delete_stream(order);
    const auto outcome = commit({appending(order, {client_event(1), client_event(2)})});
    BOOST_TEST(outcome.error == storage_errc::stream_deleted);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_store_that_remembers_at_least_four_ids, GivenAShortMemory)

BOOST_AUTO_TEST_CASE(when_many_ids_came_then_the_newest_four_are_still_known) {
    for (std::uint64_t id = 1; id <= 50; ++id) {
        append(order, {client_event(id)});
        append(order, numbered(1));
        if (id % 20 == 0) {
            reopen();
        }
    }
    for (std::uint64_t id = 47; id <= 50; ++id) {
        const auto outcome = append(order, {client_event(id)});
        BOOST_TEST(outcome.replayed);
        BOOST_TEST(outcome.version == Version{2 * id - 1});
    }
    BOOST_TEST(head(order) == Version{100});
}

BOOST_AUTO_TEST_SUITE_END()
