// Counts by size, in decades: how many loads applied at most 0, 1, 10, 100 … events.
// Thread: any; each bucket by itself is exact, together they are not a snapshot.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace firn {

inline constexpr std::array<std::uint64_t, 8> histogram_bounds{0,     1,      10,      100,
                                                               1'000, 10'000, 100'000, 1'000'000};

struct HistogramView {
    // One more than bounds: what lies beyond the last.
    std::array<std::uint64_t, histogram_bounds.size() + 1> buckets{};
    std::uint64_t sum = 0;
};

class Histogram {
public:
    void add(std::uint64_t value) noexcept {
        std::size_t bucket = 0;
        while (bucket != histogram_bounds.size() && value > histogram_bounds[bucket]) {
            ++bucket;
        }
        buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }
    [[nodiscard]] HistogramView view() const noexcept {
        HistogramView view;
        for (std::size_t i = 0; i != buckets_.size(); ++i) {
            view.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
        }
        view.sum = sum_.load(std::memory_order_relaxed);
        return view;
    }

private:
    std::array<std::atomic<std::uint64_t>, histogram_bounds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> sum_{0};
};

}  // namespace firn
