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
    StreamNumber stream;
    Version first_version;  // of the stream when this was planned
    Version up_to;
    Position position;        // of the event at up_to
    Timestamp recorded_at;    // likewise
    std::uint64_t bytes = 0;  // encoded bytes of the events held up to up_to
};

// Facts for a cut of versions first_version..up_to, read beforehand: settled versions do not
// change.
[[nodiscard]] Cut plan_cut(const Transaction& transaction, StreamNumber stream,
                           const StreamRecord& record, Version up_to);

// The cut itself. Nothing happens if the stream was deleted or cut as far meanwhile. False: it was
// cut less far meanwhile; plan again.
[[nodiscard]] bool apply_cut(WriteTransaction& transaction, const Cut& cut, StoreRecord& store);

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
