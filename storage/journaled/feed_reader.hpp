// Reading the global order: LMDB's position index for what settled, the pending groups beyond.
//
// Settled positions: a window of the index is filtered by its labels, what is left is sorted by
// (stream, version) and fetched chunk by chunk, and put back into the order of positions.
// Thread: any. Errors: storage_errc; LmdbError and CorruptRecord are caught by the store.
#pragma once

#include "storage/event_store.hpp"
#include "storage/journaled/page_maker.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/lmdb/environment.hpp"

namespace firn {

class FeedReader {
public:
    FeedReader(const lmdb::Environment& environment, const Unsettled& unsettled)
        : environment_(environment), unsettled_(unsettled) {}

    [[nodiscard]] result<FeedPage> read(const FeedQuery& query) const;
    // Takes the memory of `window`.
    [[nodiscard]] result<FeedWindow> gather(const FeedQuery& query, FeedWindow window) const;

private:
    void read_settled(const FeedQuery& query, const Unsettled::FeedWindow& window, Position end,
                      FeedPage& page, PageMaker& maker) const;

    const lmdb::Environment& environment_;
    const Unsettled& unsettled_;
};

}  // namespace firn
