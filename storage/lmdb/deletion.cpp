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

[[noreturn]] void missing_chunk(StreamNumber stream, Version version) {
    throw CorruptRecord("no chunk of stream number " + std::to_string(stream.value()) +
                        " holds version " + std::to_string(version.value()));
}

// Of a chunk's events from `from` on.
std::uint64_t bytes_from(ChunkReader reader, Version from) {
    std::uint64_t bytes = 0;
    EventView event;
    while (reader.next(event)) {
        bytes += event.version >= from ? reader.last_encoded().size() : 0;
    }
    return bytes;
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
    Cut cut;
    cut.facts.first_version = record.first_version;
    cut.facts.up_to = up_to;
    if (up_to < record.first_version) {
        return cut;
    }
    cut.facts.events = up_to.next().since(record.first_version);
    Cursor cursor(transaction, Table::chunks);
    // The chunk that holds up_to: the parts of it on both sides.
    if (!cursor.seek_at_most(chunk_key(stream, up_to)) ||
        key_number(cursor.key(), 0) != stream.value()) {
        missing_chunk(stream, up_to);
    }
    const Version straddling{key_number(cursor.key(), 1)};
    auto reader = open_chunk(stream, straddling, cursor.value());
    std::uint64_t below = 0;
    std::uint64_t above = 0;
    EventView event;
    while (reader.next(event)) {
        if (event.version > up_to) {
            above += reader.last_encoded().size();
        } else if (event.version >= record.first_version) {
            below += reader.last_encoded().size();
        }
        if (event.version == up_to) {
            cut.facts.position = event.position;
            cut.recorded_at = event.recorded_at;
        }
    }
    if (cut.facts.position == no_position) {
        missing_chunk(stream, up_to);
    }
    // The other chunks by their headers, on the side with fewer events: the sum of both is known.
    if (record.version.since(up_to) < cut.facts.events) {
        while (cursor.next() && key_number(cursor.key(), 0) == stream.value()) {
            above += chunk_events_bytes(cursor.value());
        }
        cut.facts.bytes = record.bytes - above;
        return cut;
    }
    while (Version{key_number(cursor.key(), 1)} > record.first_version && cursor.previous() &&
           key_number(cursor.key(), 0) == stream.value()) {
        const Version first{key_number(cursor.key(), 1)};
        below += first >= record.first_version
                     ? chunk_events_bytes(cursor.value())
                     : bytes_from(open_chunk(stream, first, cursor.value()), record.first_version);
    }
    cut.facts.bytes = below;
    return cut;
}

void apply_cut(WriteTransaction& transaction, StreamNumber stream, const Cut& cut,
               StreamRecord& record, StoreRecord& store) {
    BOOST_ASSERT(cut.facts.first_version == record.first_version && cut.facts.events > 0);
    store.events -= cut.facts.events;
    record.first_version = cut.facts.up_to.next();
    record.bytes -= cut.facts.bytes;
    erase_snapshot_marker(transaction, record);
    record.marker = cut.facts.position;
    write_marker(transaction, cut.facts.position,
                 {Marker::Kind::snapshot, stream, cut.facts.up_to, cut.recorded_at});
    write_garbage(transaction, stream, {.end = record.first_version});
    write_stream(transaction, stream, record);
}

bool is_reclaimed(const Transaction& transaction, StreamNumber stream) {
    return !transaction.get(Table::garbage, stream_key(stream));
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
