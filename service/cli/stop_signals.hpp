// Ctrl-C, SIGTERM, and a reader of our output that goes away, as something that can be waited for:
// so a command ends between two lines, and puts away what it made.
//
// While one lives, SIGINT and SIGTERM wait until somebody asks: everything that may take long has
// to look (HttpClient, HttpStream, LineOutput and InputFile do). Thread: made by main's before
// there are others, which inherit the mask; used by that one. Errors: std::system_error if there
// can be none. Stopped from whatever waits.
#pragma once

#include <chrono>
#include <optional>

#include <signal.h>

namespace firn::cli {

class StopSignals {
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    // Readable once there is a reason to stop.
    [[nodiscard]] int descriptor() const noexcept { return any_; }
    // The signal; SIGPIPE where nobody reads standard output any more.
    [[nodiscard]] std::optional<int> raised();
    // Throws Stopped if there is a reason.
    void check();
    // Waits until the time has passed, or throws Stopped.
    void pause(std::chrono::milliseconds time);
    // Waits until the descriptor can be read, or throws Stopped.
    void wait_readable(int descriptor);
    // False: there is a reason to stop.
    [[nodiscard]] bool wait_writable(int descriptor);

private:
    sigset_t before_;
    int signals_ = -1;
    int any_ = -1;
    std::optional<int> raised_;
};

}  // namespace firn::cli
