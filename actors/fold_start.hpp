// Where a fold starts: from the newest snapshot that is good for it, else from the beginning.
//
// A snapshot is good if it checks, is of the decider's revision, not ahead of the stream, and if
// the decider takes it. Others are passed over and counted; the fold is then as right, and longer.
// Thread: any, inside a pass of the gate. Errors: fold_failed where there is no engine.
#pragma once

#include "actors/counters.hpp"
#include "actors/fold.hpp"

namespace firn {

struct FoldStart {
    std::optional<Fold> fold;  // none: the category's decider cannot be had
    bool passed_over = false;  // a snapshot was no good: a new one is due
};

[[nodiscard]] FoldStart start_fold(const EventStore& store, const StreamName& stream,
                                   Version at_most, Category& category, Counters& counters);

}  // namespace firn
