#include "service/cli/quantity.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <stdexcept>

namespace firn::cli {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::uint64_t kibi = 1024;
constexpr std::array size_units{
    Unit{"", 1},
    Unit{"B", 1},
    Unit{"KiB", kibi},
    Unit{"MiB", kibi* kibi},
    Unit{"GiB", kibi* kibi* kibi},
    Unit{"TiB", kibi* kibi* kibi* kibi},
    Unit{"KB", 1000},
    Unit{"MB", 1'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"TB", 1'000'000'000'000},
};
constexpr std::array duration_units{
    Unit{"ms", 1},
    Unit{"s", 1000},
    Unit{"min", 60'000},
    Unit{"h", 3'600'000},
};

// "number unit" over a table of units; `expected` ends the sentence of a refusal.
template <std::size_t N>
std::uint64_t parse_with_unit(std::string_view text, const std::array<Unit, N>& units,
                              std::string_view expected) {
    const auto refuse = [&](std::string_view why) {
        return std::invalid_argument("\"" + std::string(text) + "\" " + std::string(why) + "; " +
                                     std::string(expected));
    };
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) {
        throw refuse("is too large");
    }
    if (error != std::errc{}) {
        throw refuse("is not a number with a unit");
    }
    auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (unit.starts_with(' ')) {
        unit.remove_prefix(1);
    }
    for (const auto& [name, factor] : units) {
        if (unit == name) {
            if (number > std::numeric_limits<std::uint64_t>::max() / factor) {
                throw refuse("is too large");
            }
            return number * factor;
        }
    }
    throw refuse("has no unit that is known");
}

}  // namespace

std::uint64_t parse_count(std::string_view text) {
    std::uint64_t number = 0;
    const auto last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (error != std::errc{} || end != last) {
        throw std::invalid_argument("\"" + std::string(text) +
                                    "\" is not a whole number from 0 to 18446744073709551615");
    }
    return number;
}

std::uint64_t parse_size(std::string_view text) {
    return parse_with_unit(text, size_units, "write bytes like 1048576, 64MiB or 2GB");
}

std::chrono::milliseconds parse_duration(std::string_view text) {
    const auto count = parse_with_unit(text, duration_units, "write 250ms, 10s, 5min or 1h");
    // A hundred years: far past any use, and far from where clocks overflow.
    constexpr std::uint64_t count_max = 3'153'600'000'000;
    if (count > count_max) {
        throw std::invalid_argument("\"" + std::string(text) + "\" is longer than 100 years");
    }
    return std::chrono::milliseconds{static_cast<std::int64_t>(count)};
}

bool parse_bool(std::string_view text) {
    if (text == "true" || text == "yes" || text == "on" || text == "1") {
        return true;
    }
    if (text == "false" || text == "no" || text == "off" || text == "0") {
        return false;
    }
    throw std::invalid_argument("\"" + std::string(text) + "\" is neither true nor false");
}

ListenAddress parse_listen(std::string_view text) {
    const auto refuse = [&] {
        return std::invalid_argument("\"" + std::string(text) +
                                     "\" is not an address and a port; write 127.0.0.1:7070 or "
                                     "[::1]:7070");
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        throw refuse();
    }
    auto host = text.substr(0, colon);
    const bool bracketed = host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    // An IPv6 address without brackets leaves open where the port begins.
    if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) {
        throw refuse();
    }
    const auto port_text = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto last = port_text.data() + port_text.size();
    const auto [end, error] = std::from_chars(port_text.data(), last, port);
    if (error != std::errc{} || end != last) {
        throw refuse();
    }
    return {std::string(host), port};
}

std::string show_listen(const ListenAddress& address) {
    const bool ipv6 = address.host.find(':') != std::string::npos;
    return (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::string show_size(std::uint64_t bytes) {
    if (bytes < kibi) {
        return std::to_string(bytes) + " B";
    }
    constexpr std::array names{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto value = static_cast<double>(bytes) / static_cast<double>(kibi);
    std::size_t unit = 0;
    // 1023.95 would be shown as 1024.0.
    while (value >= 1023.95 && unit + 1 < names.size()) {
        value /= static_cast<double>(kibi);
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %s", value, names[unit]);
    return text;
}

std::string exact_size(std::uint64_t bytes) {
    constexpr std::array names{"", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (bytes != 0 && bytes % kibi == 0 && unit + 1 < names.size()) {
        bytes /= kibi;
        ++unit;
    }
    return std::to_string(bytes) + names[unit];
}

std::string exact_duration(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    for (auto unit = duration_units.rbegin(); unit != duration_units.rend(); ++unit) {
        const auto factor = static_cast<std::int64_t>(unit->factor);
        if (count != 0 && count % factor == 0) {
            return std::to_string(count / factor) + std::string(unit->name);
        }
    }
    return "0s";
}

std::string show_count(std::uint64_t count) {
    auto digits = std::to_string(count);
    for (auto at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, ",");
    }
    return digits;
}

}  // namespace firn::cli
