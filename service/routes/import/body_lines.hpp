// The lines of a request's body, decoded, as they come in.
// Thread: one session's. Errors: a Problem with `line`, after which there are no more lines.
#pragma once

#include "service/encoding/decoder.hpp"
#include "service/http/body_reader.hpp"
#include "service/http/problem.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

class BodyLines {
public:
    enum class Filled : std::uint8_t {
        more,
        nothing,  // until then
        end,      // for good; problem() may say why
    };

    BodyLines(BodyReader& reader, std::unique_ptr<Decoder> decoder, std::size_t line_bytes_max);

    // The next line that is not blank, without its end, if it is here; valid until fill().
    [[nodiscard]] std::optional<std::string_view> next();
    // Of the line that next() gave last, from 1.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    // Waits for more.
    boost::asio::awaitable<Filled> fill(std::chrono::steady_clock::time_point until);
    // How much text the last fill() brought; little: the client sends as things happen.
    [[nodiscard]] std::size_t last_fill_bytes() const noexcept { return last_fill_bytes_; }
    [[nodiscard]] const std::optional<Problem>& problem() const noexcept { return problem_; }

private:
    // False: nothing more can be decoded from what is here.
    [[nodiscard]] bool decode_some();
    Filled fail(std::uint64_t line, Problem problem);
    Filled fail_too_long();
    [[nodiscard]] Filled end_of_body();

    BodyReader& reader_;
    std::unique_ptr<Decoder> decoder_;
    const std::size_t line_bytes_max_;
    std::string encoded_;
    std::size_t encoded_used_ = 0;
    std::string text_;
    std::size_t line_begin_ = 0;  // in text_
    std::size_t searched_ = 0;    // no line feed between line_begin_ and here
    std::uint64_t number_ = 0;
    std::size_t last_fill_bytes_ = 0;
    bool body_ended_ = false;
    bool ended_ = false;  // the last line may lack its line feed
    std::optional<Problem> problem_;
};

}  // namespace firn
