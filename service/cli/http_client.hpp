// One keep-alive connection to a server, for commands that ask and wait.
//
// A connection that the server closed between two requests is made again, once. That repeats a
// request only if nothing of an answer had come, so whoever appends without stating a version or
// ids should use a fresh client.
// Thread: one at a time; the calls block.
// Errors: CommandFailure (unreachable) naming the server and the cause; Stopped. An answer of any
// status is no error here.
#pragma once

#include "service/cli/server_url.hpp"
#include "service/cli/stop_signals.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace firn::cli {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
    std::string next;  // the target of Link: rel="next"; empty: none
    std::optional<std::chrono::seconds> retry_after;
};

struct HttpAsk {
    std::string_view verb = "GET";
    std::string target;  // below the URL's prefix, query included
    std::string body;
    std::string_view accept = "application/json";
};

class HttpClient {
public:
    struct Timeouts {
        std::chrono::milliseconds connect{5'000};
        std::chrono::milliseconds answer{60'000};
    };

    explicit HttpClient(ServerUrl url) : HttpClient(std::move(url), Timeouts{}) {}
    HttpClient(ServerUrl url, Timeouts timeouts, StopSignals* stop = nullptr);
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    [[nodiscard]] HttpAnswer send(const HttpAsk& ask);
    [[nodiscard]] HttpAnswer get(std::string target) { return send({.target = std::move(target)}); }

private:
    class Exchanges;
    ServerUrl url_;
    Timeouts timeouts_;
    StopSignals* stop_;
    std::unique_ptr<Exchanges> connection_;
};

}  // namespace firn::cli
