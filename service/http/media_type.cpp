#include "service/http/media_type.hpp"

#include <algorithm>

namespace firn {

namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// A weight in thousandths: "0.5" is 500. What is not a weight counts as 0.
int weight(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.')) {
        return 0;
    }
    int value = (text[0] - '0') * 1000;
    int unit = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (c < '0' || c > '9') {
            return 0;
        }
        value += (c - '0') * unit;
        unit /= 10;
    }
    return std::min(value, 1000);
}

// How closely a range names `type`: 3 exactly, 2 by "type/*", 1 by "*/*", 0 not at all. "*" is what
// codings have for that, and some old clients send it for types.
int closeness(std::string_view range, std::string_view type) noexcept {
    if (equal_ignoring_case(range, type)) {
        return 3;
    }
    if (range == "*/*" || range == "*") {
        return 1;
    }
    const auto slash = type.find('/');
    return range.size() == slash + 2 && range.ends_with("/*") &&
                   equal_ignoring_case(range.substr(0, slash), type.substr(0, slash))
               ? 2
               : 0;
}

// The weight of the closest range for `type`; 0 if there is none.
int weight_of(std::string_view accept, std::string_view type) noexcept {
    int closest = 0;
    int best = 0;
    while (!accept.empty()) {
        auto range = take_until(accept, ',');
        const auto name = take_until(range, ';');
        int range_weight = 1000;
        while (!range.empty()) {
            const auto parameter = take_until(range, ';');
            if (parameter.size() >= 2 && lower(parameter[0]) == 'q' && parameter[1] == '=') {
                range_weight = weight(parameter.substr(2));
            }
        }
        const int close = closeness(name, type);
        if (close > closest) {
            closest = close;
            best = range_weight;
        }
    }
    return best;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view take_until(std::string_view& rest, char separator) noexcept {
    bool quoted = false;
    std::size_t end = 0;
    while (end < rest.size() && (quoted || rest[end] != separator)) {
        if (rest[end] == '"') {
            quoted = !quoted;
        } else if (quoted && rest[end] == '\\') {
            ++end;
        }
        ++end;
    }
    end = std::min(end, rest.size());
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(end == rest.size() ? end : end + 1);
    return trimmed(taken);
}

bool is_media_type(std::string_view header, std::string_view type) noexcept {
    if (!equal_ignoring_case(take_until(header, ';'), type)) {
        return false;
    }
    while (!header.empty()) {
        auto value = take_until(header, ';');
        const auto name = take_until(value, '=');
        if (equal_ignoring_case(name, "charset") && !equal_ignoring_case(value, "utf-8") &&
            !equal_ignoring_case(value, "\"utf-8\"")) {
            return false;
        }
    }
    return true;
}

std::optional<std::size_t> choose_media_type(std::optional<std::string_view> accept,
                                             std::span<const std::string_view> offers) noexcept {
    // What curl and most libraries send.
    if (!accept || *accept == "*/*" || trimmed(*accept).empty()) {
        return 0;
    }
    std::optional<std::size_t> chosen;
    int best = 0;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        if (const int candidate = weight_of(*accept, offers[i]); candidate > best) {
            best = candidate;
            chosen = i;
        }
    }
    return chosen;
}

}  // namespace firn
