#include "storage/lmdb/deletion.hpp"

#include "storage/bytes.hpp"
#include "storage/chain_hash.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/snapshots.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn::lmdb {

namespace {

// A stream may have thousands that somebody asked for.
constexpr std::uint32_t snapshots_at_once = 1024;

// In table garbage: chunks of versions below `end` may go; with the stream, its ids and snapshots
// too.
struct Garbage {
    Version end;
    bool with_ids = false;

    // The state at end - 1 is what the events from `end` on are folded onto.
    [[nodiscard]] Version snapshots_end() const noexcept {
        return with_ids ? Version{UINT64_MAX} : Version{end.value() - 1};
    }
};

void write_garbage(WriteTransaction& transaction, StreamNumber stream, const Garbage& garbage) {
    std::string value;
    put_int(value, garbage.end.value());
    put_int(value, static_cast<std::uint8_t>(garbage.with_ids ? 1 : 0));
    transaction.put(Table::garbage, stream_key(stream), value);
}

Garbage decode_garbage(std::string_view bytes) {
    ByteReader in(bytes);
    Garbage garbage;
    garbage.end = Version{in.take_int<std::uint64_t>()};
    garbage.with_ids = in.take_int<std::uint8_t>() != 0;
    if (!in.ok()) {
        throw CorruptRecord("a garbage record is cut short");
    }
    return garbage;
}

void erase_snapshot_marker(WriteTransaction& transaction, StreamRecord& record) {
    if (record.marker != no_position) {
        transaction.erase(Table::markers, position_key(record.marker));
        record.marker = no_position;
    }
}

ChunkReader open_chunk(StreamNumber stream, Version first, std::string_view bytes) {
    auto reader = ChunkReader::open(stream, first, bytes);
    if (!reader) {
        throw CorruptRecord("a chunk of stream number " + std::to_string(stream.value()) +
                            " at version " + std::to_string(first.value()) + " does not check");
    }
    return *reader;
}

// Writes what a chunk holds from `end` on under its new key.
void keep_rest_of_chunk(WriteTransaction& transaction, StreamNumber stream, ChunkReader reader,
                        Version end) {
    ChunkBuilder rest;
    auto chain = reader.header().chain_before;
    EventView event;
    while (reader.next(event)) {
        if (event.version < end) {
            chain = chain_next(chain, event);
            continue;
        }
        if (event.version == end) {
            rest.start(chain);
        }
        rest.add(event, reader.last_encoded());
    }
    BOOST_ASSERT(!rest.empty());
    transaction.put(Table::chunks, chunk_key(stream, end), rest.finish(stream, end));
    if (auto record = read_stream(transaction, stream); record && record->last_chunk < end) {
        record->last_chunk = end;
        write_stream(transaction, stream, *record);
    }
}

// Removes one chunk below `end`, or cuts the one that straddles it; 0 if there is none.
std::uint32_t reclaim_chunk(WriteTransaction& transaction, StreamNumber stream, Version end) {
    Cursor cursor(transaction, Table::chunks);
    if (!cursor.seek(chunk_key(stream, no_version)) ||
        key_number(cursor.key(), 0) != stream.value()) {
        return 0;
    }
    const Version first{key_number(cursor.key(), 1)};
    if (first >= end) {
        return 0;
    }
    const std::string bytes(cursor.value());
    const auto reader = open_chunk(stream, first, bytes);
    if (reader.end_version() > end) {
        keep_rest_of_chunk(transaction, stream, reader, end);
    }
    transaction.erase(Table::chunks, chunk_key(stream, first));
    return static_cast<std::uint32_t>(std::min(reader.end_version(), end).since(first));
}

}  // namespace

Cut plan_cut(const Transaction& transaction, StreamNumber stream, const StreamRecord& record,
             Version up_to) {
    BOOST_ASSERT(up_to <= record.version);
    Cut cut{.stream = stream,
            .first_version = record.first_version,
            .up_to = up_to,
            .position = {},
            .recorded_at = {},
            .bytes = 0};
    Cursor cursor(transaction, Table::chunks);
    bool found = cursor.seek_at_most(chunk_key(stream, record.first_version));
    for (; found && key_number(cursor.key(), 0) == stream.value(); found = cursor.next()) {
        const Version first{key_number(cursor.key(), 1)};
        if (first > up_to) {
            break;
        }
        auto reader = open_chunk(stream, first, cursor.value());
        EventView event;
        while (reader.next(event) && event.version <= up_to) {
            if (event.version >= record.first_version) {
                cut.bytes += reader.last_encoded().size();
            }
            cut.position = event.position;
            cut.recorded_at = event.recorded_at;
        }
    }
    return cut;
}

bool apply_cut(WriteTransaction& transaction, const Cut& cut, StoreRecord& store) {
    auto record = read_stream(transaction, cut.stream);
    if (!record || record->deleted || cut.up_to < record->first_version) {
        return true;
    }
    if (record->first_version != cut.first_version) {
        return false;
    }
    store.events -= cut.up_to.next().since(record->first_version);
    record->first_version = cut.up_to.next();
    record->bytes -= cut.bytes;
    erase_snapshot_marker(transaction, *record);
    record->marker = cut.position;
    write_marker(transaction, cut.position,
                 {Marker::Kind::snapshot, cut.stream, cut.up_to, cut.recorded_at});
    write_garbage(transaction, cut.stream, {.end = record->first_version});
    write_stream(transaction, cut.stream, *record);
    return true;
}

void apply_deletion(WriteTransaction& transaction, StreamNumber stream, StreamRecord& record,
                    StoreRecord& store) {
    store.events -= record.events();
    --store.streams;
    erase_snapshot_marker(transaction, record);
    record.deleted = true;
    record.first_version = record.version.next();
    record.bytes = 0;
    write_marker(transaction, record.last_position,
                 {Marker::Kind::deleted, stream, record.version, record.last_recorded_at});
    write_garbage(transaction, stream, {.end = record.first_version, .with_ids = true});
}

ReclaimProgress reclaim_slice(WriteTransaction& transaction, std::uint32_t events_max) {
    ReclaimProgress progress;
    for (;;) {
        StreamNumber stream;
        Garbage garbage;
        {
            Cursor cursor(transaction, Table::garbage);
            if (!cursor.first()) {
                return progress;
            }
            stream = StreamNumber{key_number(cursor.key(), 0)};
            garbage = decode_garbage(cursor.value());
        }
        while (const auto removed = reclaim_chunk(transaction, stream, garbage.end)) {
            progress.events_removed += removed;
            if (progress.events_removed >= events_max) {
                progress.more = true;
                return progress;
            }
        }
        if (erase_snapshots(transaction, stream, garbage.snapshots_end(), snapshots_at_once) ==
            snapshots_at_once) {
            progress.more = true;
            return progress;
        }
        if (garbage.with_ids) {
            erase_ids(transaction, stream);
        }
        transaction.erase(Table::garbage, stream_key(stream));
    }
}

bool has_garbage(const Transaction& transaction, StreamNumber stream, std::string_view entry) {
    const auto garbage = decode_garbage(entry);
    // The first key of the stream in a table keyed by the stream and a number.
    const auto holds_below = [&](Table table, std::uint64_t end) {
        Cursor cursor(transaction, table);
        return cursor.seek(chunk_key(stream, no_version)) &&
               key_number(cursor.key(), 0) == stream.value() && key_number(cursor.key(), 1) < end;
    };
    const auto snapshots_end = garbage.snapshots_end().value();
    return holds_below(Table::chunks, garbage.end.value()) ||
           holds_below(Table::snapshots, snapshots_end) ||
           holds_below(Table::anchors, snapshots_end) ||
           (garbage.with_ids && holds_below(Table::ids, UINT64_MAX));
}

std::uint64_t garbage_waiting(const Transaction& transaction) {
    MDB_stat stat{};
    mdb_stat(transaction.handle(), transaction.table(Table::garbage), &stat);
    return stat.ms_entries;
}

}  // namespace firn::lmdb
