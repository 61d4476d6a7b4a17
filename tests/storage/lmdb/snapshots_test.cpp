// Snapshots in their two tables: which copy counts, what damage does, the chain they are bound to.
#include "storage/lmdb/snapshots.hpp"

#include "storage/chain_hash.hpp"
#include "tests/storage/lmdb/given_an_environment.hpp"
#include "tests/support/snapshot_builder.hpp"

using namespace firn;
using namespace firn::lmdb;
using namespace firn::test;

namespace {

const StreamNumber stream{3};

// Versions 1 to 8 in two chunks; of neighbours on both sides only snapshots.
struct GivenAStreamOfEight : GivenAnEnvironment {
    GivenAStreamOfEight() {
        StreamRecord record;
        record.name = {"order", "1"};
        record.version = Version{8};
        record.last_chunk = Version{5};
        write([&](WriteTransaction& transaction) {
            transaction.put(Table::chunks, chunk_key(stream, Version{1}), chunk_of(stream, 1, 4));
            transaction.put(Table::chunks, chunk_key(stream, Version{5}), chunk_of(stream, 5, 8));
            for (const auto number : {StreamNumber{2}, stream, StreamNumber{4}}) {
                write_stream(transaction, number, record);
            }
            for (const auto number : {StreamNumber{2}, StreamNumber{4}}) {
                auto snapshot = snapshot_of({8, SnapshotKind::anchor});
                BOOST_REQUIRE(save_snapshot(transaction, number, snapshot, 2).saved);
            }
        });
    }

    StreamRecord record() { return read_stream(environment.read(), stream).value(); }
    bool save(const TestSnapshot& wanted, std::uint32_t keep = 2) {
        SaveOutcome outcome;
        write([&](WriteTransaction& transaction) {
            auto snapshot = snapshot_of(wanted);
            outcome = save_snapshot(transaction, stream, snapshot, keep);
        });
        BOOST_REQUIRE(!outcome.error);
        return outcome.saved;
    }
    // An anchor there counts.
    void put_in_effect(std::uint64_t version) {
        auto cut = record();
        cut.first_version = Version{version + 1};
        write([&](WriteTransaction& transaction) { write_stream(transaction, stream, cut); });
    }
    // Flips a bit of one copy.
    void damage(Table table, std::uint64_t version) {
        write([&](WriteTransaction& transaction) {
            const auto key = snapshot_key(stream, Version{version});
            std::string bytes(transaction.get(table, key).value());
            bytes.back() = static_cast<char>(bytes.back() ^ 4);
            transaction.put(table, key, bytes);
        });
    }
    SnapshotLoad load(std::uint64_t at_most = UINT64_MAX) {
        return load_snapshot(environment.read(), stream, record(), Version{at_most}, 1);
    }
    std::vector<Version> kept() {
        return versions_of(list_snapshots(environment.read(), stream, record()));
    }
    error_code remove(std::uint64_t version) {
        error_code error;
        write([&](WriteTransaction& transaction) {
            error = remove_snapshot(transaction, stream, Version{version});
        });
        return error;
    }
    using Versions = std::vector<Version>;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_of_eight, GivenAStreamOfEight)

BOOST_AUTO_TEST_CASE(when_one_does_not_check_then_the_next_older_is_loaded_and_it_is_counted) {
    for (const std::uint64_t version : {2u, 4u, 6u}) {
        save({version});
    }
    damage(Table::snapshots, 6);
    const auto loaded = load();
    BOOST_TEST(loaded.snapshot.value().facts.version == Version{4});
    BOOST_TEST(loaded.corrupt == 1u);
    damage(Table::snapshots, 4);
    BOOST_TEST(load().snapshot.value().facts.version == Version{2});
    BOOST_TEST(load().corrupt == 2u);
    BOOST_TEST(load(5).corrupt == 1u);
    damage(Table::snapshots, 2);
    BOOST_TEST(!load().snapshot.has_value());
    BOOST_TEST(load().corrupt == 3u);
    BOOST_TEST(kept().empty());
    BOOST_CHECK_THROW((void)find_snapshot(environment.read(), stream, record(), Version{4}),
                      CorruptRecord);
}

BOOST_AUTO_TEST_CASE(when_one_does_not_check_then_saving_it_again_mends_it) {
    save({6, SnapshotKind::automatic});
    damage(Table::snapshots, 6);
    BOOST_TEST(save({6, SnapshotKind::automatic}));
    BOOST_TEST(load().snapshot.value().facts.version == Version{6});
    BOOST_TEST(load().corrupt == 0u);
    damage(Table::snapshots, 6);
    BOOST_TEST(save({5, SnapshotKind::automatic}));
    BOOST_TEST(load().snapshot.value().facts.version == Version{5});
}

BOOST_AUTO_TEST_CASE(when_some_do_not_check_then_they_are_pruned_first) {
    save({2, SnapshotKind::automatic});
    save({3, SnapshotKind::automatic});
    damage(Table::snapshots, 3);
    save({4, SnapshotKind::automatic});
    BOOST_TEST(kept() == (Versions{Version{2}, Version{4}}), boost::test_tools::per_element());
    BOOST_TEST(load(3).corrupt == 0u);
}

BOOST_AUTO_TEST_CASE(when_one_copy_of_an_anchor_does_not_check_then_the_other_is_used) {
    put_in_effect(5);
    for (const auto damaged : {Table::snapshots, Table::anchors}) {
        save({5, SnapshotKind::anchor});
        BOOST_TEST(!load().damaged_copy);
        damage(damaged, 5);
        BOOST_TEST(load().damaged_copy);
        const auto loaded = load();
        BOOST_TEST(loaded.snapshot.value().facts.version == Version{5});
        BOOST_TEST(loaded.snapshot->state == snapshot_of({5}).state);
        BOOST_TEST(loaded.corrupt == 0u);
        BOOST_TEST(kept() == (Versions{Version{5}}), boost::test_tools::per_element());
        BOOST_TEST(find_snapshot(environment.read(), stream, record(), Version{5}).has_value());
        BOOST_TEST((remove(5) == storage_errc::too_late));
        BOOST_TEST(!save({5, SnapshotKind::manual}));
        BOOST_TEST(save({5, SnapshotKind::anchor}));  // mends it
    }
}

BOOST_AUTO_TEST_CASE(when_only_the_second_copy_is_left_then_it_is_found_in_its_place) {
    save({5, SnapshotKind::anchor});
    save({7});
    put_in_effect(5);
    write([&](WriteTransaction& transaction) {
        transaction.erase(Table::snapshots, snapshot_key(stream, Version{5}));
    });
    BOOST_TEST(kept() == (Versions{Version{5}, Version{7}}), boost::test_tools::per_element());
    BOOST_TEST(load(6).snapshot.value().facts.version == Version{5});
}

BOOST_AUTO_TEST_CASE(when_no_copy_of_an_anchor_checks_then_nothing_takes_its_place) {
    put_in_effect(5);
    save({5, SnapshotKind::anchor});
    damage(Table::snapshots, 5);
    damage(Table::anchors, 5);
    BOOST_TEST(load().corrupt == 1u);
    BOOST_TEST(!load().snapshot.has_value());
    BOOST_TEST((remove(5) == storage_errc::too_late));
    BOOST_TEST(!save({5, SnapshotKind::manual}));
    for (std::uint64_t version = 6; version <= 8; ++version) {
        save({version, SnapshotKind::automatic}, 1);
    }
    BOOST_TEST(load(5).corrupt == 1u);  // it was not pruned
    BOOST_TEST(save({5, SnapshotKind::anchor}));
    BOOST_TEST(load(5).corrupt == 0u);
}

BOOST_AUTO_TEST_CASE(when_a_chunk_is_damaged_then_nothing_is_bound_to_its_chain) {
    write([&](WriteTransaction& transaction) {
        const auto key = chunk_key(stream, Version{5});
        std::string bytes(transaction.get(Table::chunks, key).value());
        bytes.back() = static_cast<char>(bytes.back() ^ 1);
        transaction.put(Table::chunks, key, bytes);
    });
    auto transaction = environment.write();
    auto in_it = snapshot_of({6});
    BOOST_CHECK_THROW((void)save_snapshot(transaction, stream, in_it, 2), CorruptRecord);
    auto before_it = snapshot_of({3});
    BOOST_TEST(save_snapshot(transaction, stream, before_it, 2).saved);
    auto at_the_end = snapshot_of({8});
    BOOST_TEST(save_snapshot(transaction, stream, at_the_end, 2).saved);
}

BOOST_AUTO_TEST_SUITE_END()
