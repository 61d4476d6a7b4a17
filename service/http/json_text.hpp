// Writing JSON by hand: what the routes answer has a fixed shape, so no tree is built for it.
// Thread: plain functions. Errors: none.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace firn {

template <std::integral T>
void append_number(std::string& out, T number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
    out.append(digits, end);
}

// With quotes; `text` is UTF-8. Bytes that are not are replaced by U+FFFD, since texts that came
// from a client's header or path may hold any.
void append_json_string(std::string& out, std::string_view text);

}  // namespace firn
