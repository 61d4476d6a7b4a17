#include "service/http/request_body.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn {

namespace {

constexpr std::size_t chunk_read_bytes = 16u << 10;
constexpr std::size_t body_read_bytes = 64u << 10;
// What a connection keeps between requests of each buffer.
constexpr std::size_t kept_bytes_max = 256u << 10;

void forget(std::string& text) {
    if (text.capacity() > kept_bytes_max) {
        std::string().swap(text);
    } else {
        text.clear();
    }
}

}  // namespace

void RequestBody::begin(const RequestParser::Framing& framing, InputBuffer& input) {
    framing_ = framing;
    filled_ = 0;
    const auto here = input.unread();
    in_place_ = !framing.chunked && here.size() >= framing.content_length;
    if (in_place_) {
        text_ = here.substr(0, static_cast<std::size_t>(framing.content_length));
        input.take(text_.size());
        return;
    }
    (framing.chunked ? chunk_input_ : body_).assign(here);
    filled_ = here.size();
    input.take(here.size());
}

RequestBody::Progress RequestBody::advance(RequestParser& parser, std::size_t bytes_max,
                                           std::size_t chunk_head_bytes_max) {
    if (in_place_) {
        return Progress::complete;
    }
    if (framing_.chunked) {
        return decode(parser, bytes_max, chunk_head_bytes_max);
    }
    if (filled_ < framing_.content_length) {
        return Progress::more;
    }
    text_ = std::string_view(body_).substr(0, filled_);
    return Progress::complete;
}

RequestBody::Progress RequestBody::decode(RequestParser& parser, std::size_t bytes_max,
                                          std::size_t chunk_head_bytes_max) {
    if (filled_ == 0) {
        return Progress::more;
    }
    const auto input = std::string_view(chunk_input_).substr(0, filled_);
    const auto decoded = parser.decode_chunked(input, body_, bytes_max);
    if (decoded.too_large) {
        return Progress::too_large;
    }
    wrong_ = decoded.wrong;
    if (!wrong_.empty()) {
        return Progress::malformed;
    }
    chunk_input_.erase(0, decoded.consumed);
    filled_ -= decoded.consumed;
    if (decoded.complete) {
        text_ = body_;
        return Progress::complete;
    }
    // A chunk's data is taken as it comes; what waits is a chunk's head or a trailer.
    if (filled_ > chunk_head_bytes_max) {
        wrong_ = "A chunk's head or the trailer is too long.";
        return Progress::malformed;
    }
    return Progress::more;
}

std::span<char> RequestBody::space() {
    if (framing_.chunked) {
        chunk_input_.resize(filled_ + chunk_read_bytes);
        return {chunk_input_.data() + filled_, chunk_read_bytes};
    }
    if (filled_ == body_.size()) {
        const auto wanted = static_cast<std::size_t>(framing_.content_length);
        body_.resize(std::min(wanted, std::max(body_read_bytes, filled_ * 2)));
    }
    return {body_.data() + filled_, body_.size() - filled_};
}

void RequestBody::end(InputBuffer& input) {
    if (framing_.chunked && filled_ > 0) {
        BOOST_ASSERT(input.empty());
        input.assign(std::string_view(chunk_input_).substr(0, filled_));
    }
    framing_ = {};
    text_ = {};
    filled_ = 0;
    forget(chunk_input_);
    forget(body_);
}

}  // namespace firn
