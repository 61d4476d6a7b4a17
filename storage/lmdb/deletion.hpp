// Making events unreadable in one step, and giving their bytes back in slices afterwards.
//
// Both kinds work alike: the stream's record says what is held from now on, a marker stands in
// for the rest in the global order, and an entry in table garbage says which chunks may go. A
// crash leaves garbage that the next start goes on removing.
// Thread: the settler's. Errors: LmdbError, CorruptRecord.
#pragma once

#include "storage/event_store.hpp"
#include "storage/lmdb/records.hpp"

namespace firn::lmdb {

struct Cut {
    CutFacts facts;
    Timestamp recorded_at;  // of the event at up_to
};

// What a cut of versions first_version..up_to takes away; up_to is settled. Where nothing is left
// to cut, no events.
[[nodiscard]] Cut plan_cut(const Transaction& transaction, StreamNumber stream,
                           const StreamRecord& record, Version up_to);

// The cut itself, as it was planned in this transaction.
void apply_cut(WriteTransaction& transaction, StreamNumber stream, const Cut& cut,
               StreamRecord& record, StoreRecord& store);

// Nothing of the stream's deleted versions is left.
[[nodiscard]] bool is_reclaimed(const Transaction& transaction, StreamNumber stream);

// Marks a stream as deleted, in `record` too, which the caller writes.
void apply_deletion(WriteTransaction& transaction, StreamNumber stream, StreamRecord& record,
                    StoreRecord& store);

// Removes chunks of up to about events_max events, and the snapshots that led to them.
[[nodiscard]] ReclaimProgress reclaim_slice(WriteTransaction& transaction,
                                            std::uint32_t events_max);

// Whether something is left that reclaiming would remove because of this entry of table garbage.
[[nodiscard]] bool has_garbage(const Transaction& transaction, StreamNumber stream,
                               std::string_view entry);

[[nodiscard]] std::uint64_t garbage_waiting(const Transaction& transaction);

}  // namespace firn::lmdb
