#include "actors/identity/event_id.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace firn {

namespace {

constexpr std::size_t text_size = 36;

constexpr bool is_hyphen_place(std::size_t i) noexcept {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

// -1: not a hexadecimal digit.
constexpr auto hex_values = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < 10; ++i) {
        values[std::size_t{'0'} + i] = static_cast<std::int8_t>(i);
    }
    for (std::size_t i = 0; i < 6; ++i) {
        values[std::size_t{'a'} + i] = static_cast<std::int8_t>(10 + i);
        values[std::size_t{'A'} + i] = static_cast<std::int8_t>(10 + i);
    }
    return values;
}();

int hex_value(char c) noexcept {
    return hex_values[static_cast<unsigned char>(c)];
}

// Two for each byte.
constexpr auto hex_digits = [] {
    constexpr char digits[] = "0123456789abcdef";
    std::array<char, 512> pairs{};
    for (std::size_t i = 0; i < 256; ++i) {
        pairs[2 * i] = digits[i >> 4];
        pairs[2 * i + 1] = digits[i & 15];
    }
    return pairs;
}();

// Asking OpenSSL costs about a microsecond, so each thread asks for many ids at once.
std::uint64_t random_bits() {
    struct Block {
        std::array<std::uint64_t, 64> words;
        std::size_t used = 64;
    };
    thread_local Block block;
    if (block.used == block.words.size()) {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(block.words.data()),
                       static_cast<int>(sizeof(block.words))) != 1) {
            throw std::runtime_error("The system's random generator gave no bytes.");
        }
        block.used = 0;
    }
    return block.words[block.used++];
}

// The time in 4096ths of a millisecond, 60 bits of a UUID (RFC 9562, 6.2, method 3): later than
// any that was given out before.
std::uint64_t next_tick() {
    static std::atomic<std::uint64_t> last{0};
    const auto nanoseconds =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                       std::chrono::system_clock::now().time_since_epoch())
                                       .count());
    const auto clock = nanoseconds / 1'000'000 << 12 | (nanoseconds % 1'000'000) * 4096 / 1'000'000;
    auto previous = last.load(std::memory_order_relaxed);
    std::uint64_t tick = 0;
    do {
        tick = std::max(clock, previous + 1);
    } while (!last.compare_exchange_weak(previous, tick, std::memory_order_relaxed));
    return tick;
}

}  // namespace

EventId make_event_id() {
    const auto tick = next_tick();
    constexpr std::uint64_t version_7 = 7;
    constexpr std::uint64_t variant = 2;
    const auto high = __builtin_bswap64((tick >> 12) << 16 | version_7 << 12 | (tick & 0xFFF));
    const auto low = __builtin_bswap64(variant << 62 | random_bits() >> 2);
    EventId id;
    std::memcpy(id.data(), &high, sizeof(high));
    std::memcpy(id.data() + sizeof(high), &low, sizeof(low));
    return id;
}

std::optional<EventId> parse_event_id(std::string_view text) noexcept {
    if (text.size() != text_size) {
        return std::nullopt;
    }
    EventId id;
    std::size_t byte = 0;
    for (std::size_t i = 0; i < text_size;) {
        if (is_hyphen_place(i)) {
            if (text[i] != '-') {
                return std::nullopt;
            }
            ++i;
            continue;
        }
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        id[byte++] = static_cast<std::byte>(high * 16 + low);
        i += 2;
    }
    return id;
}

char* put_event_id(char* out, const EventId& id) noexcept {
    for (std::size_t i = 0; i != id.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *out++ = '-';
        }
        std::memcpy(out, hex_digits.data() + std::to_integer<std::size_t>(id[i]) * 2, 2);
        out += 2;
    }
    return out;
}

void write_event_id(std::string& out, const EventId& id) {
    char text[event_id_text_bytes];
    put_event_id(text, id);
    out.append(text, sizeof(text));
}

std::string to_text(const EventId& id) {
    std::string text;
    write_event_id(text, id);
    return text;
}

}  // namespace firn
