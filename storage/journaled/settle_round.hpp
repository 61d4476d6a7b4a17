// One round of settling: the events of some journal groups, sorted by stream, written to LMDB in
// slices.
//
//   1. sort    all entries by stream, keeping the journal's order within each
//   2. slices  per stream: extend its last chunk or start new ones, advance its record; each slice
//              is one synced transaction, bounded by events
//   3. finish  with the last slice: the position index, and the mark up to which the journal is
//              settled
// A crash between slices is harmless: a stream's record says how far it settled, and the next
// round, over the same groups, skips what it finds there.
//
// Thread: the settler's. Errors: LmdbError, CorruptRecord; then the round is void, and a new one
// over the same groups goes on where the last committed slice ended.
#pragma once

#include "storage/journal/record.hpp"
#include "storage/journaled/group.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/position_block.hpp"
#include "storage/lmdb/records.hpp"

#include <memory>
#include <span>
#include <vector>

namespace firn {

// What a slice made true of a stream.
struct SettledStream {
    StreamNumber stream;
    Version version;
    std::uint64_t client_ids = 0;
    bool deleted = false;
};

class SettleRound {
public:
    SettleRound(const lmdb::Environment& environment, lmdb::Labels& labels,
                std::vector<std::shared_ptr<const Group>> groups, std::uint32_t remembered_ids);

    [[nodiscard]] bool is_done() const noexcept { return done_; }
    // Writes and commits about events_max events. What it returns is valid until the next call.
    [[nodiscard]] std::span<const SettledStream> write_slice(std::uint32_t events_max);

    [[nodiscard]] std::uint64_t last_sequence() const noexcept { return last_sequence_; }
    [[nodiscard]] Position last_position() const noexcept { return last_position_; }
    [[nodiscard]] std::size_t group_count() const noexcept { return groups_.size(); }

private:
    struct Item {
        journal::Entry entry;
        Timestamp recorded_at;
    };
    class StreamWriter;

    void collect();
    void write_stream(lmdb::WriteTransaction& transaction, std::uint32_t events_max);

    const lmdb::Environment* environment_;
    lmdb::Labels* labels_;
    std::vector<std::shared_ptr<const Group>> groups_;
    std::uint32_t remembered_ids_;

    // Where an item is by stream; sorting these moves far fewer bytes than sorting the items.
    struct Place {
        StreamNumber stream;
        std::uint32_t item = 0;
        friend auto operator<=>(const Place&, const Place&) = default;
    };
    void prefetch(std::size_t place) const noexcept;

    std::vector<Item> items_;    // in the journal's order
    std::vector<Place> places_;  // sorted
    std::size_t next_place_ = 0;
    std::vector<lmdb::IndexEntry> index_;  // by position, from first_position_
    Position first_position_;
    Position last_position_;
    std::uint64_t last_sequence_ = 0;

    lmdb::StoreRecord store_;
    lmdb::ChunkBuilder chunk_;  // reused
    std::uint32_t slice_events_ = 0;
    StreamNumber last_chunks_stream_;  // of the last chunk in the table
    std::vector<SettledStream> slice_streams_;
    bool done_ = false;
};

}  // namespace firn
