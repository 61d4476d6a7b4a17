// What verification finds in chunks, snapshots and documents that were changed behind its back.
#include "storage/lmdb/position_block.hpp"
#include "tests/storage/journaled/given_snapshots.hpp"

using namespace firn;
using namespace firn::test;

BOOST_FIXTURE_TEST_SUITE(given_a_store_to_verify, GivenSnapshots)

BOOST_AUTO_TEST_CASE(when_nothing_is_wrong_then_snapshots_and_documents_are_counted) {
    append(other, numbered(300));
    save({5, SnapshotKind::anchor});
    save({7});
    save({123}, other);
    cut(other, Version{100});
    BOOST_TEST(!put_error("order", "{}"));
    const auto report = verified();
    BOOST_TEST(report.problem_count == 0u);
    BOOST_TEST(report.snapshots == 3u);
    BOOST_TEST(report.documents == 1u);
    while (store().reclaim(1000)->more) {
    }
    BOOST_TEST(verified().problem_count == 0u);
    delete_stream(order);
    BOOST_TEST(verified().problem_count == 0u);
}

BOOST_AUTO_TEST_CASE(when_a_chunk_follows_another_chain_then_it_is_found) {
    append(other, numbered(300));
    const auto number = number_of(other);
    change([&](lmdb::WriteTransaction& transaction) {
        // The second chunk again, with the hash of nothing in front, and a checksum that fits.
        lmdb::Cursor cursor(transaction, lmdb::Table::chunks);
        BOOST_REQUIRE(cursor.seek(lmdb::chunk_key(number, Version{2})));
        const Version first{lmdb::key_number(cursor.key(), 1)};
        const std::string bytes(cursor.value());
        auto reader = lmdb::ChunkReader::open(number, first, bytes).value();
        lmdb::ChunkBuilder forged;
        EventView event;
        while (reader.next(event)) {
            forged.add(event, reader.last_encoded());
        }
        transaction.put(lmdb::Table::chunks, lmdb::chunk_key(number, first),
                        forged.finish(number, first));
    });
    BOOST_TEST(finds({"order/2", "chain hash", "match"}));
    BOOST_TEST(!finds({"order/1"}));
}

BOOST_AUTO_TEST_CASE(when_the_index_lost_an_event_or_a_marker_then_it_is_found) {
    append(other, numbered(5));
    cut(order, Version{5});
    const auto make_hole = [&](std::size_t place) {
        change([&](lmdb::WriteTransaction& transaction) {
            const auto key = lmdb::position_key(Position{1});
            const std::string bytes(transaction.get(lmdb::Table::positions, key).value());
            auto block = lmdb::decode_position_block(Position{1}, bytes).value();
            block.at(place) = {};
            transaction.put(lmdb::Table::positions, key,
                            lmdb::encode_position_block(Position{1}, block));
        });
    };
    // Of an event that was cut, it may be missing.
    make_hole(3);
    BOOST_TEST(verified().problem_count == 0u);
    make_hole(4);
    BOOST_TEST(finds({"position index", "marker at 5"}));
    BOOST_TEST(verified().problem_count == 1u);
    make_hole(12);
    BOOST_TEST(finds({"position index", "disagree"}));
}

BOOST_AUTO_TEST_CASE(when_a_snapshot_is_of_another_chain_or_of_no_event_then_it_is_found) {
    append(other, numbered(3));
    save({3}, other);
    const auto number = number_of(order);
    const auto forge = [&](std::uint64_t version) {
        change([&](lmdb::WriteTransaction& transaction) {
            const auto forged = snapshot_of({version});
            transaction.put(lmdb::Table::snapshots, lmdb::snapshot_key(number, Version{version}),
                            lmdb::encode_snapshot(number, forged));
        });
    };
    forge(3);
    BOOST_TEST(finds({"snapshot of order/1 at version 3", "chain hash"}));
    forge(11);
    BOOST_TEST(finds({"snapshot of order/1 at version 11", "not there"}));
    BOOST_TEST(verified().problem_count == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
