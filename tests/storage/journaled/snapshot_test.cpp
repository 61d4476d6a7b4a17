// Snapshots and documents beside a journal that settles: damage, bounds, full disks, closing.
#include "tests/storage/journaled/given_snapshots.hpp"
#include "tests/support/fault_injection.hpp"
#include "tests/support/random.hpp"

#include <cerrno>
#include <optional>

using namespace firn;
using namespace firn::test;

namespace {

struct GivenAFullDisk : GivenSnapshots {
    GivenAFullDisk() {
        settle();
        append(order, numbered(5));
        full_.emplace(FaultPlan{.call = FaultyCall::write,
                                .and_all_after = true,
                                .error = ENOSPC,
                                .path_part = "events-"});
    }
    void make_room() { full_.reset(); }

private:
    std::optional<Injection> full_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_snapshots, GivenSnapshots)

BOOST_AUTO_TEST_CASE(when_a_byte_was_flipped_then_the_next_older_is_used_and_it_is_counted) {
    for (const std::uint64_t version : {3u, 5u, 8u}) {
        save({version});
    }
    const auto number = number_of(order);
    damage(lmdb::Table::snapshots, lmdb::snapshot_key(number, Version{8}));
    BOOST_TEST(load().snapshot.value().facts.version == Version{5});
    BOOST_TEST(load().corrupt == 1u);
    BOOST_TEST((store().snapshots().find(order, Version{8}).error() == storage_errc::corrupt));
    BOOST_TEST(store().snapshots().list(order)->size() == 2u);
    BOOST_TEST(!reports().empty());
    save({8});
    BOOST_TEST(load().corrupt == 0u);
    BOOST_TEST(loaded() == Version{8});
}

BOOST_AUTO_TEST_CASE(when_a_copy_of_an_anchor_was_flipped_then_the_other_is_used) {
    save({5, SnapshotKind::anchor});
    BOOST_REQUIRE(store().cut(order, Version{5}));
    const auto number = number_of(order);
    damage(lmdb::Table::snapshots, lmdb::snapshot_key(number, Version{5}));
    BOOST_TEST(loaded() == Version{5});
    BOOST_TEST(load().corrupt == 0u);
    BOOST_TEST(load().damaged_copy);
    BOOST_TEST(finds({"snapshot of order/1 at version 5", "does not check"}));
    damage(lmdb::Table::anchors, lmdb::snapshot_key(number, Version{5}));
    BOOST_TEST(loaded() == no_version);
    BOOST_TEST(load().corrupt == 1u);
    BOOST_TEST(finds({"anchor of order/1 at version 5", "does not check"}));
}

BOOST_AUTO_TEST_CASE(when_a_newer_automatic_save_comes_while_one_waits_then_only_it_is_written) {
    const auto older = start_saving(order, {4, SnapshotKind::automatic});
    const auto other_stream = append(other, numbered(3));
    const auto newer = start_saving(order, {9, SnapshotKind::automatic});
    BOOST_TEST(!older.wait());
    BOOST_TEST(!newer.has_come());
    BOOST_TEST(store().snapshots().snapshot_stats().waiting == 1u);
    save({other_stream.version.value()}, other);
    BOOST_TEST(!newer.wait());
    BOOST_TEST(versions_of(*store().snapshots().list(order)) == std::vector<Version>{Version{9}},
               boost::test_tools::per_element());
    BOOST_TEST(store().snapshots().snapshot_stats().saved == 2u);
}

BOOST_AUTO_TEST_CASE(when_a_waiting_one_is_removed_then_it_does_not_come_back) {
    const auto waiting = start_saving(order, {4, SnapshotKind::automatic});
    const Answer removed;
    store().snapshots().remove(order, Version{4}, removed.done());
    BOOST_TEST(!removed.wait());
    BOOST_TEST(!waiting.wait());
    settle();
    BOOST_TEST(loaded() == no_version);
}

BOOST_AUTO_TEST_CASE(when_too_many_wait_then_the_next_is_overloaded_and_later_it_works) {
    config.waiting_writes_max = 3;
    reopen();
    std::vector<Answer> answers;
    for (int i = 0; i < 4; ++i) {
        const StreamName stream{"many", std::to_string(i)};
        append(stream, numbered(1));
        answers.push_back(start_saving(stream, {1, SnapshotKind::automatic}));
    }
    BOOST_TEST((answers.back().wait() == storage_errc::overloaded));
    BOOST_TEST(!answers.front().has_come());
    BOOST_TEST(store().snapshots().snapshot_stats().waiting == 3u);
    settle();
    BOOST_TEST(!answers.front().wait());
    BOOST_TEST(loaded({"many", "2"}) == Version{1});
    save({1}, {"many", "3"});
}

BOOST_AUTO_TEST_CASE(when_one_stream_is_damaged_then_its_save_fails_alone) {
    append(other, numbered(2));
    append(account, numbered(2));
    settle();
    const auto number = number_of(other);
    change([&](lmdb::WriteTransaction& transaction) {
        const auto key = lmdb::chunk_key(number, Version{1});
        transaction.put(lmdb::Table::chunks, key, "nonsense");
    });
    // These wait for the last one, and all share its transaction.
    const auto before = start_saving(order, {7, SnapshotKind::automatic});
    const auto damaged = start_saving(other, {1, SnapshotKind::automatic});
    const auto after = start_saving(account, {1, SnapshotKind::automatic});
    BOOST_TEST(!put_error("order", "{}"));
    BOOST_TEST(!before.wait());
    BOOST_TEST((damaged.wait() == storage_errc::corrupt));
    BOOST_TEST(!after.wait());
    BOOST_TEST(loaded() == Version{7});
    BOOST_TEST(loaded(other) == no_version);
    BOOST_TEST(loaded(account) == Version{1});
    BOOST_TEST(store().stats().accepting);
    BOOST_TEST(append(order, numbered(1)).version == Version{11});
}

BOOST_AUTO_TEST_CASE(when_a_document_was_flipped_then_it_is_corrupt_until_it_is_written_again) {
    BOOST_TEST(!put_error("order", "{\"every\":100}"));
    BOOST_TEST(!put_error("invoice", "{}"));
    damage(lmdb::Table::documents, lmdb::document_key(DocumentKind::category, "order"));
    const auto& documents = store().documents();
    BOOST_TEST((documents.get(DocumentKind::category, "order").error() == storage_errc::corrupt));
    BOOST_TEST((documents.list(DocumentKind::category, "", 9).error() == storage_errc::corrupt));
    BOOST_TEST(documents.get(DocumentKind::category, "invoice").value().value() == "{}");
    BOOST_TEST(finds({"document 'corder' does not check"}));
    BOOST_TEST(!put_error("order", "{}"));
    BOOST_TEST(store().documents().list(DocumentKind::category, "", 9)->size() == 2u);
}

BOOST_AUTO_TEST_CASE(when_states_are_larger_than_the_map_then_it_grows) {
    config.map_bytes = 256u << 10;
    reopen();
    auto random = Random(7);
    for (std::uint64_t version = 1; version <= 10; ++version) {
        save({version, SnapshotKind::manual, 1, random.bytes(200'000)});
    }
    BOOST_TEST(store().stats().bytes_file > 2'000'000u);
    BOOST_TEST(store().snapshots().list(order)->size() == 10u);
    BOOST_TEST(verified().problem_count == 0u);
}

BOOST_AUTO_TEST_CASE(when_many_wait_then_they_are_written_in_several_transactions) {
    auto random = Random(8);
    std::vector<Answer> answers;
    for (int i = 0; i < 2500; ++i) {
        answers.emplace_back();
        store().documents().put(DocumentKind::category, std::to_string(i), random.bytes(4000),
                                answers.back().done());
    }
    for (const auto& answer : answers) {
        BOOST_TEST_REQUIRE(!answer.wait());
    }
    BOOST_TEST(store().documents().list(DocumentKind::category, "", 5000)->size() == 2500u);
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_deleted_while_one_waits_then_it_is_told) {
    const auto waiting = start_saving(order, {4, SnapshotKind::automatic});
    delete_stream(order);
    settle();
    BOOST_TEST((waiting.wait() == storage_errc::stream_deleted));
    BOOST_TEST(loaded() == no_version);
}

BOOST_AUTO_TEST_CASE(when_it_is_closed_then_every_waiting_one_is_answered) {
    const auto waiting = start_saving(order, {4, SnapshotKind::automatic});
    const Answer document;
    store().documents().put(DocumentKind::category, "order", "{}", document.done());
    close();
    BOOST_TEST(!waiting.wait());
    BOOST_TEST(!document.wait());
    open();
    BOOST_TEST(loaded() == Version{4});
}

BOOST_AUTO_TEST_CASE(when_it_crashes_before_the_end_of_a_round_then_snapshots_still_match) {
    save({4});
    append(order, numbered(30));
    const auto waiting = start_saving(order, {40, SnapshotKind::automatic});
    crash();
    BOOST_TEST(!waiting.wait());  // of the store that was left behind
    open();
    BOOST_TEST(loaded() == Version{4});
    save({40, SnapshotKind::client});
    BOOST_TEST(verified().problem_count == 0u);
    BOOST_TEST(loaded() == Version{40});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_full_disk_beneath_snapshots, GivenAFullDisk)

BOOST_AUTO_TEST_CASE(when_something_is_written_then_it_answers_disk_full_and_appends_go_on) {
    BOOST_TEST((put_error("order", "{}") == storage_errc::disk_full));
    BOOST_TEST(store().stats().accepting);  // nobody but the document is concerned
    BOOST_TEST((save_error(order, {9}) == storage_errc::disk_full));
    BOOST_TEST((save_error(order, {15, SnapshotKind::client}) == storage_errc::disk_full));
    BOOST_TEST(!store().stats().accepting);
    // Settling is in trouble now, and documents are tried all the same.
    BOOST_TEST((put_error("order", "{}") == storage_errc::disk_full));
    BOOST_TEST(append(order, numbered(1)).version == Version{16});
    BOOST_TEST(loaded() == no_version);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_there_is_room_again_then_all_can_be_written) {
    const auto automatic = start_saving(order, {15, SnapshotKind::automatic});
    BOOST_TEST((save_error(order, {14}) == storage_errc::disk_full));
    BOOST_TEST(!automatic.has_come());  // nobody waits for it, so it waits for room
    make_room();
    while (put_error("order", "{}")) {
        std::this_thread::yield();
    }
    BOOST_TEST(!automatic.wait());
    save({15});
    BOOST_TEST(loaded() == Version{15});
    BOOST_TEST(verified().problem_count == 0u);
}

BOOST_AUTO_TEST_CASE(when_the_store_is_closed_then_what_waits_is_told_that_it_was_not_written) {
    const auto automatic = start_saving(order, {15, SnapshotKind::automatic});
    close();
    BOOST_TEST((automatic.wait() == storage_errc::closed));
    make_room();
    open();
    BOOST_TEST(loaded() == no_version);
    BOOST_TEST(read_all(order).size() == 15u);
}

BOOST_AUTO_TEST_SUITE_END()
