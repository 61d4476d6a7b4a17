// Snapshots in LMDB: tables snapshots and anchors, by stream number and version.
//
// An anchor stands in both tables, in two copies that no page has in common: where one does not
// check, the other is used. Of all others there is one record, in table snapshots.
// Snapshots below first_version - 1 lead to no state any more: nothing here finds them, and
// reclaiming removes them.
// Thread: as the transaction. Errors: LmdbError; CorruptRecord where the stream itself is damaged.
// A writing function reads all it needs before it writes, so that damage leaves nothing half done.
#pragma once

#include "storage/lmdb/records.hpp"
#include "storage/snapshot_store.hpp"

#include <optional>
#include <vector>

namespace firn::lmdb {

// The stream's chain hash at a settled version from first_version - 1 on: the walk of one chunk.
[[nodiscard]] Hash chain_at(const Transaction& transaction, StreamNumber stream,
                            const StreamRecord& record, Version version);

[[nodiscard]] SnapshotLoad load_snapshot(const Transaction& transaction, StreamNumber stream,
                                         const StreamRecord& record, Version at_most,
                                         std::uint32_t revision);
// CorruptRecord: there is one, but it does not check.
[[nodiscard]] std::optional<Snapshot> find_snapshot(const Transaction& transaction,
                                                    StreamNumber stream, const StreamRecord& record,
                                                    Version version);
[[nodiscard]] AnchorCopies read_anchor(const Transaction& transaction, StreamNumber stream,
                                       Version version);
[[nodiscard]] std::vector<SnapshotFacts> list_snapshots(const Transaction& transaction,
                                                        StreamNumber stream,
                                                        const StreamRecord& record);

// As SnapshotStore::save: checks the snapshot against the stream, adds chain hash and size to its
// facts, keeps it if it is worth keeping, and prunes. May be called again after an error.
struct SaveOutcome {
    error_code error;
    bool saved = false;
};
[[nodiscard]] SaveOutcome save_snapshot(WriteTransaction& transaction, StreamNumber stream,
                                        Snapshot& snapshot, std::uint32_t keep);
// too_late: it is an anchor in effect.
[[nodiscard]] error_code remove_snapshot(WriteTransaction& transaction, StreamNumber stream,
                                         Version version);
// Removes up to count_max records below `end`, in both tables; how many.
std::uint32_t erase_snapshots(WriteTransaction& transaction, StreamNumber stream, Version end,
                              std::uint32_t count_max);

}  // namespace firn::lmdb
