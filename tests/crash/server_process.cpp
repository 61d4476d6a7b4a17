#include "tests/crash/server_process.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace firn::test {

namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// The number behind "http://127.0.0.1:" in the line that says that it is ready, or 0.
std::uint16_t port_in(const std::string& output) {
    static const std::string before = "http://127.0.0.1:";
    const auto at = output.find(before);
    std::uint16_t port = 0;
    if (at != output.npos && output.find('\n', at) != output.npos) {
        const char* first = output.data() + at + before.size();
        std::from_chars(first, output.data() + output.size(), port);
    }
    return port;
}

}  // namespace

ServerProcess::ServerProcess(const std::filesystem::path& data) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        fail("pipe2");
    }
    const auto directory = data.string();
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) {
        ::close(ends[0]);
        ::close(ends[1]);
        fail("fork");
    }
    if (pid_ == 0) {
        // If this test is killed, its server goes with it.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            ::_exit(127);
        }
        ::dup2(ends[1], STDOUT_FILENO);
        ::execl(FIRN_PROGRAM, "firn", "serve", "--data", directory.c_str(), "--listen",
                "127.0.0.1:0", "--log-level", "error", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
}

ServerProcess::~ServerProcess() {
    kill();
    ::close(output_);
}

void ServerProcess::wait_until_ready() {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + std::chrono::seconds(60);
    std::string output;
    while (port_ == 0) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        pollfd waiting{output_, POLLIN, 0};
        if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) {
            throw std::runtime_error("the server was not ready in time; it said: " + output);
        }
        std::array<char, 512> chunk{};
        const auto got = ::read(output_, chunk.data(), chunk.size());
        if (got <= 0) {
            throw std::runtime_error("the server ended before it was ready; it said: " + output);
        }
        output.append(chunk.data(), static_cast<std::size_t>(got));
        port_ = port_in(output);
    }
}

int ServerProcess::end(int signal) noexcept {
    int status = -1;
    if (pid_ > 0) {
        ::kill(pid_, signal);
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
    }
    return status;
}

void ServerProcess::kill() noexcept {
    if (pid_ > 0) {
        const int status = end(SIGKILL);
        was_killed_ = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
}

void ServerProcess::require_killed() const {
    if (!was_killed_) {
        throw std::runtime_error("the program ended by itself before it was killed");
    }
}

int ServerProcess::stop() {
    return end(SIGTERM);
}

}  // namespace firn::test
