// How far a compaction may delete, decided from facts alone.
// Thread: plain functions. Errors: none; a plan that deletes nothing says why.
#pragma once

#include "actors/compaction/compaction_report.hpp"

namespace firn {

struct CompactionFacts {
    Version head;
    Version first_version{1};                 // of the events held
    std::vector<CompactionBlocker> blockers;  // that have not read all
};

struct CompactionPlan {
    Version up_to;                            // versions up to here go
    std::string reason;                       // not empty: nothing goes
    std::vector<CompactionBlocker> blockers;  // without which more would go

    [[nodiscard]] bool deletes() const noexcept { return reason.empty(); }
};

[[nodiscard]] CompactionPlan plan_compaction(const CompactionFacts& facts,
                                             const CompactionOptions& options);

}  // namespace firn
