// Standard output in whole lines: a signal ends it between two of them, also while a reader takes
// none; a reader that went away ends the command without a word.
// Thread: one. Errors: CommandFailure (bad_input) if it cannot be written; Stopped.
#pragma once

#include "service/cli/stop_signals.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace firn::cli {

class LineOutput {
public:
    explicit LineOutput(StopSignals& stop);

    // Without its line feed.
    void write(std::string_view line);
    // The first lines of a text, at most so many, and flushes; how many there were.
    std::uint64_t write_lines(std::string_view text, std::uint64_t at_most);
    // Any piece of a text of lines. What ends no line yet stays here until flush().
    void write_text(std::string_view text);
    // All that was written has left this process.
    void flush();

private:
    // How long the reader has for the rest of a line once the command is to end.
    static constexpr std::chrono::milliseconds last_line_time{3000};

    void flush_up_to(std::size_t end);
    [[nodiscard]] bool can_write(std::size_t done, std::size_t& end) const;

    StopSignals& stop_;
    std::size_t piece_bytes_;  // that cannot block once there is room
    std::string text_;
};

}  // namespace firn::cli
