// How a conversation sends a body that is made while it is sent.
#include "service/http/conversation.hpp"

#include <boost/assert.hpp>

namespace firn {

namespace {

// A chunk's size has leading zeros, so that there is room for it before the size is known.
constexpr std::string_view chunk_head = "00000000\r\n";

void write_chunk_size(char* at, std::size_t size) noexcept {
    BOOST_ASSERT(size <= 0xFFFFFFFF);
    for (int digit = 7; digit >= 0; --digit, size /= 16) {
        at[digit] = "0123456789abcdef"[size % 16];
    }
}

}  // namespace

Conversation::~Conversation() {
    if (stage_ == Stage::streaming) {
        end_stream();
    }
}

void Conversation::end_stream() {
    context_.counters.streams_open.fetch_sub(1, std::memory_order_relaxed);
    response_.source.reset();
}

std::string& Conversation::begin_piece() {
    piece_at_ = output_.size();
    if (chunked_) {
        output_.append(chunk_head);
    }
    return output_;
}

void Conversation::end_piece(bool more) {
    if (chunked_) {
        const auto data_at = piece_at_ + chunk_head.size();
        if (const auto size = output_.size() - data_at; size == 0) {
            output_.resize(piece_at_);  // a chunk of no bytes would be the last one
        } else {
            write_chunk_size(output_.data() + piece_at_, size);
            output_.append("\r\n");
        }
        output_.append(more ? "" : "0\r\n\r\n");
    }
    if (!more) {
        end_stream();
        finish_request();
    }
}

void Conversation::cut_body(std::string_view what) {
    context_.counters.failures.fetch_add(1, std::memory_order_relaxed);
    context_.log.error("response_cut", {{"request_id", request_.id},
                                        {"method", request_.method},
                                        {"path", request_.target.raw_path()},
                                        {"reason", what}});
    output_.resize(piece_at_);
    // Without chunks a plain end of the connection would say that the body is whole.
    ending_ = true;
    resets_ = !chunked_;
    end_stream();
    finish_request();
}

}  // namespace firn
