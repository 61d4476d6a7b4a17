#include "service/routes/import/body_lines.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

// Of text at a time: what a few bytes can decode to is not bounded otherwise.
constexpr std::size_t decode_bytes = 128u << 10;

bool is_blank(std::string_view line) noexcept {
    return line.find_first_not_of(" \t\r") == line.npos;
}

}  // namespace

BodyLines::BodyLines(BodyReader& reader, std::unique_ptr<Decoder> decoder,
                     std::size_t line_bytes_max)
    : reader_(reader), decoder_(std::move(decoder)), line_bytes_max_(line_bytes_max) {}

std::optional<std::string_view> BodyLines::next() {
    while (!problem_) {
        const auto end = text_.find('\n', searched_);
        if (end == text_.npos && (!ended_ || line_begin_ == text_.size())) {
            searched_ = text_.size();
            return std::nullopt;
        }
        const auto stop = end == text_.npos ? text_.size() : end;
        const auto line = std::string_view(text_).substr(line_begin_, stop - line_begin_);
        if (line.size() > line_bytes_max_) {
            fail_too_long();
            break;
        }
        line_begin_ = searched_ = end == text_.npos ? stop : end + 1;
        ++number_;
        if (!is_blank(line)) {
            return line;
        }
    }
    return std::nullopt;
}

BodyLines::Filled BodyLines::fail(std::uint64_t line, Problem problem) {
    problem_ = std::move(problem).with("line", line);
    return Filled::end;
}

BodyLines::Filled BodyLines::fail_too_long() {
    return fail(number_ + 1,
                Problem(Slug::too_large, "Line " + std::to_string(number_ + 1) + " has more than " +
                                             std::to_string(line_bytes_max_) + " bytes."));
}

bool BodyLines::decode_some() {
    const auto size = text_.size();
    text_.resize(size + decode_bytes);
    const auto rest = std::string_view(encoded_).substr(encoded_used_);
    Decoder::Progress progress;
    try {
        progress = decoder_->decode(rest, std::span(text_.data() + size, decode_bytes));
    } catch (const DamagedEncoding&) {
        text_.resize(size);
        throw;
    }
    text_.resize(size + progress.produced);
    encoded_used_ += progress.consumed;
    return progress.produced != 0 || progress.consumed != 0;
}

BodyLines::Filled BodyLines::end_of_body() {
    if (!decoder_->may_end() || encoded_used_ != encoded_.size()) {
        return fail(number_ + 1, Problem(Slug::bad_request,
                                         "The " + std::string(decoder_->format()) +
                                             " body ends in the middle; it is not complete."));
    }
    ended_ = true;
    return line_begin_ == text_.size() ? Filled::end : Filled::more;
}

asio::awaitable<BodyLines::Filled> BodyLines::fill(std::chrono::steady_clock::time_point until) {
    last_fill_bytes_ = 0;
    if (problem_ || ended_) {
        co_return Filled::end;
    }
    text_.erase(0, line_begin_);
    searched_ -= line_begin_;
    line_begin_ = 0;
    if (text_.size() > line_bytes_max_) {
        co_return fail_too_long();
    }
    const auto before = text_.size();
    try {
        while (text_.size() == before) {
            if (decode_some()) {
                continue;
            }
            if (body_ended_) {
                co_return end_of_body();
            }
            encoded_.erase(0, encoded_used_);
            encoded_used_ = 0;
            const auto came = co_await reader_.read(encoded_, until);
            if (came == BodyReader::Came::nothing) {
                co_return Filled::nothing;
            }
            if (came == BodyReader::Came::broken) {
                co_return fail(number_ + 1, Problem(Slug::bad_request, reader_.why()));
            }
            body_ended_ = came == BodyReader::Came::end;
        }
    } catch (const DamagedEncoding& damage) {
        co_return fail(number_ + 1,
                       Problem(Slug::bad_request, "The body: " + std::string(damage.what()) + "."));
    }
    last_fill_bytes_ = text_.size() - before;
    co_return Filled::more;
}

}  // namespace firn
