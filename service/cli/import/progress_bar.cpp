#include "service/cli/import/progress_bar.hpp"

#include "service/cli/quantity.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include <sys/ioctl.h>
#include <unistd.h>

namespace firn::cli {
namespace {

std::size_t terminal_columns() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
        return size.ws_col;
    }
    return 80;
}

// Of the input, by bytes: reading runs ahead of sending, so what is read counts as far as it is
// on the server. None if the input's size is not known.
std::optional<double> fraction_done(const ImportCounters& counters) {
    const auto size = counters.input_size.load();
    const auto read = counters.read.load();
    if (size == 0 || read == 0) {
        return std::nullopt;
    }
    const auto done = static_cast<double>(counters.appended + counters.skipped);
    const auto fraction = static_cast<double>(counters.input_offset.load()) /
                          static_cast<double>(size) * done / static_cast<double>(read);
    return std::clamp(fraction, 0.0, 1.0);
}

std::string minutes_and_seconds(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::lround(seconds));
    const auto rest = std::to_string(whole % 60);
    return std::to_string(whole / 60) + (rest.size() == 1 ? ":0" : ":") + rest;
}

std::string bar_of(double fraction, std::size_t width) {
    const auto full = static_cast<std::size_t>(fraction * static_cast<double>(width));
    return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

}  // namespace

std::string progress_line(const ImportCounters& counters, std::chrono::duration<double> elapsed,
                          std::size_t columns) {
    const auto done = counters.appended + counters.skipped;
    const auto seconds = std::max(elapsed.count(), 0.001);
    auto line = show_count(done) + " events";
    if (counters.skipped != 0) {
        line += " (" + show_count(counters.skipped) + " there already)";
    }
    line +=
        ", " + show_count(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + "/s";
    if (const auto fraction = fraction_done(counters)) {
        char percent[8];
        std::snprintf(percent, sizeof percent, "%3.0f %%", std::floor(*fraction * 100));
        // Before that, the estimate jumps about.
        if (*fraction > 0.02) {
            line += ", " + minutes_and_seconds(seconds / *fraction - seconds) + " left";
        }
        constexpr std::size_t bar_width = 24;
        line = percent + (" " + line);
        if (line.size() + bar_width + 3 < columns) {
            line = bar_of(*fraction, bar_width) + " " + line;
        }
    }
    // A line that reaches the last column would make the terminal scroll.
    if (line.size() >= columns) {
        line.resize(columns == 0 ? 0 : columns - 1);
    }
    return line;
}

ProgressBar::ProgressBar(const ImportCounters& counters) : counters_(counters) {
    if (::isatty(STDERR_FILENO) == 1) {
        thread_ = std::thread([this] { draw_until_stopped(); });
    }
}

ProgressBar::~ProgressBar() {
    if (!thread_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    wake_.notify_all();
    thread_.join();
    std::fputs("\r\x1b[K", stderr);
}

void ProgressBar::draw_until_stopped() {
    constexpr std::chrono::milliseconds between_frames{100};
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, between_frames, [this] { return stopped_; })) {
        const auto elapsed = std::chrono::steady_clock::now() - begun_;
        const auto line = "\r" + progress_line(counters_, elapsed, terminal_columns()) + "\x1b[K";
        std::fputs(line.c_str(), stderr);
    }
}

}  // namespace firn::cli
