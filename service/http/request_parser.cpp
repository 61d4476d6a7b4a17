#include "service/http/request_parser.hpp"

#include "service/http/media_type.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace firn {

namespace {

namespace http = boost::beast::http;

Verb verb_of(http::verb verb) noexcept {
    switch (verb) {
        case http::verb::get: return Verb::get;
        case http::verb::head: return Verb::head;
        case http::verb::post: return Verb::post;
        case http::verb::put: return Verb::put;
        case http::verb::patch: return Verb::patch;
        case http::verb::delete_: return Verb::delete_;
        case http::verb::options: return Verb::options;
        default: return Verb::other;
    }
}

std::string_view sentence_for(const boost::beast::error_code& error) noexcept {
    if (error == http::error::bad_method || error == http::error::bad_target ||
        error == http::error::bad_version) {
        return "The request line is not \"METHOD target HTTP/1.1\".";
    }
    if (error == http::error::bad_content_length || error == http::error::multiple_content_length) {
        return "The Content-Length is not one number, or comes with a Transfer-Encoding.";
    }
    if (error == http::error::bad_transfer_encoding) {
        return "The Transfer-Encoding is given twice, or comes with a Content-Length.";
    }
    if (error == http::error::bad_chunk || error == http::error::bad_chunk_extension) {
        return "A chunk of the body is malformed.";
    }
    if (error == http::error::bad_line_ending) {
        return "A line does not end with CR and LF.";
    }
    return "A header field is malformed.";
}

// A line that goes on the one before it (RFC 9112, 5.2). Beast would unfold it.
bool has_folded_line(std::string_view head) noexcept {
    for (auto at = head.find('\n'); at != head.npos; at = head.find('\n', at + 1)) {
        if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) {
            return true;
        }
    }
    return false;
}

bool is_digits(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string_view RequestParser::parse_head(std::string_view head, Request& request) {
    request_ = &request;
    if (has_folded_line(head)) {
        return "Header fields must not be folded over several lines.";
    }
    // The session bounds both; Beast's own bounds are put out of the way.
    header_limit(static_cast<std::uint32_t>(head.size() + 8));
    body_limit(boost::none);
    Error error;
    std::size_t used = 0;
    while (used < head.size() && !is_header_done()) {
        used += put(boost::asio::const_buffer(head.data() + used, head.size() - used), error);
        if (error) {
            return wrong_.empty() ? sentence_for(error) : wrong_;
        }
    }
    if (!is_header_done() || used != head.size()) {
        return "The head of the request does not end where it should.";
    }
    if (wrong_.empty()) {
        wrong_ = check_framing();
    }
    if (!wrong_.empty()) {
        return wrong_;
    }
    framing_.chunked = transfer_encoding_.has_value();
    framing_.content_length = content_length().value_or(0);
    framing_.keep_alive = keep_alive();
    in_trailer_ = true;
    return {};
}

std::string_view RequestParser::check_framing() const {
    if (content_length_ && transfer_encoding_) {
        return "Content-Length and Transfer-Encoding exclude each other.";
    }
    if (content_length_ && !is_digits(*content_length_)) {
        return "The Content-Length is not one number.";
    }
    if (transfer_encoding_) {
        if (!equal_ignoring_case(*transfer_encoding_, "chunked")) {
            return "The only Transfer-Encoding understood is \"chunked\".";
        }
        if (framing_.http_1_0) {
            return "HTTP/1.0 knows no Transfer-Encoding.";
        }
    }
    if (!request_->headers.host && !framing_.http_1_0) {
        return "HTTP/1.1 requests need a Host.";
    }
    return {};
}

void RequestParser::complain(std::string_view sentence) noexcept {
    if (wrong_.empty()) {
        wrong_ = sentence;
    }
}

void RequestParser::on_request_impl(http::verb verb, View method, View target, int version,
                                    Error&) {
    request_->verb = verb_of(verb);
    request_->method = method;
    request_->raw_target = target;
    framing_.http_1_0 = version == 10;
}

void RequestParser::take_once(std::optional<std::string_view>& slot, std::string_view value,
                              std::string_view complaint) {
    if (slot) {
        complain(complaint);
    }
    slot = value;
}

void RequestParser::join(std::optional<std::string_view>& slot, std::string& joined,
                         std::string_view value) {
    if (slot) {
        joined = std::string(*slot).append(", ").append(value);
        value = joined;
    }
    slot = value;
}

void RequestParser::on_field_impl(Field field, View name, View raw, Error&) {
    if (in_trailer_) {
        return;
    }
    const std::string_view value(raw.data(), raw.size());
    auto& headers = request_->headers;
    switch (field) {
        case Field::host: take_once(headers.host, value, "Host is given twice."); return;
        case Field::content_length:
            take_once(content_length_, value, "Content-Length is given twice.");
            return;
        case Field::transfer_encoding:
            take_once(transfer_encoding_, value, "Transfer-Encoding is given twice.");
            return;
        case Field::content_type:
            take_once(headers.content_type, value, "Content-Type is given twice.");
            return;
        case Field::content_encoding:
            take_once(headers.content_encoding, value, "Content-Encoding is given twice.");
            return;
        case Field::origin: take_once(headers.origin, value, "Origin is given twice."); return;
        case Field::expect: take_once(headers.expect, value, "Expect is given twice."); return;
        case Field::if_match:
            take_once(headers.if_match, value, "If-Match is given twice.");
            return;
        case Field::accept: join(headers.accept, joined_accept_, value); return;
        case Field::accept_encoding:
            join(headers.accept_encoding, joined_accept_encoding_, value);
            return;
        case Field::prefer: join(headers.prefer, joined_prefer_, value); return;
        case Field::if_none_match:
            take_once(headers.if_none_match, value, "If-None-Match is given twice.");
            return;
        case Field::access_control_request_method: headers.preflight_method = value; return;
        case Field::unknown: break;
        default: return;
    }
    // Some that Beast has no number for. The first one counts.
    const auto take_first = [&](std::optional<std::string_view>& slot, std::string_view known) {
        if (!slot && equal_ignoring_case({name.data(), name.size()}, known)) {
            slot = value;
        }
    };
    take_first(headers.request_id, "x-request-id");
    take_first(headers.traceparent, "traceparent");
    take_first(headers.last_event_id, "last-event-id");
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t remain, View body, Error& error) {
    // Refused as soon as the chunk's size tells, not only once its bytes have come.
    if (body_->size() > body_bytes_max_ || remain > body_bytes_max_ - body_->size()) {
        too_large_ = true;
        error = http::error::body_limit;
        return 0;
    }
    body_->append(body.data(), body.size());
    return body.size();
}

RequestParser::Decoded RequestParser::decode_chunked(std::string_view input, std::string& body,
                                                     std::size_t bytes_max) {
    body_ = &body;
    body_bytes_max_ = bytes_max;
    Decoded decoded;
    while (!is_done()) {
        Error error;
        const auto rest = input.substr(decoded.consumed);
        decoded.consumed += put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        if (error == http::error::need_more || (!error && decoded.consumed == input.size())) {
            break;
        }
        if (error) {
            decoded.too_large = too_large_;
            decoded.wrong = sentence_for(error);
            return decoded;
        }
    }
    decoded.complete = is_done();
    return decoded;
}

}  // namespace firn
