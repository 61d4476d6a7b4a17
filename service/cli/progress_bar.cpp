#include "service/cli/progress_bar.hpp"

#include <cstdio>

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

}  // namespace

std::string bar_before(double fraction, const std::string& line, std::size_t columns) {
    constexpr std::size_t width = 24;
    if (line.size() + width + 3 >= columns) {
        return line;
    }
    const auto full = static_cast<std::size_t>(fraction * static_cast<double>(width));
    return "[" + std::string(full, '#') + std::string(width - full, '.') + "] " + line;
}

std::string fit_to(std::string line, std::size_t columns) {
    if (line.size() >= columns) {
        line.resize(columns == 0 ? 0 : columns - 1);
    }
    return line;
}

ProgressBar::ProgressBar(Line line) : line_(std::move(line)) {
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
        const auto line = "\r" + line_(elapsed, terminal_columns()) + "\x1b[K";
        std::fputs(line.c_str(), stderr);
    }
}

}  // namespace firn::cli
