// A server whose bodies are made as they are sent, and read as they come.
//
//   GET  /pieces/3/0/hold/2/throw   pieces of 3 and 0 bytes; one that waits for release(); "bb";
//                                   then an exception. Letters tell which number it was
//   GET  /endless   pieces of 64 KiB, for ever
//   POST /read      the body, read to its end: "end in 2: " and what came, or a 400 that says why
//   POST /first     the first piece of the body only      POST /unread    nothing of it
//   POST /refused   a 404 by admit()                      GET  /echo      "echo"
// Thread: the test's. Errors: as HttpServer.
#pragma once

#include "service/http/http_server.hpp"
#include "service/http/problem.hpp"
#include "tests/support/io_thread.hpp"

#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace firn::test {

class PieceServer final : private RequestHandler {
public:
    explicit PieceServer(HttpConfig config = {}) {
        config.port = 0;
        server_.emplace(io_.executor(), std::move(config), static_cast<RequestHandler&>(*this),
                        log_, counters_);
        server_->start();
    }
    ~PieceServer() { stop(); }

    [[nodiscard]] std::uint16_t port() const { return server_->endpoint().port(); }
    [[nodiscard]] const HttpCounters& counters() const { return counters_; }
    // Asked for, over all responses.
    [[nodiscard]] std::uint64_t pieces() const { return pieces_.load(); }
    // The sources that live.
    [[nodiscard]] int sources() const { return sources_.load(); }

    // Whether or not a piece waits already.
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

private:
    class Source final : public BodySource {
    public:
        Source(PieceServer& server, std::vector<std::string> script)
            : server_(server), script_(std::move(script)) {
            ++server_.sources_;
        }
        ~Source() override { --server_.sources_; }

        boost::asio::awaitable<bool> next(std::string& out) override {
            ++server_.pieces_;
            if (script_.empty()) {
                out.append(64u << 10, 'x');
                co_return true;
            }
            const auto& word = script_[at_];
            if (word == "throw") {
                out.append("half a pie");
                throw std::runtime_error("thrown in the middle");
            }
            if (word == "hold") {
                boost::system::error_code cancelled;
                co_await server_.held_.async_receive(
                    boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
            } else {
                out.append(std::stoul(word), static_cast<char>('a' + at_));
            }
            co_return ++at_ != script_.size();
        }

    private:
        PieceServer& server_;
        const std::vector<std::string> script_;
        std::size_t at_ = 0;
    };

    bool admit(Request& request, Response& response) override {
        request.streams_body = request.verb == Verb::post;
        if (request.target.segment(0) == "refused") {
            Problem(Slug::not_found, "Refused before the body.").write_to(response);
            return false;
        }
        return true;
    }

    bool try_now(const Request& request, Response& response) override {
        const auto path = request.target.segment(0);
        response.content_type = content_types::text;
        if (path == "pieces" || path == "endless") {
            std::vector<std::string> script;
            for (std::size_t i = 1; i < request.target.size(); ++i) {
                script.emplace_back(request.target.segment(i));
            }
            response.source = std::make_unique<Source>(*this, std::move(script));
            return true;
        }
        response.body = path;
        return path == "echo" || path == "unread";
    }

    boost::asio::awaitable<void> answer(const Request& request, Response& response) override {
        constexpr auto ever = std::chrono::steady_clock::time_point::max();
        std::string body;
        int reads = 1;
        auto came = co_await request.body_reader->read(body, ever);
        while (came == BodyReader::Came::piece && request.target.segment(0) != "first") {
            ++reads;
            came = co_await request.body_reader->read(body, ever);
        }
        if (came == BodyReader::Came::broken) {
            const auto size = body.size();
            const auto again = co_await request.body_reader->read(body, ever);
            if (again != BodyReader::Came::broken || body.size() != size) {
                throw std::runtime_error("something came after the end");
            }
            Problem(Slug::bad_request, request.body_reader->why()).write_to(response);
            co_return;
        }
        response.body = came == BodyReader::Came::end ? "end in " + std::to_string(reads) : "piece";
        response.body += ": " + body;
    }

    HttpCounters counters_;
    std::atomic<std::uint64_t> pieces_{0};
    std::atomic<int> sources_{0};
    bool stopped_ = false;
    IoThread io_{2};
    boost::asio::experimental::concurrent_channel<void(boost::system::error_code)> held_{
        io_.executor(), 1};
    Log log_{LogLevel::error, [](std::string_view) {}};
    std::optional<HttpServer> server_;
};

}  // namespace firn::test
