// Times as text: RFC 3339, UTC, microseconds, "2026-11-23T10:11:12.123456Z".
// Thread: plain functions. Errors: none is given for text that is not a time.
#pragma once

#include "storage/types.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

// A time outside the years 0001 to 9999, which RFC 3339 cannot write, becomes the nearest inside.
void write_rfc3339(std::string& out, Timestamp time);
inline constexpr std::size_t rfc3339_bytes = 27;
// Writes that many; returns the end.
char* put_rfc3339(char* out, Timestamp time) noexcept;

// Any date-time of RFC 3339 in the years 0001 to 9999 (in UTC): with Z or an offset, up to nine
// fraction digits, of which those past microseconds are dropped. A leap second, only at 23:59:60
// UTC, is the second after it, as in POSIX time.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept;

}  // namespace firn
