// The real program as a child process, to be killed.
// Thread: one at a time, but for port(). Errors: throws std::system_error or std::runtime_error if
// it does not start; its own errors go to this program's standard error.
#pragma once

#include <cstdint>
#include <filesystem>

#include <sys/types.h>

namespace firn::test {

class ServerProcess {
public:
    // Starts it on a free port of 127.0.0.1. It is not ready yet.
    explicit ServerProcess(const std::filesystem::path& data);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    // Waits until it says that it is ready.
    void wait_until_ready();
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    // SIGKILL, and waits for the end.
    void kill() noexcept;
    // Throws if the program had ended by itself before.
    void require_killed() const;
    // SIGTERM, and waits for the end; its exit status.
    int stop();

private:
    int end(int signal) noexcept;

    pid_t pid_ = -1;
    int output_ = -1;
    std::uint16_t port_ = 0;
    bool was_killed_ = false;
};

}  // namespace firn::test
