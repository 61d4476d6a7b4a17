#include "service/http/prefer.hpp"

#include "service/http/media_type.hpp"
#include "service/http/query_parameters.hpp"

#include <algorithm>

namespace firn {

namespace {

// A year: far beyond what anybody grants, and far from where clocks overflow.
constexpr std::uint64_t seconds_max = 365ull * 24 * 3600;

std::string_view unquoted(std::string_view word) noexcept {
    return word.size() >= 2 && word.front() == '"' && word.back() == '"'
               ? word.substr(1, word.size() - 2)
               : word;
}

}  // namespace

std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer) {
    while (!prefer.empty()) {
        auto preference = take_until(prefer, ',');
        auto value = take_until(preference, ';');
        const auto name = take_until(value, '=');
        if (!equal_ignoring_case(name, "wait")) {
            continue;
        }
        const auto seconds = parse_number(unquoted(trimmed(value)));
        if (!seconds) {
            return std::nullopt;
        }
        return std::chrono::seconds(std::min(*seconds, seconds_max));
    }
    return std::nullopt;
}

}  // namespace firn
