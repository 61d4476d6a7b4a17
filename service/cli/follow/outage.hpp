// A connection that is lost and tried again: says so once, and leaves longer and longer pauses.
// Thread: one. Errors: Stopped, out of a pause.
#pragma once

#include "service/cli/stop_signals.hpp"

#include <chrono>
#include <string_view>

namespace firn::cli {

// The pauses between attempts: doubling, within bounds.
class Backoff {
public:
    static constexpr std::chrono::milliseconds first{200};
    static constexpr std::chrono::milliseconds longest{5'000};

    [[nodiscard]] std::chrono::milliseconds next() noexcept;
    void reset() noexcept { next_ = first; }

private:
    std::chrono::milliseconds next_ = first;
};

class Outage {
public:
    explicit Outage(StopSignals& stop) : stop_(stop) {}

    // It failed (again); returns when it is time to try.
    void lost(std::string_view why);
    // It works (again).
    void over();

private:
    StopSignals& stop_;
    Backoff backoff_;
    bool told_ = false;
};

}  // namespace firn::cli
