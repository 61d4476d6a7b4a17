// Reading and writing little-endian integers and varints (LEB128, unsigned) in byte strings.
// Thread: plain values. Errors: a ByteReader that ran out of bytes says so by ok(); what it
// returned since is zero or empty, so that decoders check once at the end of a structure.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace firn {

static_assert(std::endian::native == std::endian::little,
              "the on-disk format is little-endian and written as it stands in memory");

template <std::unsigned_integral T>
void put_int(std::string& out, T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    out.append(raw, sizeof(T));
}

inline void put_varint(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

// Signed numbers near zero as small unsigned ones.
constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) noexcept {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// Big-endian, so that the byte order of keys is the order of numbers.
inline void put_big_endian(std::string& out, std::uint64_t value) {
    value = __builtin_bswap64(value);
    put_int(out, value);
}

class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) noexcept : rest_(bytes) {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

    template <std::unsigned_integral T>
    T take_int() noexcept {
        T value = 0;
        if (const auto raw = take(sizeof(T)); raw.size() == sizeof(T)) {
            std::memcpy(&value, raw.data(), sizeof(T));
        }
        return value;
    }
    std::uint64_t take_big_endian() noexcept {
        return __builtin_bswap64(take_int<std::uint64_t>());
    }

    std::uint64_t take_varint() noexcept {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) {
                break;
            }
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) {
                return value;
            }
        }
        ok_ = false;
        rest_ = {};
        return 0;
    }

    std::string_view take(std::uint64_t size) noexcept {
        if (size > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::string_view take_framed() noexcept { return take(take_varint()); }

private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace firn
