// How long appends took lately, for whoever must not disturb them: the p99 of about the last
// second or two.
//
// Two halves of a second each; the older one is forgotten when the newer is full. Buckets are
// eighths of powers of two of a microsecond, so that a figure is exact to about a tenth.
// Thread: add() from one, the journal's; p99() from any. Errors: none.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>

namespace firn {

class LatencyWindow {
public:
    using Clock = std::chrono::steady_clock;

    void add(Clock::duration latency, Clock::time_point at) noexcept {
        if (at - half_began_ >= half_length) {
            half_began_ = at;
            const auto next = 1 - half_.load(std::memory_order_relaxed);
            for (auto& bucket : halves_[next]) {
                bucket.store(0, std::memory_order_relaxed);
            }
            half_.store(next, std::memory_order_relaxed);
        }
        halves_[half_.load(std::memory_order_relaxed)][bucket_of(latency)].fetch_add(
            1, std::memory_order_relaxed);
    }
    // Zero if there were none.
    [[nodiscard]] std::chrono::microseconds p99() const noexcept {
        std::uint64_t total = 0;
        for (std::size_t i = 0; i != bucket_count; ++i) {
            total += at(i);
        }
        std::uint64_t above = 0;
        for (std::size_t i = bucket_count; i-- != 0;) {
            above += at(i);
            if (above * 100 > total) {
                return std::chrono::microseconds(lower_bound_of(i));
            }
        }
        return std::chrono::microseconds(0);
    }

private:
    static constexpr std::chrono::seconds half_length{1};
    static constexpr std::size_t bucket_count = 8 * 32;

    [[nodiscard]] static std::size_t bucket_of(Clock::duration latency) noexcept {
        const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(latency).count(), 1));
        const auto power = static_cast<std::size_t>(std::bit_width(micros)) - 1;
        const auto eighth = power >= 3 ? (micros >> (power - 3)) & 7 : (micros << (3 - power)) & 7;
        return std::min<std::size_t>(power * 8 + eighth, bucket_count - 1);
    }
    [[nodiscard]] static std::uint64_t lower_bound_of(std::size_t bucket) noexcept {
        const auto power = bucket / 8;
        const auto scaled = 8 + bucket % 8;
        return power >= 3 ? scaled << (power - 3) : scaled >> (3 - power);
    }
    [[nodiscard]] std::uint64_t at(std::size_t bucket) const noexcept {
        return halves_[0][bucket].load(std::memory_order_relaxed) +
               halves_[1][bucket].load(std::memory_order_relaxed);
    }

    std::array<std::array<std::atomic<std::uint32_t>, bucket_count>, 2> halves_{};
    std::atomic<std::size_t> half_{0};
    Clock::time_point half_began_{};
};

}  // namespace firn
