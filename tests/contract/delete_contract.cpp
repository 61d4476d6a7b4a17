// Deleting a stream: for good, under its name, with one stand-in left in the feed.
#include "tests/contract/given_a_store.hpp"

using namespace firn;
using namespace firn::test;

namespace {

// order/1 has versions 1–3 at positions 1–3 and is deleted; order/2 has 1–2 at positions 4–5.
struct GivenADeletedStream : GivenAStreamWithThreeEvents {
    GivenADeletedStream() {
        append(other, numbered(2, "Other"));
        before = facts(order);
        last_event = read_all(order).back();
        delete_stream(order);
    }
    void check_gone() {
        BOOST_TEST(store().head_version(order).error() == storage_errc::stream_deleted);
        BOOST_TEST(read_error(order) == storage_errc::stream_deleted);
        BOOST_TEST(read_error(order, {.from = Version{99}}) == storage_errc::stream_deleted);
        BOOST_TEST((positions({}) == position_list({3, 4, 5})));
        BOOST_TEST(store().list({})->streams.size() == 1u);
        BOOST_TEST(store().stats().streams == 1u);
        BOOST_TEST(store().stats().events == 2u);
    }
    StreamFacts before;
    SeenEvent last_event;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_deleted_stream, GivenADeletedStream)

BOOST_AUTO_TEST_CASE(when_it_is_asked_for_then_it_is_deleted_and_stays_so) {
    check_gone();
    crash_and_reopen();
    check_gone();
    reclaim_all();
    check_gone();
    reopen();
    check_gone();
}

BOOST_AUTO_TEST_CASE(when_its_facts_are_asked_for_then_they_say_what_it_was) {
    reclaim_all();
    reopen();
    const auto found = facts(order);
    BOOST_TEST(found.deleted);
    BOOST_TEST(found.stream == order);
    BOOST_TEST(found.version == Version{3});
    BOOST_TEST(found.first_version == Version{4});
    BOOST_TEST(found.events == 0u);
    BOOST_TEST(found.bytes == 0u);
    BOOST_TEST(found.last_position == Position{3});
    BOOST_TEST((found.chain_hash == before.chain_hash));
}

BOOST_AUTO_TEST_CASE(when_anything_is_written_to_it_then_it_is_refused_whatever_is_expected) {
    for (const auto expected :
         {Expected::any(), Expected::none(), Expected::exists(), Expected::exactly(Version{3})}) {
        for (const auto& write : {appending(order, numbered(1), expected),
                                  checking(order, expected), deleting(order, expected)}) {
            const auto outcome = commit({write});
            BOOST_TEST(outcome.error == storage_errc::stream_deleted);
            BOOST_REQUIRE_EQUAL(outcome.conflicts.size(), 1u);
            BOOST_TEST(outcome.conflicts[0].current_version == Version{3});
        }
    }
    BOOST_TEST(store().head_position() == Position{5});
}

BOOST_AUTO_TEST_CASE(when_the_feed_is_read_then_one_stand_in_is_left_of_it) {
    for (int i = 0; i < 2; ++i) {
        const auto entries = seen(feed());
        BOOST_REQUIRE_EQUAL(entries.size(), 3u);
        BOOST_TEST((entries[0].kind == FeedEvent::Kind::deleted));
        BOOST_TEST(entries[0].stream == order);
        BOOST_TEST(entries[0].event.version == Version{3});
        BOOST_TEST(entries[0].event.position == Position{3});
        BOOST_TEST((entries[0].event.recorded_at == last_event.recorded_at));
        reclaim_all();
        reopen();
    }
}

BOOST_AUTO_TEST_CASE(when_filters_are_stated_then_the_stand_in_passes_types_but_not_the_others) {
    BOOST_TEST((positions({.types = {"Nothing"}}) == position_list({3})));
    BOOST_TEST((positions({.types = {"Nothing"}, .id_prefix = "2"}).empty()));
    BOOST_TEST(positions({.categories = {"invoice"}}).empty());
}

BOOST_AUTO_TEST_CASE(when_another_stream_is_made_then_positions_go_on) {
    BOOST_TEST(append({"order", "3"}, numbered(1)).position == Position{6});
    BOOST_TEST(store().head_position() == Position{6});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_stream_to_delete, GivenAStreamWithThreeEvents)

BOOST_AUTO_TEST_CASE(when_it_is_missing_then_there_is_nothing_to_delete) {
    for (const auto expected : {Expected::any(), Expected::none(), Expected::exactly(Version{1})}) {
        const auto outcome = commit({deleting(other, expected)});
        BOOST_TEST(outcome.error == storage_errc::stream_not_found);
        BOOST_TEST(outcome.conflicts[0].current_version == no_version);
    }
    BOOST_TEST(store().facts(other).error() == storage_errc::stream_not_found);
}

BOOST_AUTO_TEST_CASE(when_the_expected_version_is_wrong_then_it_is_not_deleted) {
    const auto outcome = commit({deleting(order, Expected::exactly(Version{2}))});
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    BOOST_TEST(read_all(order).size() == 3u);
    BOOST_TEST(!commit({deleting(order, Expected::exactly(Version{3}))}).error);
}

BOOST_AUTO_TEST_CASE(when_it_is_deleted_then_the_answer_says_where_it_stood) {
    append(other, numbered(1));
    const auto outcome = commit({deleting(order)});
    BOOST_REQUIRE(!outcome.error);
    BOOST_TEST(outcome.streams[0].version == Version{3});
    BOOST_TEST(outcome.streams[0].first_version == Version{4});
    BOOST_TEST(outcome.streams[0].position == Position{3});
    BOOST_TEST((outcome.streams[0].recorded_at == Timestamp{}));
}

BOOST_AUTO_TEST_CASE(when_it_had_been_cut_then_only_the_stand_in_of_the_deletion_is_left) {
    cut(order, Version{2});
    delete_stream(order);
    auto entries = seen(feed());
    BOOST_REQUIRE_EQUAL(entries.size(), 1u);
    BOOST_TEST((entries[0].kind == FeedEvent::Kind::deleted));
    BOOST_TEST(entries[0].event.position == Position{3});
}

BOOST_AUTO_TEST_CASE(when_all_of_it_had_been_cut_then_deleting_still_leaves_its_stand_in) {
    const auto last_event = read_all(order).back();
    cut(order, Version{3});
    reclaim_all();
    delete_stream(order);
    reopen();
    auto entries = seen(feed());
    BOOST_REQUIRE_EQUAL(entries.size(), 1u);
    BOOST_TEST((entries[0].kind == FeedEvent::Kind::deleted));
    BOOST_TEST(entries[0].event.version == Version{3});
    BOOST_TEST((entries[0].event.recorded_at == last_event.recorded_at));
}

BOOST_AUTO_TEST_SUITE_END()
