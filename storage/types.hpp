// The strong types that every layer speaks: versions, positions, names, ids and times.
// Thread: plain values. Errors: none here; bounds of names are checked where they come in
// (is_valid in this header).
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace firn {

// A count that cannot be mixed up with another one. Tag only tells them apart.
template <class Tag>
class Count {
public:
    constexpr Count() noexcept = default;
    constexpr explicit Count(std::uint64_t value) noexcept : value_(value) {}

    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
    [[nodiscard]] constexpr Count next() const noexcept { return Count{value_ + 1}; }
    [[nodiscard]] constexpr Count plus(std::uint64_t n) const noexcept { return Count{value_ + n}; }
    // The distance from an earlier count; the caller knows that other <= *this.
    [[nodiscard]] constexpr std::uint64_t since(Count other) const noexcept {
        return value_ - other.value_;
    }

    friend constexpr auto operator<=>(Count, Count) noexcept = default;
    friend constexpr bool operator==(Count, Count) noexcept = default;

private:
    std::uint64_t value_ = 0;
};

// Version: the number of events ever appended to one stream; the first event has version 1.
using Version = Count<struct VersionTag>;
// Position: the place of an event in the global order, from 1, without gaps when written.
using Position = Count<struct PositionTag>;
// StreamNumber: how the store names a stream on disk; given once, never reused, from 1.
using StreamNumber = Count<struct StreamNumberTag>;

inline constexpr Version no_version{0};
inline constexpr Position no_position{0};

// Times are UTC with microseconds, the precision in which events are stored.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

[[nodiscard]] inline Timestamp now() noexcept {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

// A stream's full name. Ordered by category, then id, as bytes.
struct StreamName {
    StreamName() = default;
    // Declared, because GCC 12 miscopies temporary aggregates inside co_await expressions:
    // `co_await service.state({"account", "42"}, {})` would free the strings twice.
    StreamName(std::string in_category, std::string with_id)
        : category(std::move(in_category)), id(std::move(with_id)) {}

    std::string category;
    std::string id;

    friend auto operator<=>(const StreamName&, const StreamName&) = default;
    friend bool operator==(const StreamName&, const StreamName&) = default;
};

// [A-Za-z0-9][A-Za-z0-9_.-]{0,63}
[[nodiscard]] bool is_valid_category(std::string_view category) noexcept;
// 1 to 255 bytes of UTF-8, no control characters, not "." or "..".
[[nodiscard]] bool is_valid_stream_id(std::string_view id) noexcept;
// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, at most U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

// An event's id: a UUID's 16 bytes (RFC 9562).
using EventId = std::array<std::byte, 16>;

using Hash = std::array<std::byte, 32>;  // SHA-256
// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(const Hash& hash);
// Of exactly such a text, in either case.
[[nodiscard]] std::optional<Hash> hash_from_hex(std::string_view text) noexcept;

}  // namespace firn

template <class Tag>
struct std::hash<firn::Count<Tag>> {
    std::size_t operator()(firn::Count<Tag> count) const noexcept {
        return std::hash<std::uint64_t>{}(count.value());
    }
};
