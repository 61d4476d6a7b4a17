// The lines of a text, each with its number.
// Thread: one. Errors: CommandFailure (bad_input) at a line past the bound, and InputText's own.
#pragma once

#include "service/cli/import/input_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::cli {

struct Line {
    std::uint64_t number = 0;  // from 1
    std::string_view text;     // without its end; valid until the next call
};

class LineReader {
public:
    // Far above the server's bound for an event, so that its answer is the one to say so.
    static constexpr std::size_t line_bytes_max = 64u << 20;

    explicit LineReader(InputText& input) : input_(input) {}

    // The next line that is not blank; none at the end. The last line needs no line feed.
    [[nodiscard]] std::optional<Line> next();

private:
    [[nodiscard]] std::optional<std::string_view> next_raw();

    InputText& input_;
    std::string buffer_;
    std::size_t line_begin_ = 0;  // in buffer_
    std::size_t searched_ = 0;    // no line feed between line_begin_ and here
    std::uint64_t number_ = 0;
    bool at_end_ = false;
};

}  // namespace firn::cli
