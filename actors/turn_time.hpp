// How long a turn may keep its thread from everybody else's.
//
// Looked at after each event, so it must cost next to nothing: CLOCK_MONOTONIC_COARSE
// (clock_gettime(2)) takes a few ns and is exact to a timer tick, 1 to 10 ms.
// Thread: a value of its own for each turn. Errors: none.
#pragma once

#include <chrono>
#include <ctime>

namespace firn {

class TurnTime {
public:
    static constexpr std::chrono::milliseconds turn_max{5};

    explicit TurnTime(std::chrono::nanoseconds at_most = turn_max) noexcept
        : end_(coarse_now() + at_most) {}

    [[nodiscard]] bool is_up() const noexcept { return coarse_now() >= end_; }

private:
    static std::chrono::nanoseconds coarse_now() noexcept {
        std::timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
        return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    }

    std::chrono::nanoseconds end_;
};

}  // namespace firn
