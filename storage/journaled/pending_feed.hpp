// The part of a feed page that has not settled: walked out of the pending groups.
// Thread: one. Errors: LmdbError, CorruptRecord.
#pragma once

#include "storage/journal/record.hpp"
#include "storage/journaled/page_maker.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/lmdb/environment.hpp"

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace firn {

class PendingFeed {
public:
    PendingFeed(const lmdb::Environment& environment, const Unsettled& unsettled,
                const FeedQuery& query, FeedPage& page, PageMaker& maker)
        : environment_(environment),
          unsettled_(unsettled),
          query_(query),
          page_(page),
          maker_(maker) {}

    // Positions after `after` up to `end`, as far as the window's groups reach.
    void run(const Unsettled::FeedWindow& window, Position after, Position end);

private:
    void walk(const Group& group, const journal::Entry& entry,
              const std::map<Position, UnsettledDeletion>& deletions, Position after, Position end);
    const StreamName& name_of(StreamNumber stream);

    const lmdb::Environment& environment_;
    const Unsettled& unsettled_;
    const FeedQuery& query_;
    FeedPage& page_;
    PageMaker& maker_;
    std::unordered_map<std::uint64_t, const StreamName*> names_;  // in the page's memory
    std::set<std::uint64_t> deleted_;
};

}  // namespace firn
