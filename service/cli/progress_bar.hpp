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

// "[####....] line", of what is done of 1; without the bar where that is wider than so many
// columns.
[[nodiscard]] std::string bar_before(double fraction, const std::string& line, std::size_t columns);
// Cut short of the last column: a line that reaches it would make the terminal scroll.
[[nodiscard]] std::string fit_to(std::string line, std::size_t columns);

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
