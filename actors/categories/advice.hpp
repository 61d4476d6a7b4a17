// Whether snapshots pay in a category, from which length on, and how often to take them.
//
// With f: folding one event, r: restoring a snapshot, s: making one, and l loads for each event
// appended, an interval of N costs s/N + l·f·N/2 per event (a load is N/2 events behind on
// average). That is least at N = sqrt(2·s / (l·f)); a load from a snapshot is cheaper than one
// from the beginning from r/f events on.
// Thread: plain function. Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace firn {

// Means, as far as there is something to take a mean of.
struct MeasuredCosts {
    std::uint64_t events_folded = 0;
    double fold_ns = 0;  // per event, with reading it
    std::uint64_t snapshots_made = 0;
    double make_ns = 0;
    std::uint64_t snapshots_restored = 0;
    double restore_ns = 0;
    double snapshot_bytes = 0;
    std::uint64_t loads = 0;
    double events_per_load = 0;
    std::uint64_t appended = 0;
};

struct Advice {
    std::optional<std::uint64_t> pays_from_events;  // none: nothing was measured
    std::uint32_t recommended_every = 0;
    std::string reason;  // a sentence or two
};

[[nodiscard]] Advice advise(const MeasuredCosts& costs, std::uint32_t default_every);

}  // namespace firn
