// What folding, saving and loading cost in one category, as this server measured it since it
// started: what advice rests on.
// Thread: any; each figure by itself is exact, together they are not a snapshot.
#pragma once

#include "actors/counters.hpp"

#include <chrono>

namespace firn {

[[nodiscard]] inline double mean(std::uint64_t sum, std::uint64_t count) noexcept {
    return count == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(count);
}

struct CategoryCosts {
    // A number of things and the time that they took, in nanoseconds.
    struct Timed {
        Counter count;
        Counter nanoseconds;
        void add(std::uint64_t n, std::chrono::nanoseconds time) noexcept {
            count.add(n);
            nanoseconds.add(static_cast<std::uint64_t>(time.count()));
        }
        [[nodiscard]] double mean() const noexcept {
            return firn::mean(nanoseconds.value(), count.value());
        }
    };
    Timed events_folded;       // read from the store and evolved
    Timed snapshots_restored;  // read and parsed
    Timed snapshots_made;      // written as text and hashed, and handed to the store
    Counter snapshot_bytes;    // of those made
    Counter loads;             // states that were not in memory when asked for
    Counter load_events;       // that these loads applied
    Counter appended;          // events
};

}  // namespace firn
