#include "service/cli/import/line_reader.hpp"

#include "service/cli/exit_code.hpp"

namespace firn::cli {

std::optional<Line> LineReader::next() {
    while (auto text = next_raw()) {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (++number_ == 1 && text->starts_with(byte_order_mark)) {
            text->remove_prefix(byte_order_mark.size());
        }
        if (text->find_first_not_of(" \t\r") != std::string_view::npos) {
            return Line{number_, *text};
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> LineReader::next_raw() {
    for (;;) {
        const auto end = buffer_.find('\n', searched_);
        if (end != std::string::npos) {
            const auto line = std::string_view(buffer_).substr(line_begin_, end - line_begin_);
            line_begin_ = searched_ = end + 1;
            return line;
        }
        if (at_end_) {
            const auto line = std::string_view(buffer_).substr(line_begin_);
            line_begin_ = searched_ = buffer_.size();
            return line.empty() ? std::nullopt : std::optional(line);
        }
        buffer_.erase(0, line_begin_);
        line_begin_ = 0;
        if (buffer_.size() > line_bytes_max) {
            throw CommandFailure(ExitCode::bad_input, input_.name() + ", line " +
                                                          std::to_string(number_ + 1) +
                                                          ": the line is longer than 64 MiB.");
        }
        searched_ = buffer_.size();
        constexpr std::size_t piece_bytes = 256u << 10;
        buffer_.resize(searched_ + piece_bytes);
        const auto got = input_.read(std::span(buffer_).subspan(searched_));
        buffer_.resize(searched_ + got);
        at_end_ = got == 0;
    }
}

}  // namespace firn::cli
