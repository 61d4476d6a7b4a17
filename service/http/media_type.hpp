// Content-Type and Accept: which of the few formats here is meant.
// Thread: plain functions. Errors: none; what is not understood matches nothing.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace firn {

// Letters of ASCII count as equal in either case.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
// Takes what comes before `separator`, outside of quoted strings, off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) noexcept;

// "application/json; charset=utf-8" is `type`; another charset than UTF-8 is not.
[[nodiscard]] bool is_media_type(std::string_view header, std::string_view type) noexcept;

// The offer that an Accept field prefers (RFC 9110, 12.5.1): by weight, then in the order of
// offers. No field accepts the first offer; none if nothing is acceptable.
[[nodiscard]] std::optional<std::size_t> choose_media_type(
    std::optional<std::string_view> accept, std::span<const std::string_view> offers) noexcept;

}  // namespace firn
