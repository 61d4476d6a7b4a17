// What the service counts for ServiceStats.
// Thread: any; each counter by itself is exact, together they are not a snapshot.
#pragma once

#include "actors/histogram.hpp"
#include "actors/latency_window.hpp"

#include <atomic>
#include <cstdint>

namespace firn {

class Counter {
public:
    void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    void subtract(std::uint64_t n) noexcept { value_.fetch_sub(n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct Counters {
    Counter actor_bytes;  // states, JSON texts, unfolded events and the actors themselves
    Counter actors_evicted;
    Counter commits;
    Counter appends;
    Counter events_appended;
    Counter conflicts;
    Counter replays;
    Counter overloads;
    Counter states_served;
    Counter states_from_cache;
    Counter events_applied;
    Counter snapshots_taken;
    Counter snapshots_failed;
    Counter snapshots_used;
    Counter snapshots_passed_over;
    Counter commands;
    Counter commands_rejected;
    Histogram load_events;
    LatencyWindow append_latency;  // from queue to durable
    Counter compactions_succeeded;
    Counter compactions_skipped;
    Counter compactions_failed;
    Counter compactions_cancelled;
    Counter events_compacted;
    Counter bytes_compacted;
};

}  // namespace firn
