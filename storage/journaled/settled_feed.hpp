// The settled part of the feed.
//
// A window of LMDB's position index is filtered by its labels; what is left is sorted by (stream,
// version) and fetched chunk by chunk, each event into the place that its position gives it.
// Thread: one, within one read transaction. Errors: LmdbError, CorruptRecord.
#pragma once

#include "storage/journaled/settled_events.hpp"
#include "storage/journaled/stream_order.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/position_block.hpp"

#include <map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace firn {

class SettledFeed {
public:
    // About what is gathered at most: the last events fetched may go beyond it.
    struct Bounds {
        std::uint32_t entries = 0;  // exact
        std::uint64_t bytes = 0;
    };

    // Appends to `kept` what `memory` keeps.
    SettledFeed(const lmdb::Environment& environment, const FeedQuery& query,
                const std::map<Position, UnsettledDeletion>& deletions,
                std::vector<KeptEntry>& kept, PageMemory& memory);

    // Positions after `after` up to `end`, or to where a bound is passed: the last position looked
    // at. Once.
    [[nodiscard]] Position run(Position after, Position end, const Bounds& bounds);
    // Of the events that it appended, encoded.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    // Of the positions up to `last`, each once.
    void collect_stand_ins(Position last);
    void take_block(Position first, Position after, Position end);
    void consider(Position position, const lmdb::IndexEntry& entry);
    // Fetches what is wanted.
    void fetch(Position looked_at);
    // How many events to fetch at once, so that large ones do not fill the memory.
    [[nodiscard]] std::size_t fetch_max() const noexcept;
    [[nodiscard]] bool is_full() const noexcept {
        return kept_.size() >= bounds_.entries || bytes_ > bounds_.bytes;
    }

    lmdb::ReadTransaction transaction_;
    lmdb::Cursor markers_;
    const FeedQuery& query_;
    SettledEvents events_;
    std::vector<std::uint32_t> category_labels_;
    std::vector<std::uint32_t> type_labels_;

    std::vector<KeptEntry>& kept_;
    PageMemory& memory_;
    Bounds bounds_;
    std::uint64_t bytes_ = 0;
    Position looked_at_;

    const std::map<Position, UnsettledDeletion>& deletions_;
    std::unordered_set<std::uint64_t> deleted_;  // their streams
    std::map<Position, UnsettledDeletion>::const_iterator next_deletion_;
    bool at_marker_ = false;                   // markers_ stands on one that was not taken
    std::map<Position, KeptEntry> stand_ins_;  // of the block at hand

    std::vector<lmdb::IndexEntry> block_;
    // Since the last fetch: a place for each entry, and the events to come into these.
    std::vector<KeptEntry> places_;
    std::vector<WantedEvent> wanted_;
    std::vector<WantedEvent> scratch_;
    std::size_t fetch_at_ = 0;  // so many places
};

}  // namespace firn
