#include "service/cli/http_client.hpp"

#include "service/cli/connection.hpp"
#include "service/version.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <charconv>
#include <utility>

namespace firn::cli {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

// Pages end at 8 MiB of events; their JSON around it stays far below this.
constexpr std::uint64_t answer_bytes_max = 256u << 20;

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

// The target within <…> of the link that says rel="next".
std::string next_link(std::string_view header) {
    const auto rel = header.find("rel=\"next\"");
    if (rel == std::string_view::npos) {
        return {};
    }
    const auto open = header.rfind('<', rel);
    const auto close = header.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos || close > rel) {
        return {};
    }
    return std::string(header.substr(open + 1, close - open - 1));
}

std::optional<std::chrono::seconds> retry_after(std::string_view header) {
    std::uint32_t seconds = 0;
    const auto last = header.data() + header.size();
    const auto [end, error] = std::from_chars(header.data(), last, seconds);
    if (error != std::errc{} || end != last) {
        return std::nullopt;
    }
    return std::chrono::seconds{seconds};
}

}  // namespace

class HttpClient::Exchanges {
public:
    Exchanges(const ServerUrl& url, std::chrono::milliseconds timeout, StopSignals* stop)
        : connection_(url, timeout, stop) {}

    bool used() const noexcept { return used_; }
    bool answer_begun() const noexcept { return answer_begun_; }
    bool reusable() const noexcept { return reusable_; }

    boost::system::error_code exchange(const http::request<http::string_body>& request,
                                       HttpAnswer& answer, std::chrono::milliseconds timeout) {
        used_ = std::exchange(exchanged_, true);
        answer_begun_ = false;
        reusable_ = false;
        boost::system::error_code error;
        bool ended = false;
        const auto note = [&](boost::system::error_code result, std::size_t) {
            error = result;
            ended = true;
        };

        http::async_write(connection_.socket(), request, note);
        if (!connection_.run_until(ended, timeout)) {
            return boost::asio::error::timed_out;
        }
        // A server that refuses early answers and stops reading: the answer is what counts.
        const auto write_error = error;

        http::response_parser<http::string_body> parser;
        parser.body_limit(answer_bytes_max);
        ended = false;
        http::async_read(connection_.socket(), buffer_, parser, note);
        const bool in_time = connection_.run_until(ended, timeout);
        answer_begun_ = parser.got_some();
        if (!in_time) {
            return boost::asio::error::timed_out;
        }
        if (error) {
            return write_error ? write_error : error;
        }
        reusable_ = parser.keep_alive() && !write_error;
        auto& response = parser.get();
        answer.status = response.result_int();
        answer.next = next_link(view(response[http::field::link]));
        answer.retry_after = retry_after(view(response[http::field::retry_after]));
        answer.body = std::move(response.body());
        return {};
    }

private:
    beast::flat_buffer buffer_;
    bool exchanged_ = false;
    bool used_ = false;  // before the exchange that is looked at
    bool answer_begun_ = false;
    bool reusable_ = false;
    Connection connection_;
};

HttpClient::HttpClient(ServerUrl url, Timeouts timeouts, StopSignals* stop)
    : url_(std::move(url)), timeouts_(timeouts), stop_(stop) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpAnswer HttpClient::send(const HttpAsk& ask) {
    http::request<http::string_body> request(
        http::string_to_verb({ask.verb.data(), ask.verb.size()}), url_.prefix + ask.target, 11);
    request.set(http::field::host, url_.authority());
    request.set(http::field::user_agent, "firn/" + std::string(version()));
    request.set(http::field::accept, {ask.accept.data(), ask.accept.size()});
    if (!ask.body.empty()) {
        request.set(http::field::content_type, "application/json");
        request.body() = ask.body;
    }
    request.prepare_payload();

    for (;;) {
        if (connection_ == nullptr) {
            connection_ = std::make_unique<Exchanges>(url_, timeouts_.connect, stop_);
        }
        HttpAnswer answer;
        const auto error = connection_->exchange(request, answer, timeouts_.answer);
        if (!error) {
            if (!connection_->reusable()) {
                connection_.reset();
            }
            return answer;
        }
        const bool was_idle = connection_->used() && !connection_->answer_begun() &&
                              error != boost::asio::error::timed_out;
        connection_.reset();
        if (!was_idle) {
            throw connection_lost(url_, error);
        }
    }
}

}  // namespace firn::cli
