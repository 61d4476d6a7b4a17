// Numbers as people write them: sizes ("64MiB"), durations ("10s"), counts, yes and no, addresses;
// and back into text for tables.
// Thread: plain functions. Errors: std::invalid_argument saying what was expected.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace firn::cli {

// 0 to 2^64-1, digits only.
[[nodiscard]] std::uint64_t parse_count(std::string_view text);
// A count of bytes, bare or with B, KiB, MiB, GiB, TiB, or their decimal kin KB, MB, GB, TB.
[[nodiscard]] std::uint64_t parse_size(std::string_view text);
// "250ms", "10s", "5min", "1h"; a number needs its unit.
[[nodiscard]] std::chrono::milliseconds parse_duration(std::string_view text);
// true, false, yes, no, on, off, 1, 0.
[[nodiscard]] bool parse_bool(std::string_view text);

// Where to listen: "127.0.0.1:7070", "[::1]:7070", "localhost:0".
struct ListenAddress {
    std::string host;  // without brackets
    std::uint16_t port = 0;
};
[[nodiscard]] ListenAddress parse_listen(std::string_view text);
// The reverse, with brackets around IPv6.
[[nodiscard]] std::string show_listen(const ListenAddress& address);

// "1.2 KiB", for people.
[[nodiscard]] std::string show_size(std::uint64_t bytes);
// The shortest text that parse_size reads as the same number.
[[nodiscard]] std::string exact_size(std::uint64_t bytes);
// The shortest text that parse_duration reads as the same duration.
[[nodiscard]] std::string exact_duration(std::chrono::milliseconds duration);
// "129,657".
[[nodiscard]] std::string show_count(std::uint64_t count);

}  // namespace firn::cli
