#include "service/routes/precondition.hpp"

#include "service/http/media_type.hpp"

namespace firn {

namespace {

// "12" or "12-3", within quotes.
std::optional<Version> version_in_tag(std::string_view tag) noexcept {
    if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') {
        return std::nullopt;
    }
    tag = tag.substr(1, tag.size() - 2);
    const auto dash = tag.find('-');
    const auto version = parse_number(tag.substr(0, dash));
    if (!version || (dash != tag.npos && !parse_number(tag.substr(dash + 1)))) {
        return std::nullopt;
    }
    return Version{*version};
}

}  // namespace

Read<std::optional<Expected>> expected_by_headers(const RequestHeaders& headers) {
    if (headers.if_match && headers.if_none_match) {
        return bad_parameter("If-None-Match", "If-Match and If-None-Match exclude each other.");
    }
    if (headers.if_none_match) {
        if (trimmed(*headers.if_none_match) != "*") {
            return bad_parameter("If-None-Match",
                                 "For a write, If-None-Match can only be * (the stream does not "
                                 "exist yet), not " +
                                     std::string(*headers.if_none_match) + ".");
        }
        return std::optional<Expected>(Expected::none());
    }
    if (!headers.if_match) {
        return std::optional<Expected>();
    }
    const auto tag = trimmed(*headers.if_match);
    if (tag == "*") {
        return std::optional<Expected>(Expected::exists());
    }
    const auto version = version_in_tag(tag);
    if (!version) {
        return bad_parameter("If-Match",
                             "If-Match must be one strong tag, a version in quotes such as \"12\", "
                             "or *, not " +
                                 std::string(tag) + ".");
    }
    return std::optional<Expected>(Expected::exactly(*version));
}

bool names_tag(std::string_view if_none_match, std::string_view tag) noexcept {
    while (!if_none_match.empty()) {
        const auto comma = if_none_match.find(',');
        auto candidate = trimmed(if_none_match.substr(0, comma));
        if_none_match.remove_prefix(comma == if_none_match.npos ? if_none_match.size() : comma + 1);
        if (candidate.starts_with("W/")) {
            candidate.remove_prefix(2);
        }
        if (candidate == "*" || candidate == tag) {
            return true;
        }
    }
    return false;
}

}  // namespace firn
