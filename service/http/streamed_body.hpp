// Takes a request's body off the connection piece by piece, without gathering it.
// Thread: one session's. Errors: Progress::malformed, with a sentence.
#pragma once

#include "service/http/input_buffer.hpp"
#include "service/http/request_parser.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace firn {

class StreamedBody {
public:
    enum class Progress : std::uint8_t { more, complete, malformed };

    // Takes what is in `input` already and belongs to the body. The head stays in place there.
    void begin(const RequestParser::Framing& framing, InputBuffer& input);
    // Moves what has come into `out`.
    [[nodiscard]] Progress take(RequestParser& parser, std::string& out,
                                std::size_t chunk_head_bytes_max);
    [[nodiscard]] std::string_view wrong() const noexcept { return wrong_; }

    [[nodiscard]] bool complete() const noexcept { return complete_; }
    [[nodiscard]] bool nothing_came() const noexcept { return filled_ == 0; }

    // Where to read the next bytes to.
    [[nodiscard]] std::span<char> space();
    void received(std::size_t bytes) noexcept { filled_ += bytes; }

    // Gives back what came after the body, and lets go of the memory.
    void end(InputBuffer& input);

private:
    [[nodiscard]] Progress take_chunks(RequestParser& parser, std::string& out,
                                       std::size_t chunk_head_bytes_max);

    RequestParser::Framing framing_;
    std::uint64_t taken_ = 0;  // of content_length
    bool complete_ = false;
    std::string_view wrong_;
    std::string buffer_;
    std::size_t filled_ = 0;  // of it
};

}  // namespace firn
