#include "service/cli/follow/event_stream_parser.hpp"

namespace firn::cli {

void EventStreamParser::feed(std::string_view text) {
    text_.erase(0, used_);
    searched_ -= used_;
    used_ = 0;
    text_ += text;
}

// Lines end with CR LF, LF or CR.
std::optional<std::string_view> EventStreamParser::next_line() {
    if (after_return_ && used_ != text_.size()) {
        after_return_ = false;
        if (text_[used_] == '\n') {
            searched_ = ++used_;
        }
    }
    const auto end = text_.find_first_of("\r\n", searched_);
    if (end == std::string::npos) {
        searched_ = text_.size();
        return std::nullopt;
    }
    auto line = std::string_view(text_).substr(used_, end - used_);
    after_return_ = text_[end] == '\r';
    used_ = searched_ = end + 1;
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (!begun_ && line.starts_with(byte_order_mark)) {
        line.remove_prefix(byte_order_mark.size());
    }
    begun_ = true;
    return line;
}

void EventStreamParser::take_field(std::string_view line) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    if (name == "data") {
        if (has_data_) {
            message_.data += '\n';
        }
        has_data_ = true;
        message_.data += value;
    } else if (name == "event") {
        message_.event = value;
    } else if (name == "id" && value.find('\0') == value.npos) {
        message_.id = value;
    }
}

std::optional<ServerSentMessage> EventStreamParser::next() {
    while (const auto line = next_line()) {
        if (!line->empty()) {
            take_field(*line);
            continue;
        }
        const bool whole = has_data_;
        auto message = message_;
        message_.event.clear();
        message_.data.clear();
        has_data_ = false;
        if (whole) {
            message.event = message.event.empty() ? "message" : message.event;
            return message;
        }
    }
    return std::nullopt;
}

}  // namespace firn::cli
