#include "actors/identity/timestamp.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>

namespace firn {

namespace {

using namespace std::chrono;

constexpr Timestamp first_time = sys_days{year{1} / January / 1};
constexpr Timestamp last_time = sys_days{year{10000} / January / 1} - microseconds{1};

void put_digits(char* out, unsigned value, int count) noexcept {
    for (int i = count - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

// A time up to its fraction.
struct SecondText {
    sys_seconds second = sys_seconds::min();  // of no time that can be written
    std::array<char, 20> text{};
};

SecondText text_of(sys_seconds second) noexcept {
    const auto day = floor<days>(second);
    const year_month_day date{day};
    const hh_mm_ss clock{second - day};
    SecondText known{second, {}};
    constexpr std::string_view shape = "0000-00-00T00:00:00.";
    auto* const text = known.text.data();
    std::memcpy(text, shape.data(), shape.size());
    put_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    put_digits(text + 5, static_cast<unsigned>(date.month()), 2);
    put_digits(text + 8, static_cast<unsigned>(date.day()), 2);
    put_digits(text + 11, static_cast<unsigned>(clock.hours().count()), 2);
    put_digits(text + 14, static_cast<unsigned>(clock.minutes().count()), 2);
    put_digits(text + 17, static_cast<unsigned>(clock.seconds().count()), 2);
    return known;
}

// Takes text from its front; what does not fit makes it fail for good.
class TextReader {
public:
    explicit TextReader(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] bool complete() const noexcept { return ok_ && rest_.empty(); }

    // One of `choices`; returns it, or 0.
    char one_of(std::string_view choices) noexcept {
        if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) {
            ok_ = false;
            return 0;
        }
        const char taken = rest_.front();
        rest_.remove_prefix(1);
        return taken;
    }
    bool skip(char c) noexcept { return rest_.starts_with(c) && one_of({&c, 1}) != 0; }
    [[nodiscard]] bool at_digit() const noexcept {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }
    // Exactly `count` digits, at most `max`.
    int number(int count, int max) noexcept {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            value = value * 10 + digit();
        }
        ok_ = ok_ && value <= max;
        return value;
    }
    int digit() noexcept {
        const char c = one_of("0123456789");
        return c == 0 ? 0 : c - '0';
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

microseconds take_fraction(TextReader& text) noexcept {
    int micros = 0;
    int count = 0;
    do {
        const int digit = text.digit();
        micros = count < 6 ? micros * 10 + digit : micros;
        ++count;
    } while (text.at_digit() && count < 9);
    for (; count < 6; ++count) {
        micros *= 10;
    }
    return microseconds{micros};
}

minutes take_offset(TextReader& text) noexcept {
    const char sign = text.one_of("Zz+-");
    if (sign != '+' && sign != '-') {
        return minutes{0};
    }
    const hours hour{text.number(2, 23)};
    text.one_of(":");
    const minutes offset = hour + minutes{text.number(2, 59)};
    return sign == '-' ? -offset : offset;
}

}  // namespace

char* put_rfc3339(char* out, Timestamp time) noexcept {
    time = std::clamp(time, first_time, last_time);
    const auto second = floor<seconds>(time);
    // Events that are written after each other are often of the same second.
    thread_local SecondText known;
    if (known.second != second) {
        known = text_of(second);
    }
    std::memcpy(out, known.text.data(), known.text.size());
    out += known.text.size();
    put_digits(out, static_cast<unsigned>((time - second).count()), 6);
    out[6] = 'Z';
    return out + 7;
}

void write_rfc3339(std::string& out, Timestamp time) {
    char text[rfc3339_bytes];
    put_rfc3339(text, time);
    out.append(text, sizeof(text));
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept {
    TextReader reader(text);
    const year y{reader.number(4, 9999)};
    reader.one_of("-");
    const month m{static_cast<unsigned>(reader.number(2, 12))};
    reader.one_of("-");
    const day d{static_cast<unsigned>(reader.number(2, 31))};
    reader.one_of("Tt");
    const hours hour{reader.number(2, 23)};
    reader.one_of(":");
    const minutes minute{reader.number(2, 59)};
    reader.one_of(":");
    const seconds second{reader.number(2, 60)};
    const auto fraction = reader.skip('.') ? take_fraction(reader) : microseconds{0};
    const auto offset = take_offset(reader);
    const year_month_day date = y / m / d;
    if (!reader.complete() || !date.ok()) {
        return std::nullopt;
    }
    const auto whole = sys_days{date} + hour + minute + second - offset;
    if (second == seconds{60} && whole != floor<days>(whole)) {
        return std::nullopt;
    }
    const Timestamp time = whole + fraction;
    if (time < first_time || time > last_time) {
        return std::nullopt;
    }
    return time;
}

}  // namespace firn
