#include "service/cli/http_stream.hpp"

#include "service/cli/connection.hpp"
#include "service/version.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <array>
#include <cstdio>
#include <limits>

namespace firn::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

std::string head_of(const ServerUrl& url, const StreamAsk& ask) {
    auto head =
        std::string(ask.body ? "POST " : "GET ") + url.prefix + ask.target + " HTTP/1.1\r\n";
    const auto add = [&head](std::string_view name, std::string_view value) {
        head.append(name).append(": ").append(value).append("\r\n");
    };
    add("Host", url.authority());
    add("User-Agent", "firn/" + std::string(version()));
    add("Connection", "close");
    for (const auto& field : ask.fields) {
        add(field.name, field.value);
    }
    if (ask.body) {
        add("Transfer-Encoding", "chunked");
    }
    return head.append("\r\n");
}

void append_chunk(std::string& out, std::string_view piece) {
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    out.append(size).append(piece).append("\r\n");
}

}  // namespace

class HttpStream::Impl {
public:
    Impl(const ServerUrl& url, StreamAsk ask, Timeouts timeouts, StopSignals* stop)
        : url_(url),
          silence_(timeouts.silence),
          sending_(head_of(url, ask)),
          body_(std::move(ask.body)),
          connection_(url, timeouts.connect, stop) {
        parser_.body_limit(std::numeric_limits<std::uint64_t>::max());
        send();
        http::async_read_header(connection_.socket(), buffer_, parser_, note_read_);
        wait_for_read();
    }

    const auto& head() const { return parser_.get(); }

    std::string_view read() {
        while (!parser_.is_done()) {
            auto& body = parser_.get().body();
            body.data = piece_.data();
            body.size = piece_.size();
            read_ended_ = false;
            http::async_read_some(connection_.socket(), buffer_, parser_, note_read_);
            wait_for_read();
            const auto got = piece_.size() - body.size;
            if (got != 0) {
                return {piece_.data(), got};
            }
        }
        return {};
    }

private:
    // Sends what is in sending_, then the rest of the body, piece by piece.
    void send() {
        asio::async_write(connection_.socket(), asio::buffer(sending_),
                          [this](const boost::system::error_code& error, std::size_t) {
                              moved_ = true;
                              // A server that refuses early stops reading; its answer counts.
                              if (error || !body_) {
                                  return;
                              }
                              const auto piece = body_();
                              sending_.clear();
                              append_chunk(sending_, piece);
                              if (piece.empty()) {
                                  body_ = nullptr;
                              }
                              send();
                          });
    }

    // The handler of reads.
    struct NoteRead {
        Impl* self;
        void operator()(const boost::system::error_code& error, std::size_t) const {
            self->moved_ = self->read_ended_ = true;
            // A piece is full; the rest comes with the next one.
            const bool is_full = error == http::error::need_buffer;
            self->read_error_ = is_full ? boost::system::error_code{} : error;
        }
    };

    void wait_for_read() {
        while (!read_ended_) {
            moved_ = false;
            if (!connection_.run_until(moved_, silence_)) {
                read_error_ = asio::error::timed_out;
                break;
            }
        }
        if (read_error_) {
            throw connection_lost(url_, read_error_);
        }
    }

    const ServerUrl url_;
    const std::chrono::milliseconds silence_;
    std::string sending_;
    BodyPieces body_;
    beast::flat_buffer buffer_;
    http::response_parser<http::buffer_body> parser_;
    std::array<char, 65536> piece_;
    const NoteRead note_read_{this};
    bool moved_ = false;
    bool read_ended_ = false;
    boost::system::error_code read_error_;
    Connection connection_;  // last, so that what is under way ends before what it uses
};

HttpStream::HttpStream(const ServerUrl& url, StreamAsk ask, Timeouts timeouts, StopSignals* stop)
    : impl_(std::make_unique<Impl>(url, std::move(ask), timeouts, stop)) {}
HttpStream::~HttpStream() = default;

unsigned HttpStream::status() const noexcept {
    return impl_->head().result_int();
}

std::string_view HttpStream::content_encoding() const {
    const auto value = impl_->head()[http::field::content_encoding];
    return {value.data(), value.size()};
}

std::string_view HttpStream::content_type() const {
    const auto value = impl_->head()[http::field::content_type];
    return {value.data(), value.size()};
}

std::string_view HttpStream::read() {
    return impl_->read();
}

HttpAnswer HttpStream::rest() {
    constexpr std::size_t problem_bytes_max = 1u << 20;
    HttpAnswer answer;
    answer.status = status();
    for (auto piece = read(); !piece.empty() && answer.body.size() < problem_bytes_max;
         piece = read()) {
        answer.body += piece;
    }
    return answer;
}

}  // namespace firn::cli
