// What a $snapshot line says of the events that it stands in for, as exports write it:
//
//   "version":…, "recorded_at":…, "data":{"state":…,"decider":{"kind":…,"revision":…},
//   "state_hash":…,"chain_hash":…}
//
// A state that could not be read any more when it was exported is {"error":"unrecoverable-state"}.
// The revision is the other store's own count, which means nothing here.
// Thread: plain function, no I/O (it is fuzzed). Errors: Problem, 400, with `pointer`.
#pragma once

#include "service/routes/import/import_line.hpp"
#include "storage/snapshot_store.hpp"

#include <memory>
#include <optional>

namespace firn {

struct ImportAnchor {
    Version version;
    std::shared_ptr<const Snapshot> snapshot;  // null: unrecoverable
};

[[nodiscard]] std::optional<Problem> parse_import_anchor(const ImportLine& line, ImportAnchor& out);

}  // namespace firn
