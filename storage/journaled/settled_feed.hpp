// The settled part of a feed page.
//
// A window of LMDB's position index is filtered by its labels; what is left is sorted by (stream,
// version), fetched chunk by chunk, and put back into the order of positions.
// Thread: one, within one read transaction. Errors: LmdbError, CorruptRecord.
#pragma once

#include "storage/journaled/feed_page.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/position_block.hpp"

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace firn {

class SettledFeed {
public:
    SettledFeed(const lmdb::Environment& environment, const FeedQuery& query,
                const std::map<Position, UnsettledDeletion>& deletions, FeedPage& page,
                PageMaker& maker);

    // Positions after `after` up to `end`.
    void run(Position after, Position end);

private:
    struct Wanted {
        Position position;
        lmdb::IndexEntry entry;
        std::optional<FeedEvent> found;
        std::size_t bytes = 0;
    };
    struct StreamFact {
        std::shared_ptr<const StreamName> name;
        Version first_version;
        bool wanted = false;
    };

    void collect_stand_ins(Position after, Position end);
    void consider(Position position, const lmdb::IndexEntry& entry);
    StreamFact& fact_of(StreamNumber stream);
    // Fetches what is wanted and adds it to the page.
    void fetch(Position looked_at);
    void fetch_one(Wanted& wanted);
    // Goes on in the chunk at hand where the event lies behind the last one taken from it.
    void open_chunk(const lmdb::IndexEntry& entry);
    // The chunk that holds the event: the one after that at hand, or looked for.
    [[nodiscard]] bool find_chunk(const lmdb::IndexEntry& entry);
    [[nodiscard]] bool chunk_here_holds(const lmdb::IndexEntry& entry) const;
    // The event's bytes into the page, and its views to them.
    void keep(EventView& event);

    lmdb::ReadTransaction transaction_;
    lmdb::Cursor chunks_;
    const FeedQuery& query_;
    FeedPage& page_;
    PageMaker& maker_;
    std::unordered_map<std::uint64_t, std::pair<Position, UnsettledDeletion>> deleted_;
    std::vector<std::uint32_t> category_labels_;
    std::vector<std::uint32_t> type_labels_;
    std::map<Position, FeedEvent> stand_ins_;
    std::unordered_map<std::uint64_t, StreamFact> facts_;
    std::vector<Wanted> wanted_;
    std::optional<lmdb::ChunkReader> reader_;
    StreamNumber chunk_stream_;
    bool at_chunk_ = false;  // chunks_ stands on one
    Version last_version_;
};

}  // namespace firn
