// A server whose answers tell what it was asked, to test HTTP without an event store.
//
//   /echo   method, path and body, at once      /later   the same, after a turn of the executor
//   /throw  an exception, at once               /throw-later  the same, after a turn
//   /hold   answers when release() is called    /many/{n}     n bytes
//   /refused  a 404 before the body is read
// Thread: the test's. Errors: as HttpServer.
#pragma once

#include "service/http/http_server.hpp"
#include "service/http/problem.hpp"
#include "tests/support/io_thread.hpp"

#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace firn::test {

class EchoServer final : private RequestHandler {
public:
    explicit EchoServer(HttpConfig config = {}) : EchoServer(std::move(config), 2) {}
    EchoServer(HttpConfig config, int threads)
        : io_(threads),
          held_(io_.executor(), 1),
          log_(LogLevel::debug, [this](std::string_view line) { note(line); }) {
        config.port = 0;
        server_.emplace(io_.executor(), std::move(config), static_cast<RequestHandler&>(*this),
                        log_, counters_);
        server_->start();
    }
    ~EchoServer() { stop(); }

    [[nodiscard]] std::uint16_t port() const { return server_->endpoint().port(); }
    [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port()); }
    [[nodiscard]] const HttpCounters& counters() const { return counters_; }

    // When a request for /hold is in the handler's hands.
    void wait_until_held() { held_request_.get_future().wait(); }
    // Whether or not it waits already.
    void release() { held_.try_send(boost::system::error_code{}); }
    [[nodiscard]] std::future<void> begin_stop() {
        stopped_ = true;
        return boost::asio::co_spawn(io_.executor(), server_->async_stop(),
                                     boost::asio::use_future);
    }
    void stop() {
        if (!stopped_) {
            begin_stop().get();
        }
    }
    [[nodiscard]] std::vector<std::string> log_lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    void note(std::string_view line) {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(line);
    }

    bool admit(Request& request, Response& response) override {
        if (request.verb == Verb::options) {
            response.status = 204;
            response.add_header("Allow", "GET, OPTIONS");
            return false;
        }
        if (request.target.size() == 1 && request.target.segment(0) == "refused") {
            Problem(Slug::not_found, "Refused before the body.").write_to(response);
            return false;
        }
        return true;
    }

    static void echo(const Request& request, Response& response) {
        response.content_type = content_types::json;
        response.body.append(request.method).append(" ").append(request.target.raw_path());
        response.body.append(" ").append(request.body);
    }

    bool try_now(const Request& request, Response& response) override {
        const auto path = request.target.segment(0);
        if (path == "throw") {
            throw std::runtime_error("thrown at once");
        }
        if (path == "many") {
            response.content_type = content_types::json;
            response.body.assign(std::stoul(std::string(request.target.segment(1))), 'x');
            return true;
        }
        if (path != "echo") {
            return false;
        }
        echo(request, response);
        return true;
    }

    boost::asio::awaitable<void> answer(const Request& request, Response& response) override {
        using boost::asio::use_awaitable;
        const auto path = request.target.segment(0);
        if (path == "hold") {
            held_request_.set_value();
            boost::system::error_code cancelled;
            co_await held_.async_receive(boost::asio::redirect_error(use_awaitable, cancelled));
        } else {
            co_await boost::asio::post(io_.executor(), use_awaitable);
        }
        if (path == "throw-later") {
            throw std::runtime_error("thrown later");
        }
        echo(request, response);
    }

    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
    HttpCounters counters_;
    bool stopped_ = false;
    std::promise<void> held_request_;
    IoThread io_;
    boost::asio::experimental::concurrent_channel<void(boost::system::error_code)> held_;
    Log log_;
    std::optional<HttpServer> server_;
};

}  // namespace firn::test
