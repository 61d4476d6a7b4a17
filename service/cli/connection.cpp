#include "service/cli/connection.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>

#include <csignal>

#include <fcntl.h>

namespace firn::cli {

namespace asio = boost::asio;

CommandFailure unreachable(const ServerUrl& url, const std::string& what) {
    return {ExitCode::unreachable, "The server at " + url.text() + " " + what};
}

CommandFailure connection_lost(const ServerUrl& url, const boost::system::error_code& error) {
    return unreachable(url, error == asio::error::timed_out
                                ? "did not answer in time."
                                : "closed the connection: " + error.message() + ".");
}

Connection::Connection(const ServerUrl& url, std::chrono::milliseconds timeout, StopSignals* stop)
    : stop_(stop) {
    boost::system::error_code error;
    asio::ip::tcp::resolver resolver(context_);
    const auto endpoints = resolver.resolve(url.host, url.port, error);
    if (error) {
        throw unreachable(url, "cannot be found: " + error.message() + ".");
    }
    if (stop_ != nullptr) {
        watch(*stop_);
    }
    bool connected = false;
    asio::async_connect(socket_, endpoints,
                        [&](const boost::system::error_code& result, const auto&) {
                            error = result;
                            connected = true;
                        });
    if (!run_until(connected, timeout)) {
        error = asio::error::timed_out;
    }
    if (error) {
        throw unreachable(url, "cannot be reached: " + error.message() +
                                   ". Is it running, and is the address right?");
    }
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
    // A command that subscribe runs must not keep it open.
    ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
}

void Connection::watch(StopSignals& stop) {
    const auto own = ::fcntl(stop.descriptor(), F_DUPFD_CLOEXEC, 0);
    stop_descriptor_.emplace(context_, own);
    stop_descriptor_->async_wait(
        asio::posix::stream_descriptor::wait_read,
        [this](const boost::system::error_code& error) { stop_raised_ = stop_raised_ || !error; });
}

bool Connection::run_until(const bool& happened, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    bool in_time = true;
    context_.restart();
    while (!happened) {
        if (!in_time) {
            context_.run_one();
        } else if (context_.run_one_until(deadline) == 0) {
            boost::system::error_code ignored;
            socket_.close(ignored);
            in_time = false;
        }
        if (stop_raised_) {
            throw Stopped(stop_->raised().value_or(SIGTERM));
        }
    }
    return in_time;
}

}  // namespace firn::cli
