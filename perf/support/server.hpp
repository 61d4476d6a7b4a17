// A server that is measured from outside: a program, started for that on 127.0.0.1.
//
// It ends with this process, also where that ends by fail().
// Thread: main's. Errors: fail() if it does not listen, or does not stop cleanly.
#pragma once

#include "perf/support/measure.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace firn::perf {

[[nodiscard]] std::uint16_t free_port();

class Server {
public:
    // Waits until it listens. What it prints goes to `log`.
    Server(std::vector<std::string> command, std::uint16_t port, const std::filesystem::path& log);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] long pid() const noexcept { return pid_; }
    // Of all its threads, since it began.
    [[nodiscard]] double cpu_seconds() const;
    // SIGTERM, and waits for the end.
    void stop();

private:
    const std::uint16_t port_;
    long pid_ = 0;  // 0: it has ended
};

// `firn serve` over work/store: the program beside this one, or --firn PROGRAM; other arguments
// that no benchmark takes go to it, like --threads 2.
[[nodiscard]] std::unique_ptr<Server> serve_firn(const Options& options,
                                                 const std::filesystem::path& work);

}  // namespace firn::perf
