#include "service/http/query_parameters.hpp"

#include <charconv>
#include <limits>

namespace firn {

namespace {

enum class Allowed { no, once, often };

Allowed allowed(std::string_view name, std::string_view known) noexcept {
    while (!known.empty()) {
        auto candidate = known.substr(0, known.find(' '));
        known.remove_prefix(candidate.size() == known.size() ? known.size() : candidate.size() + 1);
        const bool often = candidate.ends_with('*');
        if (often) {
            candidate.remove_suffix(1);
        }
        if (candidate == name) {
            return often ? Allowed::often : Allowed::once;
        }
    }
    return Allowed::no;
}

}  // namespace

std::optional<Problem> check_parameters(const RequestTarget& target, std::string_view known) {
    const auto& given = target.parameters();
    for (auto at = given.begin(); at != given.end(); ++at) {
        const auto verdict = allowed(at->name, known);
        if (verdict == Allowed::no) {
            return bad_parameter(
                at->name, "There is no query parameter \"" + std::string(at->name) + "\" here" +
                              (known.empty() ? std::string(".")
                                             : "; there are: " + std::string(known) + "."));
        }
        for (auto earlier = given.begin(); verdict == Allowed::once && earlier != at; ++earlier) {
            if (earlier->name == at->name) {
                return bad_parameter(at->name, "The query parameter \"" + std::string(at->name) +
                                                   "\" is given more than once.");
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> parameter(const RequestTarget& target,
                                          std::string_view name) noexcept {
    for (const auto& given : target.parameters()) {
        if (given.name == name) {
            return given.value;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> parse_number(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    const auto end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, number);
    if (digits.empty() || error != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return number;
}

Read<std::optional<std::uint64_t>> number_parameter(const RequestTarget& target,
                                                    std::string_view name, std::uint64_t at_least,
                                                    std::uint64_t at_most) {
    const auto text = parameter(target, name);
    if (!text) {
        return std::optional<std::uint64_t>{};
    }
    const auto number = parse_number(*text);
    if (!number || *number < at_least || *number > at_most) {
        const auto upper = at_most == std::numeric_limits<std::uint64_t>::max()
                               ? std::string()
                               : " to " + std::to_string(at_most);
        return bad_parameter(name, "\"" + std::string(name) + "\" must be a whole number from " +
                                       std::to_string(at_least) + upper + ", not \"" +
                                       std::string(*text) + "\".");
    }
    return number;
}

}  // namespace firn
