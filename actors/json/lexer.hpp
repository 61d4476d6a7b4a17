// The words of JSON: strings, numbers, literals, white space. What strict means is decided here.
//
// Works on a complete text, copies nothing. Plain text inside strings is passed over eight bytes
// at a time; everything rare (escapes, bytes past ASCII, long numbers) is out of line.
// Thread: plain value. Errors: a token that does not check has a problem(), a sentence that stays
// until the lexer's end, and the lexer stands at the offending byte.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace firn {

// The first byte that a string cannot hold as plain ASCII (a quote, a backslash, a control
// character, the start of a longer UTF-8 sequence), or `end`.
[[nodiscard]] inline const char* skip_plain_text(const char* p, const char* end) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    for (; end - p >= 8; p += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, sizeof(word));
        const auto quote = word ^ (ones * '"');
        const auto backslash = word ^ (ones * '\\');
        // A top bit is set in the first byte that matches; a borrow may also set it in bytes
        // after that one, never before, and only the first one is looked at.
        const auto special = (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) |
                              ((backslash - ones) & ~backslash) | word) &
                             tops;
        if (special != 0) {
            return p + std::countr_zero(special) / 8;
        }
    }
    while (p != end && static_cast<unsigned char>(*p) >= 0x20 &&
           static_cast<unsigned char>(*p) < 0x80 && *p != '"' && *p != '\\') {
        ++p;
    }
    return p;
}

struct StringToken {
    std::string_view inner;  // between the quotes, escapes as they are
    bool escaped = false;
};

struct NumberToken {
    std::string_view text;
    // Without fraction and exponent, and in the range of int64 or uint64. "-0" is none: only a
    // double can hold it.
    bool integer = false;
};

class JsonLexer {
public:
    explicit JsonLexer(std::string_view text) noexcept
        : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

    [[nodiscard]] const char* problem() const noexcept { return problem_; }
    [[nodiscard]] std::size_t offset() const noexcept {
        return static_cast<std::size_t>(at_ - begin_);
    }
    [[nodiscard]] std::string_view text_from(std::size_t start) const noexcept {
        return {begin_ + start, offset() - start};
    }
    [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
    [[nodiscard]] char peek() const noexcept { return at_ == end_ ? '\0' : *at_; }

    void skip_space() noexcept {
        while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ' &&
               (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
            ++at_;
        }
    }
    // Takes `c` if it is the next byte.
    bool take(char c) noexcept {
        if (at_ == end_ || *at_ != c) {
            return false;
        }
        ++at_;
        return true;
    }
    // true, false or null.
    bool take_word(std::string_view word) noexcept {
        if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) {
            at_ += word.size();
            return true;
        }
        problem_ = "A value must be an object, an array, a string, a number, true, false or null.";
        return false;
    }

    // The next byte is a quote.
    StringToken take_string() noexcept {
        const char* first = ++at_;
        bool escaped = false;
        for (;;) {
            at_ = skip_plain_text(at_, end_);
            if (at_ != end_ && *at_ == '"') {
                const auto size = static_cast<std::size_t>(at_ - first);
                ++at_;
                return {{first, size}, escaped};
            }
            if (!pass_special(escaped)) {
                return {};
            }
        }
    }

    NumberToken take_number() noexcept;

private:
    bool pass_special(bool& escaped) noexcept;
    bool pass_escape() noexcept;
    bool pass_utf8() noexcept;
    bool take_surrogate_pair_end() noexcept;
    int take_hex4() noexcept;
    std::size_t pass_digits() noexcept;
    NumberToken finish_integer(const char* first) noexcept;
    NumberToken finish_real(const char* first) noexcept;
    bool fail(const char* problem) noexcept {
        problem_ = problem;
        return false;
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    const char* problem_ = nullptr;
};

// Appends a string's inner text with its escapes resolved. The token was checked by the lexer.
void append_unescaped(std::string& out, std::string_view inner);

}  // namespace firn
