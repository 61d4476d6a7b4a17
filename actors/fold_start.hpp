// Where a fold starts: from the newest snapshot that is good for it, else from the beginning.
//
// A snapshot is good if it checks, is of the decider's revision, not ahead of the stream, and if
// the decider takes it. Others are passed over and counted; the fold is then as right, and longer.
// Where events were compacted away, the beginning is the anchor that stands in for them. One of an
// older revision is brought forward by the decider's migrate(); where the anchor is damaged in
// both copies, there is no state, and never an empty one in its place. One damaged copy is written
// anew.
// Thread: any, inside a pass of the gate.
// Errors: fold_failed where there is no engine, or migrate() fails; unrecoverable_state;
// compacted, of a version below the anchor.
#pragma once

#include "actors/counters.hpp"
#include "actors/fold.hpp"
#include "actors/service.hpp"

namespace firn {

struct FoldStart {
    std::optional<Fold> fold;  // none: `failure` says why
    StateFailure failure = {};
    bool passed_over = false;  // a snapshot was no good: a new one is due
};

[[nodiscard]] FoldStart start_fold(EventStore& store, const StreamName& stream, Version at_most,
                                   Category& category, Counters& counters);

}  // namespace firn
