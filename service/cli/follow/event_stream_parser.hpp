// Reads server-sent events (WHATWG HTML, 9.2) out of text that comes in any pieces.
//
// A message that was not ended by an empty line never was: a broken connection leaves no half one.
// Thread: plain value, no I/O. Errors: none; the format has none.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace firn::cli {

struct ServerSentMessage {
    std::string event;  // "message" unless it says otherwise
    std::string id;     // the last one that was stated, here or earlier
    std::string data;   // lines joined by line feeds
};

class EventStreamParser {
public:
    void feed(std::string_view text);
    // The next whole message; those without data are none, as the standard has it.
    [[nodiscard]] std::optional<ServerSentMessage> next();
    // What is held of a line or message that has not ended.
    [[nodiscard]] std::size_t held_bytes() const noexcept {
        return text_.size() - used_ + message_.data.size();
    }

private:
    [[nodiscard]] std::optional<std::string_view> next_line();
    void take_field(std::string_view line);

    std::string text_;
    std::size_t used_ = 0;       // of text_
    std::size_t searched_ = 0;   // no line's end between used_ and here
    bool begun_ = false;         // a byte order mark may stand only before the first line
    bool after_return_ = false;  // a line feed now belongs to the line before
    bool has_data_ = false;
    ServerSentMessage message_;
};

}  // namespace firn::cli
