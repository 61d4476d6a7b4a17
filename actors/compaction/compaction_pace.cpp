#include "actors/compaction/compaction_pace.hpp"

#include <algorithm>

namespace firn {

namespace {

// Pauses as multiples of the slice before, for each that runs: all of them together take a fifth of
// one thread at most, a hundredth at least.
constexpr double factor_min = 4;
constexpr double factor_max = 100;
constexpr double worse_than = 1.2;
constexpr std::chrono::milliseconds pause_max{100};
constexpr std::chrono::milliseconds adapt_every{200};
// Appends that come less often than this notice no slice.
constexpr std::chrono::milliseconds quiet_after{50};
// A p99 below this is nothing to complain of.
constexpr std::chrono::microseconds undisturbed_min{500};

}  // namespace

void CompactionPace::begin() {
    const std::lock_guard lock(mutex_);
    if (running_++ == 0) {
        undisturbed_ = std::max(counters_.append_latency.p99(), undisturbed_min);
        commits_seen_ = counters_.commits.value();
        factor_ = factor_min;
    }
}

void CompactionPace::end() {
    const std::lock_guard lock(mutex_);
    --running_;
}

std::chrono::nanoseconds CompactionPace::pause_after(std::chrono::nanoseconds slice) {
    const std::lock_guard lock(mutex_);
    const auto time = Clock::now();
    if (const auto commits = counters_.commits.value(); commits != commits_seen_) {
        commits_seen_ = commits;
        commit_seen_at_ = time;
    }
    if (time - commit_seen_at_ > quiet_after) {
        return {};
    }
    if (time - adapted_at_ >= adapt_every) {
        adapted_at_ = time;
        const bool worse = counters_.append_latency.p99() > undisturbed_ * worse_than;
        factor_ = std::clamp(factor_ * (worse ? 1.5 : 0.8), factor_min, factor_max);
    }
    const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(slice * factor_);
    return std::min<std::chrono::nanoseconds>(pause, pause_max) * std::max(running_, 1u);
}

}  // namespace firn
