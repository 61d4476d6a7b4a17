// Snapshots: what is kept, what is found, what goes, and what survives.
#include "tests/contract/given_snapshots.hpp"

using namespace firn;
using namespace firn::test;

namespace {

const StreamName missing{"order", "missing"};

std::string long_state(std::size_t bytes) {
    std::string state = "[";
    for (int i = 0; state.size() < bytes; ++i) {
        state += "{\"line\":" + std::to_string(i) + ",\"name\":\"a name that comes again\"},";
    }
    return state + "0]";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_without_snapshots, GivenAStreamOfTen)

BOOST_AUTO_TEST_CASE(when_a_snapshot_is_missing_then_none_is_found) {
    BOOST_TEST(loaded() == no_version);
    BOOST_TEST(!find(5).has_value());
    BOOST_TEST(kept().empty());
    BOOST_TEST(loaded(UINT64_MAX, 1, missing) == no_version);
    BOOST_TEST(!find(1, missing).has_value());
    BOOST_TEST(kept(missing).empty());
    BOOST_TEST(!remove_error(order, 5));
    BOOST_TEST(!remove_error(missing, 5));
    BOOST_TEST(snapshots().snapshot_stats().saved == 0u);
}

BOOST_AUTO_TEST_CASE(when_one_makes_the_round_trip_then_all_of_it_comes_back) {
    for (const auto kind : {SnapshotKind::automatic, SnapshotKind::manual, SnapshotKind::client,
                            SnapshotKind::anchor}) {
        const auto version = 4 + static_cast<std::uint64_t>(kind);
        save({version, kind});
        auto expected = snapshot_of({version, kind});
        expected.facts.chain_hash = chain_at(order, version);
        expected.facts.bytes = expected.state.size();
        const auto found = find(version);
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(same(*found, expected));
        if (kind == SnapshotKind::anchor) {
            cut(order, Version{version});
        }
        const auto newest = load().snapshot;
        BOOST_REQUIRE(newest.has_value());
        BOOST_TEST(same(*newest, expected));
        BOOST_TEST(same(snapshots().list(order)->back(), expected.facts));
    }
}

BOOST_AUTO_TEST_CASE(when_states_are_short_long_or_noise_then_they_come_back) {
    std::string noise(5000, '\0');
    for (std::size_t i = 0; i < noise.size(); ++i) {
        noise[i] = static_cast<char>(i * i * 2654435761u >> 13);
    }
    std::uint64_t version = 1;
    for (const auto& state : {std::string("null"), std::string(256, 'x'), std::string(257, 'x'),
                              long_state(3000), long_state(3'000'000), noise}) {
        save({version, SnapshotKind::manual, 1, state});
        const auto found = find(version);
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST((found->state == state));
        BOOST_TEST(found->facts.bytes == state.size());
        ++version;
    }
    reopen();
    BOOST_TEST((find(5)->state == long_state(3'000'000)));
}

BOOST_AUTO_TEST_CASE(when_it_is_saved_then_it_says_the_streams_chain_hash_at_its_version) {
    append(other, numbered(200));
    for (const std::uint64_t version : {1u, 2u, 57u, 199u, 200u}) {
        BOOST_REQUIRE(!save_error(other, {version}));
        BOOST_TEST((find(version, other)->facts.chain_hash == chain_at(other, version)));
    }
    BOOST_TEST((find(200, other)->facts.chain_hash == facts(other).chain_hash));
}

BOOST_AUTO_TEST_CASE(when_it_is_ahead_of_the_head_then_it_is_rejected) {
    BOOST_TEST((save_error(order, {11}) == storage_errc::version_not_found));
    BOOST_TEST(
        (save_error(order, {11, SnapshotKind::automatic}) == storage_errc::version_not_found));
    BOOST_TEST((save_error(order, {0}) == storage_errc::version_not_found));
    BOOST_TEST((save_error(missing, {1}) == storage_errc::stream_not_found));
    BOOST_TEST(kept().empty());
    append(order, numbered(1));
    BOOST_TEST(!save_error(order, {11}));
}

BOOST_AUTO_TEST_CASE(when_an_older_automatic_save_comes_late_then_it_does_not_regress) {
    save_automatic({6});
    save_automatic({4});
    BOOST_TEST(kept() == version_list({6}), boost::test_tools::per_element());
    BOOST_TEST(loaded() == Version{6});
    save({8, SnapshotKind::manual});
    save_automatic({7});
    BOOST_TEST(kept() == version_list({6, 8}), boost::test_tools::per_element());
    // Of another revision, it is the newest there is.
    save({5, SnapshotKind::automatic, 2});
    BOOST_TEST(loaded(UINT64_MAX, 2) == Version{5});
    // Somebody asked for this one.
    save({3, SnapshotKind::manual});
    BOOST_TEST(loaded(4) == Version{3});
}

BOOST_AUTO_TEST_CASE(when_more_than_keep_are_saved_then_only_automatic_ones_are_pruned) {
    save({1, SnapshotKind::manual});
    save({2, SnapshotKind::anchor});
    save({3, SnapshotKind::client});
    save_automatic({4, 5, 6, 7});
    BOOST_TEST(kept() == version_list({1, 2, 3, 6, 7}), boost::test_tools::per_element());
    save_automatic({8}, 1);
    BOOST_TEST(kept() == version_list({1, 2, 3, 8}), boost::test_tools::per_element());
    save_automatic({9}, 0);
    BOOST_TEST(kept() == version_list({1, 2, 3, 9}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_clients_save_more_than_keep_then_the_newest_of_theirs_stay) {
    save_automatic({1});
    for (const std::uint64_t version : {2u, 8u, 5u, 3u}) {
        save({version, SnapshotKind::client});
    }
    BOOST_TEST(kept() == version_list({1, 5, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_the_decider_changed_then_other_revisions_are_not_loaded_and_go_first) {
    save_automatic({5, 8});
    BOOST_TEST(loaded(UINT64_MAX, 2) == no_version);
    save({6, SnapshotKind::automatic, 2});
    BOOST_TEST(kept() == version_list({6, 8}), boost::test_tools::per_element());
    BOOST_TEST(loaded(UINT64_MAX, 2) == Version{6});
    BOOST_TEST(loaded(UINT64_MAX, 1) == Version{8});
    save({7, SnapshotKind::automatic, 2});
    BOOST_TEST(kept() == version_list({6, 7}), boost::test_tools::per_element());
    BOOST_TEST(loaded(UINT64_MAX, 1) == no_version);
    BOOST_TEST(find(6)->facts.revision == 2u);
}

BOOST_AUTO_TEST_CASE(when_a_version_is_asked_for_then_none_beyond_it_is_loaded) {
    for (const std::uint64_t version : {2u, 5u, 9u}) {
        save({version});
    }
    BOOST_TEST(loaded(1) == no_version);
    BOOST_TEST(loaded(2) == Version{2});
    BOOST_TEST(loaded(8) == Version{5});
    BOOST_TEST(loaded(9) == Version{9});
    BOOST_TEST(loaded(0) == no_version);
}

BOOST_AUTO_TEST_CASE(when_two_are_of_one_version_then_their_kinds_decide) {
    const auto state_after = [this](SnapshotKind kind, const std::string& state,
                                    std::uint32_t revision = 1) {
        save({5, kind, revision, state});
        return find(5)->state;
    };
    BOOST_TEST(state_after(SnapshotKind::automatic, "1") == "1");
    BOOST_TEST(state_after(SnapshotKind::automatic, "2") == "1");
    BOOST_TEST(state_after(SnapshotKind::client, "3") == "3");
    BOOST_TEST(state_after(SnapshotKind::manual, "4") == "4");
    BOOST_TEST(state_after(SnapshotKind::automatic, "5") == "4");
    BOOST_TEST(state_after(SnapshotKind::automatic, "6", 2) == "6");
    BOOST_TEST(state_after(SnapshotKind::anchor, "7") == "7");
    BOOST_TEST(state_after(SnapshotKind::manual, "8") == "7");
    BOOST_TEST(state_after(SnapshotKind::automatic, "9", 2) == "7");
    BOOST_TEST(state_after(SnapshotKind::anchor, "10") == "10");
    BOOST_TEST(kept() == version_list({5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_it_is_removed_then_only_an_anchor_in_effect_stays) {
    save_automatic({3});
    save({5, SnapshotKind::manual});
    save({7, SnapshotKind::anchor});
    BOOST_TEST(!remove_error(order, 3));
    BOOST_TEST(!remove_error(order, 5));
    BOOST_TEST(!remove_error(order, 7));
    BOOST_TEST(kept().empty());
    save({7, SnapshotKind::anchor});
    cut(order, Version{7});
    BOOST_TEST((remove_error(order, 7) == storage_errc::too_late));
    BOOST_TEST(kept() == version_list({7}), boost::test_tools::per_element());
    save({8, SnapshotKind::manual});
    BOOST_TEST(kept() == version_list({7, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_an_anchor_is_not_in_effect_then_no_load_starts_from_it) {
    save({3, SnapshotKind::manual});
    save({7, SnapshotKind::anchor});
    BOOST_TEST(loaded() == Version{3});
    const auto copies = snapshots().anchor(order, Version{7});
    BOOST_REQUIRE(copies.has_value());
    BOOST_REQUIRE((copies->first && copies->second));
    BOOST_TEST(same(*copies->first, *find(7)));
    BOOST_TEST(same(*copies->second, *find(7)));
    BOOST_TEST(!snapshots().anchor(order, Version{3})->first.has_value());
    cut(order, Version{7});
    BOOST_TEST(loaded() == Version{7});
    // The next one's time has not come.
    save({9, SnapshotKind::anchor});
    BOOST_TEST(loaded() == Version{7});
    cut(order, Version{9});
    BOOST_TEST(loaded() == Version{9});
    BOOST_TEST(kept() == version_list({9}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_streams_lie_side_by_side_then_their_snapshots_never_mix) {
    append(other, numbered(10));
    append({"order", "11"}, numbered(10));
    save({4});
    BOOST_REQUIRE(!save_error({"order", "11"}, {6}));
    BOOST_TEST(loaded(UINT64_MAX, 1, other) == no_version);
    BOOST_TEST(kept(other).empty());
    BOOST_TEST(!remove_error(other, 4));
    BOOST_TEST(loaded() == Version{4});
    BOOST_TEST(loaded(UINT64_MAX, 1, {"order", "11"}) == Version{6});
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_deleted_then_its_snapshots_are_removed_with_it) {
    save_automatic({4, 5});
    save({6, SnapshotKind::manual});
    save({7, SnapshotKind::anchor});
    delete_stream(order);
    const auto check = [this] {
        BOOST_TEST(loaded() == no_version);
        BOOST_TEST(!find(6).has_value());
        BOOST_TEST(kept().empty());
        BOOST_TEST((save_error(order, {6}) == storage_errc::stream_deleted));
        BOOST_TEST(!remove_error(order, 6));
    };
    check();
    reopen();
    check();
    reclaim_all();
    check();
}

BOOST_AUTO_TEST_CASE(when_a_prefix_is_cut_then_snapshots_stay_from_the_last_cut_version_on) {
    for (const std::uint64_t version : {2u, 5u, 6u, 7u}) {
        save({version});
    }
    const auto chain = chain_at(order, 6);
    cut(order, Version{6});
    const auto check = [this] {
        BOOST_TEST(kept() == version_list({6, 7}), boost::test_tools::per_element());
        BOOST_TEST(loaded(5) == no_version);
        BOOST_TEST(loaded(6) == Version{6});
        BOOST_TEST(!find(5).has_value());
        BOOST_TEST((save_error(order, {5}) == storage_errc::compacted));
        BOOST_TEST(!save_error(order, {6}));
    };
    check();
    reclaim_all();
    check();
    BOOST_TEST((find(6)->facts.chain_hash == chain));
    cut(order, Version{10});
    reclaim_all();
    save({10});
    BOOST_TEST(kept() == version_list({10}), boost::test_tools::per_element());
    BOOST_TEST((find(10)->facts.chain_hash == facts(order).chain_hash));
}

BOOST_AUTO_TEST_CASE(when_the_store_is_closed_and_opened_then_they_survive_reopening) {
    save_automatic({4, 6});
    save({5, SnapshotKind::anchor});
    const auto before = *snapshots().list(order);
    const auto check = [&] {
        const auto after = *snapshots().list(order);
        BOOST_REQUIRE_EQUAL(after.size(), before.size());
        for (std::size_t i = 0; i < before.size(); ++i) {
            BOOST_TEST(same(after[i], before[i]));
        }
        BOOST_TEST(find(4)->state == snapshot_of({4}).state);
    };
    reopen();
    check();
    crash_and_reopen();
    check();
    save_automatic({8});
    BOOST_TEST(kept() == version_list({5, 6, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_an_automatic_save_waits_at_the_end_then_closing_writes_it) {
    append(order, numbered(1));
    const auto answer = start_saving(order, {11, SnapshotKind::automatic});
    reopen();
    BOOST_TEST(!answer.wait());
    BOOST_TEST(loaded() == Version{11});
}

BOOST_AUTO_TEST_CASE(when_it_crashes_before_a_save_is_settled_then_it_can_be_saved_again) {
    append(order, numbered(5));
    const auto answer = start_saving(order, {15, SnapshotKind::automatic});
    const bool answered = answer.has_come();
    crash_and_reopen();
    BOOST_TEST(loaded() == (answered ? Version{15} : no_version));
    BOOST_TEST(head(order) == Version{15});
    save({15, SnapshotKind::automatic});
    BOOST_TEST(loaded() == Version{15});
    BOOST_TEST((find(15)->facts.chain_hash == chain_at(order, 15)));
}

BOOST_AUTO_TEST_CASE(when_some_are_saved_then_the_counts_say_so) {
    save({3});
    save_automatic({5});
    save_automatic({4});  // changes nothing
    const auto pushes = kept({"pushing", "1"}).size();
    const auto stats = snapshots().snapshot_stats();
    BOOST_TEST(stats.saved == 2 + pushes);
    BOOST_TEST(stats.waiting == 0u);
    BOOST_TEST(stats.waiting_bytes == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
