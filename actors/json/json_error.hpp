// Why a text is not the JSON that was asked for, and where.
// Thread: plain values. Errors: none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace firn {

struct JsonError {
    std::string pointer;     // RFC 6901, of the offending value; empty: the whole text
    std::size_t offset = 0;  // in bytes, of the first byte that could not be accepted
    std::string reason;      // a sentence for a person
};

// "reason (at \"pointer\", byte offset)"
[[nodiscard]] std::string described(const JsonError& error);

// "/" and the token, with ~ and / escaped.
void append_pointer_token(std::string& pointer, std::string_view token);

}  // namespace firn
