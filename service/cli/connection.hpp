// A TCP connection whose operations are waited for, with a bound of time, and not past a signal.
//
// Asio's blocking calls have no bounds: an operation is started on an own context, which then runs
// until it has ended. Several may be under way.
// Thread: one at a time; the calls block.
// Errors: CommandFailure (unreachable) naming the server; Stopped.
#pragma once

#include "service/cli/exit_code.hpp"
#include "service/cli/server_url.hpp"
#include "service/cli/stop_signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace firn::cli {

[[nodiscard]] CommandFailure unreachable(const ServerUrl& url, const std::string& what);
// The same for what an operation ended with.
[[nodiscard]] CommandFailure connection_lost(const ServerUrl& url,
                                             const boost::system::error_code& error);

class Connection {
public:
    // `stop`: what ends a wait; none for what must be carried through.
    Connection(const ServerUrl& url, std::chrono::milliseconds timeout, StopSignals* stop);

    [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }
    // Runs what was started until one of the handlers sets `happened`. False: it took too long, and
    // the connection is closed.
    [[nodiscard]] bool run_until(const bool& happened, std::chrono::milliseconds timeout);

private:
    void watch(StopSignals& stop);

    boost::asio::io_context context_{1};
    boost::asio::ip::tcp::socket socket_{context_};
    std::optional<boost::asio::posix::stream_descriptor> stop_descriptor_;
    StopSignals* const stop_;
    bool stop_raised_ = false;
};

}  // namespace firn::cli
