// Cutting a prefix away: what is gone, what stays, what stands in for it.
#include "tests/contract/given_a_store.hpp"

using namespace firn;
using namespace firn::test;

namespace {

// order/1 has versions 1–6 at positions 1–3 and 6–8; order/2 has 1–2 at positions 4–5.
struct GivenACuttableStream : GivenAStore {
    GivenACuttableStream() {
        append(order, numbered(3));
        append(other, numbered(2, "Other"));
        append(order, numbered(3));
    }
    error_code cut_error(const StreamName& stream, Version up_to) {
        const auto done = store().cut(stream, up_to);
        return done ? error_code() : done.error();
    }
    // Versions 1–4 are gone, and everything says so.
    void check_cut_at_four() {
        const auto page = read(order);
        BOOST_TEST(page.version == Version{6});
        BOOST_TEST(page.first_version == Version{5});
        BOOST_TEST((versions(order, {}) == version_list({5, 6})));
        BOOST_TEST((versions(order, {.direction = Direction::backward}) == version_list({6, 5})));
        BOOST_TEST((positions({}) == position_list({4, 5, 6, 7, 8})));
        const auto found = facts(order);
        BOOST_TEST(found.version == Version{6});
        BOOST_TEST(found.first_version == Version{5});
        BOOST_TEST(found.events == 2u);
        BOOST_TEST(found.bytes == encode(numbered(2))->bytes().size());
        BOOST_TEST(found.last_position == Position{8});
        BOOST_TEST(store().stats().events == 4u);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_with_six_events, GivenACuttableStream)

BOOST_AUTO_TEST_CASE(when_a_prefix_is_cut_then_it_is_gone_at_once_and_for_good) {
    cut(order, Version{4});
    check_cut_at_four();
    crash_and_reopen();
    check_cut_at_four();
    reclaim_all();
    check_cut_at_four();
    reopen();
    check_cut_at_four();
}

BOOST_AUTO_TEST_CASE(when_a_version_that_was_cut_is_asked_for_then_it_is_compacted) {
    cut(order, Version{4});
    for (const auto direction : {Direction::forward, Direction::backward}) {
        for (const std::uint64_t from : {1u, 4u}) {
            BOOST_TEST(read_error(order, {.from = Version{from}, .direction = direction}) ==
                       storage_errc::compacted);
        }
    }
    BOOST_TEST((versions(order, {.from = Version{5}}) == version_list({5, 6})));
    BOOST_TEST((versions(order, {.from = Version{5}, .direction = Direction::backward}) ==
                version_list({5})));
}

BOOST_AUTO_TEST_CASE(when_everything_is_cut_then_the_stream_is_empty_but_keeps_its_version) {
    cut(order, Version{6});
    reclaim_all();
    reopen();
    BOOST_TEST(head(order) == Version{6});
    BOOST_TEST(facts(order).first_version == Version{7});
    BOOST_TEST(facts(order).events == 0u);
    BOOST_TEST(facts(order).bytes == 0u);
    for (const auto direction : {Direction::forward, Direction::backward}) {
        BOOST_TEST(versions(order, {.direction = direction}).empty());
        BOOST_TEST(versions(order, {.from = Version{7}, .direction = direction}).empty());
        BOOST_TEST(read_error(order, {.from = Version{6}, .direction = direction}) ==
                   storage_errc::compacted);
    }
    BOOST_TEST(!store().list({})->streams.empty());
    const auto outcome = append(order, numbered(1));
    BOOST_TEST(outcome.version == Version{7});
    BOOST_TEST((versions(order, {}) == version_list({7})));
}

BOOST_AUTO_TEST_CASE(when_a_cut_goes_back_or_repeats_then_nothing_changes) {
    cut(order, Version{4});
    cut(order, Version{4});
    cut(order, Version{1});
    cut(order, no_version);
    check_cut_at_four();
}

BOOST_AUTO_TEST_CASE(when_nothing_is_to_be_cut_then_that_succeeds_unless_there_is_no_stream) {
    const StreamName fresh{"order", "3"};
    append(fresh, numbered(2));
    cut(fresh, no_version);
    BOOST_TEST(read_all(fresh).size() == 2u);
    BOOST_TEST(cut_error({"none", "1"}, no_version) == storage_errc::stream_not_found);
    delete_stream(fresh);
    BOOST_TEST(cut_error(fresh, no_version) == storage_errc::stream_deleted);
}

BOOST_AUTO_TEST_CASE(when_a_cut_goes_further_then_more_is_gone) {
    cut(order, Version{2});
    cut(order, Version{4});
    check_cut_at_four();
}

BOOST_AUTO_TEST_CASE(when_a_cut_cannot_be_then_it_says_why_and_changes_nothing) {
    BOOST_TEST(cut_error({"none", "1"}, Version{1}) == storage_errc::stream_not_found);
    BOOST_TEST(cut_error(order, Version{7}) == storage_errc::version_not_found);
    delete_stream(other);
    BOOST_TEST(cut_error(other, Version{1}) == storage_errc::stream_deleted);
    BOOST_TEST(read_all(order).size() == 6u);
}

BOOST_AUTO_TEST_CASE(when_a_prefix_is_cut_then_versions_positions_and_chain_go_on) {
    const auto chain = facts(order).chain_hash;
    cut(order, Version{4});
    reclaim_all();
    BOOST_TEST((facts(order).chain_hash == chain));
    const auto outcome = commit({appending(order, numbered(1), Expected::exactly(Version{6}))});
    BOOST_REQUIRE(!outcome.error);
    BOOST_TEST(outcome.streams[0].version == Version{7});
    BOOST_TEST(outcome.streams[0].position == Position{9});
}

BOOST_AUTO_TEST_CASE(when_a_prefix_is_cut_then_one_stand_in_takes_its_place_in_the_feed) {
    const auto last_cut = read_all(order)[3];
    cut(order, Version{2});
    cut(order, Version{4});
    for (int i = 0; i < 2; ++i) {
        const auto entries = seen(feed());
        BOOST_REQUIRE_EQUAL(entries.size(), 5u);
        BOOST_TEST((entries[0].kind == FeedEvent::Kind::event));
        BOOST_TEST((entries[2].kind == FeedEvent::Kind::snapshot));
        BOOST_TEST(entries[2].stream == order);
        BOOST_TEST(entries[2].event.version == Version{4});
        BOOST_TEST(entries[2].event.position == Position{6});
        BOOST_TEST((entries[2].event.recorded_at == last_cut.recorded_at));
        BOOST_TEST((entries[3].kind == FeedEvent::Kind::event));
        reclaim_all();
        reopen();
    }
}

BOOST_AUTO_TEST_CASE(when_filters_are_stated_then_the_stand_in_passes_types_but_not_the_others) {
    cut(order, Version{4});
    BOOST_TEST((positions({.types = {"Other"}}) == position_list({4, 5, 6})));
    BOOST_TEST(
        (positions({.categories = {"order"}, .id_prefix = "1"}) == position_list({6, 7, 8})));
    BOOST_TEST((positions({.id_prefix = "2"}) == position_list({4, 5})));
    BOOST_TEST(positions({.categories = {"invoice"}}).empty());
}

BOOST_AUTO_TEST_CASE(when_the_feed_is_bounded_then_gaps_count_as_looked_at_and_stand_ins_limit) {
    cut(order, Version{4});
    BOOST_TEST(feed({.scan_max = 2}).next_after == Position{2});
    BOOST_TEST(feed({.scan_max = 2}).events.empty());
    BOOST_TEST((positions({.limit = 3}) == position_list({4, 5, 6})));
    BOOST_TEST(feed({.limit = 3}).next_after == Position{6});
}

BOOST_AUTO_TEST_CASE(when_space_is_reclaimed_in_slices_then_it_ends_and_stays_ended) {
    append(order, numbered(500));
    cut(order, Version{400});
    std::uint64_t removed = 0;
    std::size_t slices = 0;
    for (bool more = true; more; ++slices) {
        const auto progress = store().reclaim(50);
        BOOST_REQUIRE(progress.has_value());
        removed += progress->events_removed;
        more = progress->more;
        BOOST_REQUIRE(slices < 1000);
    }
    BOOST_TEST(removed <= 400u);
    BOOST_TEST(!store().reclaim(50)->more);
    BOOST_TEST(store().reclaim(50)->events_removed == 0u);
    BOOST_TEST(store().stats().reclaim_waiting == 0u);
    BOOST_TEST(read_all(order).size() == 106u);
}

BOOST_AUTO_TEST_SUITE_END()
