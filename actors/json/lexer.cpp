#include "actors/json/lexer.hpp"

#include "actors/json/number.hpp"

#include <algorithm>
#include <charconv>

namespace firn {

namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

unsigned hex4(const char* digits) noexcept {
    unsigned value = 0;
    for (int i = 0; i < 4; ++i) {
        value = value * 16 + static_cast<unsigned>(hex_digit(digits[i]));
    }
    return value;
}

void append_utf8(std::string& out, unsigned code_point) {
    const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
    const auto put_tail = [&](unsigned shift) { put(0x80 | ((code_point >> shift) & 0x3F)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put_tail(0);
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put_tail(6);
        put_tail(0);
    } else {
        put(0xF0 | (code_point >> 18));
        put_tail(12);
        put_tail(6);
        put_tail(0);
    }
}

constexpr bool is_high_surrogate(unsigned unit) noexcept {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool is_low_surrogate(unsigned unit) noexcept {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace

// At a byte that is not plain text and not the closing quote.
bool JsonLexer::pass_special(bool& escaped) noexcept {
    if (at_ == end_) {
        return fail("A string has no closing quote.");
    }
    if (*at_ == '\\') {
        escaped = true;
        return pass_escape();
    }
    if (static_cast<unsigned char>(*at_) < 0x20) {
        return fail("A control character inside a string must be escaped.");
    }
    do {
        if (!pass_utf8()) {
            return fail("The text is not valid UTF-8.");
        }
    } while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x80);
    return true;
}

// One sequence of two to four bytes (RFC 3629, table 3-7 of the Unicode standard).
bool JsonLexer::pass_utf8() noexcept {
    const auto byte = [this](std::ptrdiff_t i) {
        return end_ - at_ > i ? static_cast<unsigned char>(at_[i]) : 0u;
    };
    const auto continues = [&](std::ptrdiff_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned lead = byte(0);
    const unsigned second = byte(1);
    std::ptrdiff_t size = 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
        size = continues(1) ? 2 : 0;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        // E0 would be overlong below A0; ED from A0 on would be a surrogate.
        const bool fits = (lead != 0xE0 || second >= 0xA0) && (lead != 0xED || second < 0xA0);
        size = fits && continues(1) && continues(2) ? 3 : 0;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        // F0 would be overlong below 90; F4 from 90 on would be past U+10FFFF.
        const bool fits = (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second < 0x90);
        size = fits && continues(1) && continues(2) && continues(3) ? 4 : 0;
    }
    at_ += size;
    return size != 0;
}

bool JsonLexer::pass_escape() noexcept {
    const char* const backslash = at_++;
    switch (peek()) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': ++at_; return true;
        case 'u': break;
        default:
            at_ = backslash;
            return fail("A backslash inside a string starts no known escape.");
    }
    ++at_;
    const int unit = take_hex4();
    if (unit < 0) {
        at_ = backslash;
        return fail("\\u must be followed by four hexadecimal digits.");
    }
    const bool alone =
        is_low_surrogate(static_cast<unsigned>(unit)) ||
        (is_high_surrogate(static_cast<unsigned>(unit)) && !take_surrogate_pair_end());
    if (alone) {
        at_ = backslash;
        return fail("A surrogate escape must be a pair, \\uD800-\\uDBFF and \\uDC00-\\uDFFF.");
    }
    return true;
}

bool JsonLexer::take_surrogate_pair_end() noexcept {
    if (!take('\\') || !take('u')) {
        return false;
    }
    const int unit = take_hex4();
    return unit >= 0 && is_low_surrogate(static_cast<unsigned>(unit));
}

// -1 if the next four bytes are not hexadecimal digits.
int JsonLexer::take_hex4() noexcept {
    if (end_ - at_ < 4) {
        return -1;
    }
    for (int i = 0; i < 4; ++i) {
        if (hex_digit(at_[i]) < 0) {
            return -1;
        }
    }
    const auto value = hex4(at_);
    at_ += 4;
    return static_cast<int>(value);
}

std::size_t JsonLexer::pass_digits() noexcept {
    const char* const first = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
        ++at_;
    }
    return static_cast<std::size_t>(at_ - first);
}

NumberToken JsonLexer::take_number() noexcept {
    const char* const first = at_;
    const bool negative = take('-');
    const char* const digits = at_;
    const auto count = pass_digits();
    if (count == 0) {
        fail(negative ? "A minus sign must be followed by a digit."
                      : "A value must be an object, an array, a string, a number, true, false or "
                        "null.");
        return {};
    }
    if (count > 1 && *digits == '0') {
        at_ = first;
        fail("A number must not start with a zero that more digits follow.");
        return {};
    }
    const char next = peek();
    if (next == '.' || next == 'e' || next == 'E') {
        return finish_real(first);
    }
    // 18 digits fit whatever they are.
    if (count <= 18) {
        return {{first, static_cast<std::size_t>(at_ - first)},
                !(negative && count == 1 && *digits == '0')};
    }
    return finish_integer(first);
}

NumberToken JsonLexer::finish_integer(const char* first) noexcept {
    std::int64_t negative = 0;
    std::uint64_t positive = 0;
    const auto error = *first == '-' ? std::from_chars(first, at_, negative).ec
                                     : std::from_chars(first, at_, positive).ec;
    if (error != std::errc{}) {
        at_ = first;
        fail(
            "An integer must lie between -9223372036854775808 and 18446744073709551615; write a "
            "larger number with a fraction or an exponent, or as a string.");
        return {};
    }
    return {{first, static_cast<std::size_t>(at_ - first)}, true};
}

// At the point or the exponent's e.
NumberToken JsonLexer::finish_real(const char* first) noexcept {
    std::size_t exponent_digits = 0;
    if (take('.') && pass_digits() == 0) {
        fail("A decimal point must be followed by a digit.");
        return {};
    }
    if (take('e') || take('E')) {
        if (!take('+')) {
            take('-');
        }
        exponent_digits = pass_digits();
        if (exponent_digits == 0) {
            fail("An exponent needs a digit.");
            return {};
        }
    }
    const std::string_view text(first, static_cast<std::size_t>(at_ - first));
    // Fewer than 200 digits and an exponent below 100 cannot reach 10^308.
    if ((exponent_digits > 2 || text.size() > 200) && !to_double(text)) {
        at_ = first;
        fail("A number is too large for a double.");
        return {};
    }
    return {text, false};
}

void append_unescaped(std::string& out, std::string_view inner) {
    while (!inner.empty()) {
        const auto plain = std::min(inner.find('\\'), inner.size());
        out.append(inner.substr(0, plain));
        if (plain == inner.size()) {
            return;
        }
        const char escape = inner[plain + 1];
        inner.remove_prefix(plain + 2);
        switch (escape) {
            case 'b': out += '\b'; break;
            case 'f': out += '\f'; break;
            case 'n': out += '\n'; break;
            case 'r': out += '\r'; break;
            case 't': out += '\t'; break;
            case 'u': {
                unsigned code_point = hex4(inner.data());
                inner.remove_prefix(4);
                if (is_high_surrogate(code_point)) {
                    const auto low = hex4(inner.data() + 2);
                    code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
                    inner.remove_prefix(6);
                }
                append_utf8(out, code_point);
                break;
            }
            default: out += escape; break;
        }
    }
}

}  // namespace firn
