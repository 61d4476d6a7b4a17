// Fetches settled events that lie scattered, in the order in which they lie on disk.
//
// Streams' records and chunks are walked by cursors that only go forwards: in a dense window the
// next record is the right one, and costs a tenth of looking for it.
// Thread: one, within one read transaction. Errors: LmdbError, CorruptRecord.
#pragma once

#include "storage/feed_page.hpp"
#include "storage/journaled/stream_order.hpp"
#include "storage/kept_entry.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/environment.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace firn {

class SettledEvents {
public:
    struct StreamFact {
        const StreamName* name = nullptr;  // in that memory
        Version first_version;
        bool wanted = false;  // by the query's filters of names
    };

    SettledEvents(const lmdb::Transaction& transaction, const FeedQuery& query, PageMemory& memory);

    [[nodiscard]] StreamFact fact_of(StreamNumber stream);

    // Keeps each event in its slot; that of one that is gone or not asked for stays as it is. The
    // events are in stream order. Answers the bytes of those kept, encoded.
    [[nodiscard]] std::uint64_t fetch(std::span<const WantedEvent> events,
                                      std::span<KeptEntry> slots);

private:
    // False: it is of no type that is asked for.
    [[nodiscard]] bool fetch_one(const WantedEvent& wanted, EventView& event);
    // The chunk that holds the event; goes on in the one at hand where the event lies ahead.
    void open_chunk(const WantedEvent& event);
    [[nodiscard]] bool find_chunk(const WantedEvent& event);
    [[nodiscard]] bool chunk_here_holds(const WantedEvent& event) const;

    lmdb::Cursor streams_;
    lmdb::Cursor chunks_;
    const FeedQuery& query_;
    PageMemory& memory_;
    boost::unordered_flat_map<std::uint64_t, StreamFact> facts_;
    bool at_stream_ = false;  // streams_ stands on one
    bool at_chunk_ = false;   // chunks_ stands on one
    StreamNumber chunk_stream_;
    std::optional<lmdb::ChunkReader> reader_;  // of the chunk that chunks_ stands on
};

}  // namespace firn
