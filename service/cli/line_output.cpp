#include "service/cli/line_output.hpp"

#include "service/cli/exit_code.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>
#include <system_error>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <climits>

namespace firn::cli {

namespace {

constexpr std::size_t held_bytes_max = 64u << 10;

}  // namespace

LineOutput::LineOutput(StopSignals& stop) : stop_(stop), piece_bytes_(PIPE_BUF) {
    struct stat status {};
    if (::fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode)) {
        piece_bytes_ = std::numeric_limits<std::size_t>::max();
    }
}

void LineOutput::write(std::string_view line) {
    text_.append(line).append("\n");
    if (text_.size() >= held_bytes_max) {
        flush();
    }
}

std::uint64_t LineOutput::write_lines(std::string_view text, std::uint64_t at_most) {
    std::uint64_t count = 0;
    for (; count != at_most && !text.empty(); ++count) {
        const auto end = std::min(text.find('\n'), text.size());
        write(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    flush();
    return count;
}

void LineOutput::write_text(std::string_view text) {
    text_ += text;
    if (const auto last = text_.rfind('\n'); last != std::string::npos) {
        flush_up_to(last + 1);
    }
}

void LineOutput::flush() {
    flush_up_to(text_.size());
}

bool LineOutput::can_write(std::size_t done, std::size_t& end) const {
    if (stop_.wait_writable(STDOUT_FILENO)) {
        return true;
    }
    // Of what has not begun, nothing; what has begun is ended, if its reader goes on.
    if (done == 0 || text_[done - 1] == '\n') {
        return false;
    }
    end = std::min(text_.find('\n', done), end - 1) + 1;
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&output, 1, static_cast<int>(last_line_time.count())) == 1 &&
           (output.revents & POLLOUT) != 0;
}

void LineOutput::flush_up_to(std::size_t end) {
    const auto asked = end;
    std::size_t done = 0;
    while (done != end) {
        if (!can_write(done, end)) {
            text_.clear();
            stop_.check();
        }
        const auto piece = std::min(end - done, piece_bytes_);
        const auto written = ::write(STDOUT_FILENO, text_.data() + done, piece);
        if (written >= 0) {
            done += static_cast<std::size_t>(written);
        } else if (errno == EPIPE) {
            throw Stopped(SIGPIPE);
        } else if (errno != EINTR && errno != EAGAIN) {
            throw CommandFailure(ExitCode::bad_input, "Standard output cannot be written: " +
                                                          std::generic_category().message(errno) +
                                                          ".");
        }
    }
    text_.erase(0, end);
    if (end != asked) {
        stop_.check();  // a line was ended, and then there is no more
    }
}

}  // namespace firn::cli
