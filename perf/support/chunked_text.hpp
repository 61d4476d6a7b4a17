// Takes a chunked body (RFC 9112, 7.1) apart as its bytes come, without copying them.
// Thread: one. Errors: fail() where it is malformed.
#pragma once

#include "perf/support/measure.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace firn::perf {

class ChunkedText {
public:
    // Calls sink(std::string_view) for each piece of the body. Answers what follows its end.
    template <class Sink>
    std::string_view take(std::string_view bytes, Sink&& sink) {
        while (!bytes.empty() && !ended_) {
            if (left_ > 0) {
                const auto size = std::min(left_, bytes.size());
                sink(bytes.substr(0, size));
                bytes.remove_prefix(size);
                left_ -= size;
                continue;
            }
            take_line(bytes);
        }
        return bytes;
    }
    [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
    // A chunk's size, the line break behind a chunk, or the one behind the last, empty chunk.
    void take_line(std::string_view& bytes) {
        const auto end = bytes.find('\n');
        if (end == bytes.npos) {
            line_.append(bytes);
            bytes = {};
            check(line_.size() < 64, "a chunk has no size");
            return;
        }
        line_.append(bytes.substr(0, end));
        bytes.remove_prefix(end + 1);
        if (line_.size() > 1) {  // not only "\r"
            const auto parsed =
                std::from_chars(line_.data(), line_.data() + line_.size(), left_, 16);
            check(parsed.ec == std::errc{}, "a chunk's size is no number: " + line_);
            last_ = left_ == 0;
        } else {
            ended_ = last_;
        }
        line_.clear();
    }

    std::string line_;
    std::size_t left_ = 0;  // of the chunk's bytes
    bool last_ = false;
    bool ended_ = false;
};

}  // namespace firn::perf
