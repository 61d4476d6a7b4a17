// The body of one request after another: viewed where it was read if it came together with its
// head, else gathered here, growing with what came and not with what was announced.
// Thread: one session's. Errors: Progress.
#pragma once

#include "service/http/input_buffer.hpp"
#include "service/http/request_parser.hpp"

#include <span>
#include <string>
#include <string_view>

namespace firn {

class RequestBody {
public:
    enum class Progress : std::uint8_t { more, complete, too_large, malformed };

    // Takes what is in `input` already and belongs to the body. The head stays in place there.
    void begin(const RequestParser::Framing& framing, InputBuffer& input);
    // How far it is. too_large and malformed only concern chunks; the length was checked before.
    [[nodiscard]] Progress advance(RequestParser& parser, std::size_t bytes_max,
                                   std::size_t chunk_head_bytes_max);
    [[nodiscard]] std::string_view wrong() const noexcept { return wrong_; }

    // Where the rest is to be read to, while it is not complete.
    [[nodiscard]] std::span<char> space();
    void received(std::size_t bytes) noexcept { filled_ += bytes; }

    [[nodiscard]] bool nothing_came() const noexcept { return !in_place_ && filled_ == 0; }
    // Complete: valid until end().
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    // Gives back what came after a chunked body, and lets go of memory beyond the usual.
    void end(InputBuffer& input);

private:
    [[nodiscard]] Progress decode(RequestParser& parser, std::size_t bytes_max,
                                  std::size_t chunk_head_bytes_max);

    RequestParser::Framing framing_;
    bool in_place_ = false;
    std::string_view text_;
    std::string_view wrong_;
    std::string body_;         // gathered or decoded
    std::string chunk_input_;  // not decoded yet
    std::size_t filled_ = 0;   // of chunk_input_ if chunked, else of body_
};

}  // namespace firn
