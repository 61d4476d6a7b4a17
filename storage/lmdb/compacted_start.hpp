// A stream that begins compacted: EventStore's begin_compacted, as LMDB holds it.
// Thread: the settler's. Errors: LmdbError, CorruptRecord.
#pragma once

#include "storage/lmdb/records.hpp"
#include "storage/snapshot_store.hpp"

namespace firn::lmdb {

// Makes the stream, which does not exist, with nothing but its anchor, and lets it stand at the
// position, which is the next one. Counts it in `store`, which the caller writes.
void begin_compacted(WriteTransaction& transaction, const StreamName& name, StreamNumber stream,
                     Snapshot anchor, Position position, Labels& labels, StoreRecord& store);

}  // namespace firn::lmdb
