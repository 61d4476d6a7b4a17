#include "service/cli/isolated.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <system_error>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace firn::cli {
namespace {

constexpr int returned_code = 0;
constexpr int threw_code = 64;  // not one that abort handlers and sanitizers use

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return;
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
}

[[noreturn]] void run_child(const std::function<std::string()>& function, int output) {
    // A crash is expected here; it must not leave a core file of a whole database behind.
    constexpr rlimit no_core{0, 0};
    static_cast<void>(::setrlimit(RLIMIT_CORE, &no_core));
    try {
        write_all(output, function());
        std::_Exit(returned_code);
    } catch (const std::exception& failure) {
        write_all(output, failure.what());
        std::_Exit(threw_code);
    }
}

std::string read_all(int descriptor) {
    std::string text;
    char piece[4096];
    for (;;) {
        const auto got = ::read(descriptor, piece, sizeof piece);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return text;
        }
        text.append(piece, static_cast<std::size_t>(got));
    }
}

}  // namespace

Isolated run_isolated(const std::function<std::string()>& function) {
    int ends[2];
    if (::pipe(ends) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    // Else the child would print it once more.
    std::fflush(nullptr);
    const auto child = ::fork();
    if (child < 0) {
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (child == 0) {
        ::close(ends[0]);
        run_child(function, ends[1]);
    }
    ::close(ends[1]);
    Isolated result;
    result.text = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == returned_code) {
        return result;
    }
    const bool threw = WIFEXITED(status) && WEXITSTATUS(status) == threw_code;
    result.end = threw ? Isolated::End::threw : Isolated::End::crashed;
    result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return result;
}

}  // namespace firn::cli
