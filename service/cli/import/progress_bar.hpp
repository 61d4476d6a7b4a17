// Draws an import's progress on a terminal; silent where standard error is none.
// Thread: owns one that draws; construct and destroy from one thread.
#pragma once

#include "service/cli/import/import_counters.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace firn::cli {

// What the bar shows, fit to `columns`.
[[nodiscard]] std::string progress_line(const ImportCounters& counters,
                                        std::chrono::duration<double> elapsed, std::size_t columns);

class ProgressBar {
public:
    explicit ProgressBar(const ImportCounters& counters);
    // Wipes the bar, so that what is printed next begins on a clean line.
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

private:
    void draw_until_stopped();

    const ImportCounters& counters_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace firn::cli
