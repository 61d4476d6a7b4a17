// The standalone program: wires store, actors and HTTP bottom-up, serves until a signal, and stops
// top-down.
//
// Thread: construct, run and destroy on one thread, main's. It makes config.threads more.
// Errors: the constructor throws StorageFailure (the store cannot be opened) or
// boost::system::system_error (the address cannot be listened on).
#pragma once

#include "service/config.hpp"
#include "service/logging.hpp"

#include <cstdint>
#include <memory>

namespace firn {

class Application {
public:
    // Opens the store, listens and serves. `config` is valid; `log` outlives the application.
    Application(const ProgramConfig& config, const Log& log);
    ~Application();
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    [[nodiscard]] std::uint16_t port() const;

    // Serves until SIGTERM or SIGINT; then stops accepting, finishes what is in flight and closes
    // the store. False if that took too long. A second signal ends the process at once, with
    // 128 + its number.
    [[nodiscard]] bool run();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace firn
