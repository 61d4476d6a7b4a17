// Streams that begin behind an anchor, as if their events had been cut.
#include "storage/chain_hash.hpp"
#include "tests/contract/given_a_store.hpp"
#include "tests/support/snapshot_builder.hpp"

using namespace firn;
using namespace firn::test;

namespace {

// order/2 has versions 1–3 at positions 1–3; order/1 begins behind version 100 at position 4, and
// holds versions 101–102 at positions 5–6.
struct GivenAStreamThatBeganCompacted : GivenAStore {
    GivenAStreamThatBeganCompacted() {
        append(other, numbered(3));
        begun = begin(order, {.version = 100, .state = "{\"n\":100}"});
        append(order, numbered(2));
    }
    TransactionOutcome begin(const StreamName& stream, const TestSnapshot& anchor,
                             Expected expected = Expected::none()) {
        return commit({beginning(stream, anchor, expected)});
    }
    void check_all() {
        BOOST_TEST(head(order) == Version{102});
        BOOST_TEST((versions(order, {}) == version_list({101, 102})));
        BOOST_TEST(read_error(order, {.from = Version{100}}) == storage_errc::compacted);
        BOOST_TEST((positions({}) == position_list({1, 2, 3, 4, 5, 6})));
        const auto found = facts(order);
        BOOST_TEST(found.first_version == Version{101});
        BOOST_TEST(found.events == 2u);
        BOOST_TEST(found.last_position == Position{6});
        const auto stats = store().stats();
        BOOST_TEST(stats.streams == 2u);
        BOOST_TEST(stats.events == 5u);
        BOOST_TEST(stats.head_position == Position{6});
        check_anchor();
        check_stand_in();
        const auto document = store().documents().get(DocumentKind::compacted, order.category);
        BOOST_TEST_REQUIRE(document.has_value());
        BOOST_TEST(document->has_value());
    }
    void check_anchor() {
        const auto copies = store().snapshots().anchor(order, Version{100});
        BOOST_TEST_REQUIRE(copies.has_value());
        for (const auto& copy : {copies->first, copies->second}) {
            BOOST_TEST_REQUIRE(copy.has_value());
            BOOST_TEST(copy->state == "{\"n\":100}");
            BOOST_CHECK(copy->facts.chain_hash == hash_number(7'000'100));
            BOOST_CHECK(copy->facts.kind == SnapshotKind::anchor);
        }
        const auto loaded = store().snapshots().load(order, Version{UINT64_MAX}, 1);
        BOOST_TEST_REQUIRE((loaded && loaded->snapshot));
        BOOST_TEST(loaded->snapshot->facts.version == Version{100});
    }
    void check_stand_in() {
        const auto page = feed({.after = Position{3}, .limit = 1});
        BOOST_TEST_REQUIRE(page.events.size() == 1u);
        const auto& entry = page.events.front();
        BOOST_CHECK(entry.kind == FeedEvent::Kind::snapshot);
        BOOST_TEST(*entry.stream == order);
        BOOST_TEST(entry.event.version == Version{100});
        BOOST_CHECK(entry.event.recorded_at == snapshot_of({.version = 100}).facts.created_at);
    }

    TransactionOutcome begun;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_began_compacted, GivenAStreamThatBeganCompacted)

BOOST_AUTO_TEST_CASE(when_it_is_looked_at_then_it_is_as_if_its_events_had_been_cut) {
    BOOST_TEST_REQUIRE(begun.streams.size() == 1u);
    BOOST_TEST(begun.streams[0].version == Version{100});
    BOOST_TEST(begun.streams[0].first_version == Version{101});
    BOOST_TEST(begun.streams[0].position == Position{4});
    check_all();
    crash_and_reopen();
    check_all();
    reclaim_all();
    reopen();
    check_all();
}

BOOST_AUTO_TEST_CASE(when_the_program_dies_right_behind_it_then_it_is_there) {
    const StreamName third{"invoice", "3"};
    BOOST_TEST(!begin(third, {.version = 7}).error);
    crash_and_reopen();
    BOOST_TEST(head(third) == Version{7});
    BOOST_TEST(facts(third).events == 0u);
    BOOST_TEST(store().head_position() == Position{7});
    append(third, numbered(1));
    crash_and_reopen();
    BOOST_TEST((versions(third, {}) == version_list({8})));
    BOOST_TEST((positions({.after = Position{6}}) == position_list({7, 8})));
}

BOOST_AUTO_TEST_CASE(when_events_follow_then_their_chain_goes_on_from_the_anchors) {
    auto chain = hash_number(7'000'100);
    for (const auto& event : read(order).events) {
        chain = chain_next(chain, event);
    }
    BOOST_CHECK(facts(order).chain_hash == chain);
    BOOST_TEST(commit({appending(order, numbered(1), Expected::exactly(Version{100}))}).error ==
               storage_errc::wrong_version);
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_there_then_it_cannot_begin) {
    for (const auto expected : {Expected::none(), Expected::any(), Expected::exists()}) {
        for (const auto& stream : {order, other}) {
            const auto refused = begin(stream, {.version = 500}, expected);
            BOOST_TEST(refused.error == storage_errc::wrong_version);
            BOOST_TEST_REQUIRE(refused.conflicts.size() == 1u);
            BOOST_TEST(refused.conflicts[0].current_version == head(stream));
        }
    }
    BOOST_TEST(begin({"order", "9"}, {.version = 5}, Expected::exists()).error ==
               storage_errc::wrong_version);
    delete_stream(other);
    BOOST_TEST(begin(other, {.version = 5}).error == storage_errc::stream_deleted);
    BOOST_TEST(store().head_position() == Position{6});
}

BOOST_AUTO_TEST_CASE(when_several_begin_in_one_group_then_each_stands_in_its_place) {
    const StreamName a{"order", "a"};
    const StreamName b{"order", "b"};
    const StreamName c{"order", "c"};
    const Transaction group[] = {
        transaction({appending(a, numbered(2))}),    transaction({beginning(b, {.version = 3})}),
        transaction({beginning(c, {.version = 9})}), transaction({beginning(b, {.version = 4})}),
        transaction({appending(b, numbered(1))}),    transaction({beginning(a, {.version = 9})}),
        transaction({appending(a, numbered(1))}),
    };
    const auto outcomes = store().commit(group);
    BOOST_TEST_REQUIRE(outcomes.size() == std::size(group));
    for (const auto refused : {3u, 5u}) {
        BOOST_TEST(outcomes[refused].error == storage_errc::wrong_version);
        BOOST_TEST(outcomes[refused].streams.empty());
    }
    const std::pair<std::size_t, std::uint64_t> places[] = {
        {0, 8}, {1, 9}, {2, 10}, {4, 11}, {6, 12}};
    for (const auto& [index, position] : places) {
        BOOST_TEST_CONTEXT("transaction " << index) {
            BOOST_TEST(!outcomes[index].error);
            BOOST_TEST_REQUIRE(outcomes[index].streams.size() == 1u);
            BOOST_TEST(outcomes[index].streams[0].position == Position{position});
        }
    }
    for (int i = 0; i != 2; ++i) {
        BOOST_TEST((versions(b, {}) == version_list({4})));
        BOOST_TEST((versions(a, {}) == version_list({1, 2, 3})));
        BOOST_TEST(head(c) == Version{9});
        BOOST_TEST((positions({.after = Position{6}}) == position_list({7, 8, 9, 10, 11, 12})));
        crash_and_reopen();
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_cut_or_deleted_then_the_stand_in_moves) {
    cut(order, Version{101});
    BOOST_TEST((positions({}) == position_list({1, 2, 3, 5, 6})));
    reclaim_all();
    BOOST_TEST((versions(order, {}) == version_list({102})));
    const StreamName third{"order", "3"};
    BOOST_TEST(!begin(third, {.version = 7}).error);
    delete_stream(third);
    const auto page = feed({.after = Position{6}});
    BOOST_TEST_REQUIRE(page.events.size() == 1u);
    BOOST_CHECK(page.events[0].kind == FeedEvent::Kind::deleted);
    reclaim_all();
    reopen();
    BOOST_TEST(store().stats().streams == 2u);
    BOOST_TEST((positions({}) == position_list({1, 2, 3, 5, 6, 7})));
}

BOOST_AUTO_TEST_SUITE_END()
