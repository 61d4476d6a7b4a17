// Reads requests strictly: Boost.Beast's HTTP/1.1 parser, and on top of it a refusal of every
// form that two servers on the way could understand differently (request smuggling).
//
// Thread: one session's. Errors: sentences for a 400; after one, the connection cannot go on,
// since nobody knows where the next request starts.
#pragma once

#include "service/http/request.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace firn {

class RequestParser final : private boost::beast::http::basic_parser<true> {
public:
    // What the head says about the rest.
    struct Framing {
        std::uint64_t content_length = 0;
        bool chunked = false;
        bool keep_alive = true;
        bool http_1_0 = false;
    };

    // `head` from the request line to the empty line, both inclusive. Fills `request` with views
    // into it. Empty: good.
    [[nodiscard]] std::string_view parse_head(std::string_view head, Request& request);
    [[nodiscard]] const Framing& framing() const noexcept { return framing_; }

    struct Decoded {
        std::size_t consumed = 0;
        bool complete = false;
        bool too_large = false;
        std::string_view wrong;  // empty: good
    };
    // The next piece of a chunked body, appended to `body`.
    [[nodiscard]] Decoded decode_chunked(std::string_view input, std::string& body,
                                         std::size_t bytes_max);

private:
    using Field = boost::beast::http::field;
    using View = boost::beast::string_view;
    using Error = boost::beast::error_code;

    void on_request_impl(boost::beast::http::verb verb, View method, View target, int version,
                         Error& error) override;
    void on_response_impl(int, View, int, Error&) override {}
    void on_field_impl(Field field, View name, View value, Error& error) override;
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(View body, Error&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remain, View body, Error& error) override;
    void on_finish_impl(Error&) override {}

    void take_once(std::optional<std::string_view>& slot, std::string_view value,
                   std::string_view complaint);
    // A field that may be given several times, as one list (RFC 9110, 5.3).
    static void join(std::optional<std::string_view>& slot, std::string& joined,
                     std::string_view value);
    [[nodiscard]] std::string_view check_framing() const;
    void complain(std::string_view sentence) noexcept;

    Request* request_ = nullptr;
    std::string_view wrong_;
    std::string joined_accept_;
    std::string joined_accept_encoding_;
    std::string joined_prefer_;
    Framing framing_;
    std::optional<std::string_view> content_length_;
    std::optional<std::string_view> transfer_encoding_;
    std::string* body_ = nullptr;
    std::size_t body_bytes_max_ = 0;
    bool in_trailer_ = false;
    bool too_large_ = false;
};

}  // namespace firn
