// Cutting and deleting: unreadable in one step, gone in slices, chunk by chunk.
#include "storage/chain_hash.hpp"
#include "storage/lmdb/snapshots.hpp"
#include "tests/storage/lmdb/given_an_environment.hpp"
#include "tests/support/snapshot_builder.hpp"

using namespace firn;
using namespace firn::lmdb;
using namespace firn::test;

namespace {

const StreamNumber stream{3};
const StreamNumber neighbour{4};

// Versions 1 to 12 in chunks of four, and the same of a neighbour.
struct GivenThreeChunks : GivenAnEnvironment {
    GivenThreeChunks() {
        write([&](WriteTransaction& transaction) {
            for (const auto number : {stream, neighbour}) {
                StreamRecord record;
                record.name = {"order", std::to_string(number.value())};
                for (std::uint64_t first = 1; first <= 9; first += 4) {
                    transaction.put(
                        Table::chunks, chunk_key(number, Version{first}),
                        chunk_of(number, first, first + 3, chain(record.name, first - 1)));
                }
                record.chain_hash = chain(record.name, 12);
                record.version = Version{12};
                record.last_chunk = Version{9};
                record.last_position = chunk_event(12).view.position;
                record.bytes = bytes_of(1, 12);
                record.client_ids = 1;
                write_stream(transaction, number, record);
                add_ids(transaction, number, 0, {IdEntry{id_number(1), {}, 1}}, 100);
            }
            StoreRecord store;
            store.streams = 2;
            store.events = 24;
            write_store(transaction, store);
        });
    }

    static std::uint64_t bytes_of(std::uint64_t first, std::uint64_t last) {
        std::uint64_t bytes = 0;
        for (; first <= last; ++first) {
            bytes += chunk_event(first, "{\"v\":" + std::to_string(first) + "}").encoded.size();
        }
        return bytes;
    }
    static Hash chain(const StreamName& name, std::uint64_t last) {
        auto hash = chain_start(name.category, name.id);
        for (std::uint64_t version = 1; version <= last; ++version) {
            auto event = chunk_event(version, "{\"v\":" + std::to_string(version) + "}");
            EventDecoder decoder(event.encoded);
            BOOST_REQUIRE(decoder.decode_next(event.view));
            hash = chain_next(hash, event.view);
        }
        return hash;
    }
    Hash chain_at(std::uint64_t version) {
        return lmdb::chain_at(environment.read(), stream, record(), Version{version});
    }
    void save_snapshots(StreamNumber number, std::initializer_list<std::uint64_t> versions,
                        SnapshotKind kind = SnapshotKind::manual) {
        write([&](WriteTransaction& transaction) {
            for (const auto version : versions) {
                auto snapshot = snapshot_of({version, kind});
                const auto saved = save_snapshot(transaction, number, snapshot, 1);
                BOOST_TEST((saved.saved && !saved.error));
            }
        });
    }
    std::size_t records_in(Table table) {
        MDB_stat stat{};
        const auto transaction = environment.read();
        mdb_stat(transaction.handle(), transaction.table(table), &stat);
        return stat.ms_entries;
    }
    StreamRecord record() { return read_stream(environment.read(), stream).value(); }
    StoreRecord store() { return read_store(environment.read()).value(); }

    CutFacts cut(std::uint64_t up_to) {
        Cut planned;
        write([&](WriteTransaction& transaction) {
            auto facts = read_store(transaction).value();
            auto cut_record = read_stream(transaction, stream).value();
            planned = plan_cut(transaction, stream, cut_record, Version{up_to});
            if (planned.facts.events > 0) {
                apply_cut(transaction, stream, planned, cut_record, facts);
            }
            write_store(transaction, facts);
        });
        return planned.facts;
    }
    void delete_stream() {
        write([&](WriteTransaction& transaction) {
            auto facts = read_store(transaction).value();
            auto deleted = read_stream(transaction, stream).value();
            apply_deletion(transaction, stream, deleted, facts);
            write_stream(transaction, stream, deleted);
            write_store(transaction, facts);
        });
    }
    ReclaimProgress reclaim(std::uint32_t events_max) {
        ReclaimProgress progress;
        write([&](WriteTransaction& transaction) {
            progress = reclaim_slice(transaction, events_max);
        });
        return progress;
    }
    std::vector<Version> chunks_of(StreamNumber number) {
        std::vector<Version> found;
        const auto transaction = environment.read();
        Cursor cursor(transaction, Table::chunks);
        for (bool more = cursor.seek(chunk_key(number, no_version));
             more && key_number(cursor.key(), 0) == number.value(); more = cursor.next()) {
            const Version first{key_number(cursor.key(), 1)};
            BOOST_TEST(ChunkReader::open(number, first, cursor.value()).has_value());
            found.push_back(first);
        }
        return found;
    }
    Hash chain_before(std::uint64_t first) {
        const auto transaction = environment.read();
        const auto chunk = transaction.get(Table::chunks, chunk_key(stream, Version{first}));
        return ChunkReader::open(stream, Version{first}, chunk.value())->header().chain_before;
    }
    std::vector<Position> markers() {
        std::vector<Position> found;
        const auto transaction = environment.read();
        Cursor cursor(transaction, Table::markers);
        for (bool more = cursor.first(); more; more = cursor.next()) {
            found.emplace_back(key_number(cursor.key(), 0));
        }
        return found;
    }
    using Versions = std::vector<Version>;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_three_chunks, GivenThreeChunks)

BOOST_AUTO_TEST_CASE(when_a_prefix_is_cut_then_the_record_says_so_and_chunks_stay) {
    cut(6);
    BOOST_TEST(record().first_version == Version{7});
    BOOST_TEST(record().bytes == bytes_of(7, 12));
    BOOST_TEST(record().marker == chunk_event(6).view.position);
    BOOST_TEST(store().events == 18u);
    BOOST_TEST(chunks_of(stream).size() == 3u);
    BOOST_TEST(garbage_waiting(environment.read()) == 1u);
}

BOOST_AUTO_TEST_CASE(when_it_is_reclaimed_then_the_chunk_that_straddles_the_cut_is_cut_too) {
    cut(6);
    BOOST_TEST(reclaim(100).events_removed == 6u);
    BOOST_TEST(chunks_of(stream) == (Versions{Version{7}, Version{9}}),
               boost::test_tools::per_element());
    BOOST_TEST(garbage_waiting(environment.read()) == 0u);
    BOOST_TEST(record().last_chunk == Version{9});
    BOOST_TEST(chunks_of(neighbour).size() == 3u);
}

BOOST_AUTO_TEST_CASE(when_it_is_reclaimed_then_the_chain_goes_on_from_what_is_left) {
    const auto name = record().name;
    cut(6);
    for (int i = 0; i < 2; ++i) {
        for (std::uint64_t version = 6; version <= 12; ++version) {
            BOOST_TEST((chain_at(version) == chain(name, version)), "version " << version);
        }
        (void)reclaim(100);
    }
    BOOST_TEST((chain_before(7) == chain(name, 6)));
    BOOST_TEST((chain_before(9) == chain(name, 8)));
}

BOOST_AUTO_TEST_CASE(when_it_is_reclaimed_then_snapshots_that_lead_nowhere_go) {
    save_snapshots(stream, {4, 5, 6, 7});
    save_snapshots(stream, {3}, SnapshotKind::anchor);
    save_snapshots(neighbour, {1});
    cut(6);
    BOOST_TEST(records_in(Table::snapshots) == 6u);
    (void)reclaim(100);
    BOOST_TEST(versions_of(list_snapshots(environment.read(), stream, record())) ==
                   (Versions{Version{6}, Version{7}}),
               boost::test_tools::per_element());
    BOOST_TEST(records_in(Table::snapshots) == 3u);
    BOOST_TEST(records_in(Table::anchors) == 0u);
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_deleted_then_its_snapshots_go_in_slices) {
    write([&](WriteTransaction& transaction) {
        for (std::uint64_t i = 1; i <= 3000; ++i) {
            transaction.put(Table::snapshots, snapshot_key(stream, Version{i}), "any");
        }
    });
    save_snapshots(stream, {7}, SnapshotKind::anchor);
    save_snapshots(neighbour, {1, 2});
    delete_stream();
    BOOST_TEST(reclaim(100).more);
    BOOST_TEST(records_in(Table::snapshots) > 1000u);
    BOOST_TEST(records_in(Table::snapshots) < 3000u);
    while (reclaim(100).more) {
    }
    BOOST_TEST(records_in(Table::snapshots) == 2u);
    BOOST_TEST(records_in(Table::anchors) == 0u);
}

BOOST_AUTO_TEST_CASE(when_the_last_chunk_straddles_the_cut_then_the_record_follows_it) {
    cut(10);
    (void)reclaim(100);
    BOOST_TEST(chunks_of(stream) == (Versions{Version{11}}), boost::test_tools::per_element());
    BOOST_TEST(record().last_chunk == Version{11});
}

BOOST_AUTO_TEST_CASE(when_all_is_cut_then_all_chunks_go_and_the_ids_stay) {
    cut(12);
    BOOST_TEST(reclaim(100).events_removed == 12u);
    BOOST_TEST(chunks_of(stream).empty());
    BOOST_TEST(record().events() == 0u);
    BOOST_TEST(find_id(environment.read(), stream, 1, id_number(1)).has_value());
}

BOOST_AUTO_TEST_CASE(when_slices_are_small_then_it_takes_several) {
    cut(11);
    BOOST_TEST(reclaim(1).more);
    BOOST_TEST(chunks_of(stream).size() == 2u);
    BOOST_TEST(reclaim(1).more);
    BOOST_TEST(reclaim(100).events_removed == 3u);
    BOOST_TEST(!reclaim(1).more);
    BOOST_TEST(chunks_of(stream) == (Versions{Version{12}}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_it_is_cut_further_then_one_marker_stands_for_both) {
    cut(3);
    cut(8);
    BOOST_TEST(markers() == std::vector<Position>{chunk_event(8).view.position},
               boost::test_tools::per_element());
    BOOST_TEST(record().bytes == bytes_of(9, 12));
    BOOST_TEST(reclaim(100).events_removed == 8u);
}

BOOST_AUTO_TEST_CASE(when_a_cut_is_planned_then_it_says_what_goes_wherever_it_lies) {
    const auto all = record().bytes;
    std::uint64_t gone = 0;
    std::uint64_t first = 1;
    for (const std::uint64_t up_to : {1u, 2u, 7u, 11u, 12u}) {
        const auto facts = cut(up_to);
        BOOST_TEST(facts.first_version == Version{first});
        BOOST_TEST(facts.up_to == Version{up_to});
        BOOST_TEST(facts.events == up_to + 1 - first);
        BOOST_TEST(facts.bytes == bytes_of(first, up_to));
        BOOST_TEST(facts.position == chunk_event(up_to).view.position);
        gone += facts.bytes;
        BOOST_TEST(record().bytes == all - gone);
        first = up_to + 1;
    }
    BOOST_TEST(gone == all);
    BOOST_TEST(record().bytes == 0u);
}

BOOST_AUTO_TEST_CASE(when_it_is_cut_already_then_nothing_goes) {
    cut(8);
    BOOST_TEST(cut(3).events == 0u);
    BOOST_TEST(cut(8).events == 0u);
    BOOST_TEST(record().first_version == Version{9});
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_deleted_then_chunks_ids_and_the_snapshot_marker_go) {
    cut(3);
    delete_stream();
    BOOST_TEST(record().deleted);
    BOOST_TEST(record().bytes == 0u);
    BOOST_TEST(record().events() == 0u);
    BOOST_TEST(store().events == 12u);
    BOOST_TEST(store().streams == 1u);
    BOOST_TEST(markers() == std::vector<Position>{chunk_event(12).view.position},
               boost::test_tools::per_element());
    while (reclaim(3).more) {
    }
    BOOST_TEST(chunks_of(stream).empty());
    BOOST_TEST(!find_id(environment.read(), stream, 1, id_number(1)).has_value());
    BOOST_TEST(find_id(environment.read(), neighbour, 1, id_number(1)).has_value());
    BOOST_TEST(chunks_of(neighbour).size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
