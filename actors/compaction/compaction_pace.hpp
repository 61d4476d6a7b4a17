// How long a compaction leaves the machine to others between two slices.
//
// While nobody appends, it does not pause. While appends go on, all compactions together take a
// share of one thread, and a smaller one while the appends' p99 is worse than it was before they
// began.
// Thread: any. Errors: none.
#pragma once

#include "actors/counters.hpp"

#include <chrono>
#include <mutex>

namespace firn {

class CompactionPace {
public:
    using Clock = std::chrono::steady_clock;

    explicit CompactionPace(const Counters& counters) : counters_(counters) {}

    // A compaction begins or ends: the p99 from before the first one is what others compare with.
    void begin();
    void end();
    // After a slice that took so long.
    [[nodiscard]] std::chrono::nanoseconds pause_after(std::chrono::nanoseconds slice);

private:
    const Counters& counters_;

    std::mutex mutex_;  // guards what follows
    std::uint32_t running_ = 0;
    std::uint64_t commits_seen_ = 0;
    Clock::time_point commit_seen_at_{};
    std::chrono::microseconds undisturbed_{0};
    Clock::time_point adapted_at_{};
    double factor_ = 0;
};

}  // namespace firn
