// Cuts of streams, and giving back what they leave behind: tasks of the settler's.
//
// The prefix must have settled before it goes: what the cut makes unreadable is then in LMDB only,
// and recovery, which skips what has settled, cannot bring it back. The round must be at its end,
// too, since the feed reads pending groups until then.
// Thread: any; a done on the settler's, or before the call returns.
// Errors: as EventStore.
#pragma once

#include "storage/event_store.hpp"
#include "storage/journaled/committer.hpp"
#include "storage/journaled/settler.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/lmdb/environment.hpp"

namespace firn {

class Cutter {
public:
    Cutter(const lmdb::Environment& environment, const Unsettled& unsettled, Settler& settler,
           Committer& committer)
        : environment_(environment),
          unsettled_(unsettled),
          settler_(settler),
          committer_(committer) {}

    void begin_cut(const StreamName& stream, Version up_to, CutTerms terms,
                   EventStore::CutDone done);
    void begin_reclaim(std::uint32_t events_max, EventStore::ReclaimDone done);
    [[nodiscard]] result<bool> is_reclaimed(const StreamName& stream) const;

private:
    struct Request;

    void post(std::shared_ptr<Request> request, Settler::When when);
    [[nodiscard]] error_code cut(Request& request, lmdb::WriteTransaction& transaction) const;

    const lmdb::Environment& environment_;
    const Unsettled& unsettled_;
    Settler& settler_;
    Committer& committer_;
};

}  // namespace firn
