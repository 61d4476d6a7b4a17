// One small write to LMDB that shares a transaction with others: a document, a snapshot, or the
// removal of one.
// Thread: plain values; apply() on the settler's. Errors: in the outcome, where they concern this
// write alone: damage met on its way, no memory for it. LmdbError: the transaction is void.
#pragma once

#include "storage/lmdb/environment.hpp"
#include "storage/snapshot_store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace firn {

struct DocumentWrite {
    std::string key;                  // lmdb::document_key
    std::optional<std::string> text;  // none: erase
};
struct SnapshotSave {
    StreamNumber stream;
    Snapshot snapshot;
    std::uint32_t keep = 0;
    bool settled = false;  // its events were when it came
};
struct SnapshotRemoval {
    StreamNumber stream;
    Version version;
};

struct QueuedWrite {
    std::variant<DocumentWrite, SnapshotSave, SnapshotRemoval> write;
    std::function<void(error_code)> done;

    // The queue's and the settler's own.
    Position settles_at{};  // once positions up to here are in LMDB
    error_code outcome{};
    bool saved = false;  // a snapshot that was worth keeping

    // Automatic saves come by the thousand and nobody waits for them.
    [[nodiscard]] bool is_urgent() const noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept;
};

// Sets outcome and saved. Reads all it needs before it writes, so that a write that failed by
// itself has written nothing; may be called again in another transaction.
void apply(QueuedWrite& write, lmdb::WriteTransaction& transaction);

}  // namespace firn
