#include "service/http/streamed_body.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <limits>

namespace firn {

namespace {

constexpr std::size_t read_bytes = 64u << 10;

}  // namespace

void StreamedBody::begin(const RequestParser::Framing& framing, InputBuffer& input) {
    framing_ = framing;
    taken_ = 0;
    complete_ = !framing.chunked && framing.content_length == 0;
    wrong_ = {};
    auto here = input.unread();
    if (!framing.chunked && here.size() > framing.content_length) {
        here = here.substr(0, static_cast<std::size_t>(framing.content_length));
    }
    buffer_.assign(here);
    filled_ = here.size();
    input.take(here.size());
}

StreamedBody::Progress StreamedBody::take(RequestParser& parser, std::string& out,
                                          std::size_t chunk_head_bytes_max) {
    if (complete_) {
        return Progress::complete;
    }
    if (framing_.chunked) {
        return take_chunks(parser, out, chunk_head_bytes_max);
    }
    out.append(buffer_, 0, filled_);
    taken_ += filled_;
    filled_ = 0;
    complete_ = taken_ == framing_.content_length;
    return complete_ ? Progress::complete : Progress::more;
}

StreamedBody::Progress StreamedBody::take_chunks(RequestParser& parser, std::string& out,
                                                 std::size_t chunk_head_bytes_max) {
    if (filled_ == 0) {
        return Progress::more;
    }
    constexpr auto any = std::numeric_limits<std::size_t>::max() / 2;
    const auto before = out.size();
    const auto input = std::string_view(buffer_).substr(0, filled_);
    const auto decoded = parser.decode_chunked(input, out, any);
    wrong_ = decoded.too_large ? "A chunk is too large." : decoded.wrong;
    if (!wrong_.empty()) {
        out.resize(before);
        return Progress::malformed;
    }
    buffer_.erase(0, decoded.consumed);
    filled_ -= decoded.consumed;
    complete_ = decoded.complete;
    if (complete_) {
        return Progress::complete;
    }
    if (filled_ > chunk_head_bytes_max) {
        wrong_ = "A chunk's head or the trailer is too long.";
        return Progress::malformed;
    }
    return Progress::more;
}

std::span<char> StreamedBody::space() {
    auto wanted = read_bytes;
    if (!framing_.chunked) {
        // What comes after the body stays on the connection.
        wanted = static_cast<std::size_t>(
            std::min<std::uint64_t>(wanted, framing_.content_length - taken_ - filled_));
    }
    buffer_.resize(filled_ + wanted);
    return {buffer_.data() + filled_, wanted};
}

void StreamedBody::end(InputBuffer& input) {
    if (framing_.chunked && complete_ && filled_ > 0) {
        BOOST_ASSERT(input.empty());
        input.assign(std::string_view(buffer_).substr(0, filled_));
    }
    framing_ = {};
    complete_ = false;
    filled_ = 0;
    std::string().swap(buffer_);
}

}  // namespace firn
