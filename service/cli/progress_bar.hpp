// Draws the progress of what takes long on a terminal; silent where standard error is none.
// Thread: owns one that draws; construct and destroy from one thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace firn::cli {

class ProgressBar {
public:
    // What it shows after so long, fit to so many columns; called from the bar's own thread.
    using Line = std::function<std::string(std::chrono::duration<double>, std::size_t)>;

    explicit ProgressBar(Line line);
    // Wipes the bar, so that what is printed next begins on a clean line.
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

private:
    void draw_until_stopped();

    const Line line_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace firn::cli
