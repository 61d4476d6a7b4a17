#include "service/routes/import/body_lines.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

constexpr std::size_t decode_bytes = 128u << 10;

bool is_blank(std::string_view line) noexcept {
    return line.find_first_not_of(" \t\r") == line.npos;
}

}  // namespace

BodyLines::BodyLines(BodyReader& reader, std::unique_ptr<Decoder> decoder,
                     std::size_t line_bytes_max)
    : reader_(reader), decoder_(std::move(decoder)), line_bytes_max_(line_bytes_max) {}

std::optional<std::string_view> BodyLines::next() {
    for (;;) {
        const auto end = text_.find('\n', searched_);
        if (end == text_.npos && (!ended_ || line_begin_ == text_.size())) {
            searched_ = text_.size();
            return std::nullopt;
        }
        const auto stop = end == text_.npos ? text_.size() : end;
        const auto line = std::string_view(text_).substr(line_begin_, stop - line_begin_);
        line_begin_ = searched_ = end == text_.npos ? stop : end + 1;
        ++number_;
        if (!is_blank(line)) {
            return line;
        }
    }
}

bool BodyLines::fail(Problem problem) {
    problem_ = std::move(problem);
    return false;
}

bool BodyLines::decode_some() {
    const auto size = text_.size();
    text_.resize(size + decode_bytes);
    const auto rest = std::string_view(encoded_).substr(encoded_used_);
    const auto [consumed, produced] =
        decoder_->decode(rest, std::span(text_.data() + size, decode_bytes));
    text_.resize(size + produced);
    encoded_used_ += consumed;
    return produced != 0 || consumed != 0;
}

asio::awaitable<bool> BodyLines::fill() {
    if (problem_ || ended_) {
        co_return false;
    }
    text_.erase(0, line_begin_);
    searched_ -= line_begin_;
    line_begin_ = 0;
    if (text_.size() > line_bytes_max_) {
        co_return fail(Problem(Slug::too_large, "Line " + std::to_string(number_ + 1) +
                                                    " has more than " +
                                                    std::to_string(line_bytes_max_) + " bytes."));
    }
    const auto before = text_.size();
    try {
        while (text_.size() == before) {
            if (decode_some()) {
                continue;
            }
            if (body_ended_) {
                ended_ = true;
                if (!decoder_->may_end() || encoded_used_ != encoded_.size()) {
                    co_return fail(Problem(Slug::bad_request,
                                           "The " + std::string(decoder_->format()) +
                                               " body ends in the middle; it is not complete."));
                }
                co_return line_begin_ != text_.size();
            }
            encoded_.erase(0, encoded_used_);
            encoded_used_ = 0;
            const auto came = co_await reader_.read(encoded_);
            if (came == BodyReader::Came::broken) {
                co_return fail(Problem(Slug::bad_request, reader_.why()));
            }
            body_ended_ = came == BodyReader::Came::end;
        }
    } catch (const DamagedEncoding& damage) {
        co_return fail(Problem(Slug::bad_request, "The body: " + std::string(damage.what()) + "."));
    }
    last_fill_bytes_ = text_.size() - before;
    co_return true;
}

}  // namespace firn
