#include "actors/json/number.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace firn {

namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// Whether a number outside the range of doubles lies beyond its large end rather than near zero.
bool is_huge(std::string_view text) noexcept {
    const auto e = text.find_first_of("eE");
    const auto mantissa = text.substr(0, e);
    bool exponent_negative = false;
    std::int64_t exponent = 0;
    if (e != std::string_view::npos) {
        for (const char c : text.substr(e + 1)) {
            exponent_negative = exponent_negative || c == '-';
            // A text is shorter than this cap, so that its digits cannot outweigh it.
            if (is_digit(c) && exponent < (std::int64_t{1} << 40)) {
                exponent = exponent * 10 + (c - '0');
            }
        }
    }
    // The power of ten of the first digit that is not zero.
    const auto point = std::min(mantissa.find('.'), mantissa.size());
    const auto first = mantissa.find_first_of("123456789");
    if (first == std::string_view::npos) {
        return false;
    }
    return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) +
               (exponent_negative ? -exponent : exponent) >
           0;
}

// A double's shortest decimal: 0.digits x 10^point.
struct Decimal {
    std::array<char, 20> digits;
    std::size_t size = 0;
    int point = 0;
};

Decimal shortest(double magnitude) {
    std::array<char, 32> text;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), magnitude,
                                            std::chars_format::scientific);
    BOOST_ASSERT(error == std::errc{});
    Decimal decimal;
    const char* p = text.data();
    for (; *p != 'e'; ++p) {
        if (*p != '.') {
            decimal.digits[decimal.size++] = *p;
        }
    }
    ++p;
    // from_chars takes a minus, but no plus.
    std::from_chars(*p == '+' ? p + 1 : p, end, decimal.point);
    ++decimal.point;
    return decimal;
}

// Returns whether the text has a fraction or an exponent.
bool write_decimal(std::string& out, const Decimal& decimal) {
    const auto digits = std::string_view(decimal.digits.data(), decimal.size);
    const int size = static_cast<int>(decimal.size);
    const int point = decimal.point;
    if (size <= point && point <= 21) {
        out.append(digits).append(static_cast<std::size_t>(point - size), '0');
        return false;
    }
    if (0 < point && point <= 21) {
        out.append(digits.substr(0, static_cast<std::size_t>(point))).append(1, '.');
        out.append(digits.substr(static_cast<std::size_t>(point)));
        return true;
    }
    if (-6 < point && point <= 0) {
        out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
        return true;
    }
    out.append(1, digits.front());
    if (size > 1) {
        out.append(1, '.').append(digits.substr(1));
    }
    const int exponent = point - 1;
    out.append(exponent < 0 ? "e-" : "e+").append(std::to_string(std::abs(exponent)));
    return true;
}

}  // namespace

std::optional<double> to_double(std::string_view text) noexcept {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{}) {
        return number;
    }
    // from_chars does not tell too large from too small.
    if (is_huge(text)) {
        return std::nullopt;
    }
    return text.front() == '-' ? -0.0 : 0.0;
}

void write_double(std::string& out, double number) {
    BOOST_ASSERT(std::isfinite(number));
    if (std::signbit(number)) {
        out += '-';
    }
    if (!write_decimal(out, shortest(std::abs(number)))) {
        out += ".0";
    }
}

void write_canonical_double(std::string& out, double number) {
    BOOST_ASSERT(std::isfinite(number));
    if (number < 0) {
        out += '-';
    }
    write_decimal(out, shortest(std::abs(number)));
}

}  // namespace firn
