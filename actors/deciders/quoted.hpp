// A text from outside inside a reason for a person.
// Thread: plain function. Errors: none.
#pragma once

#include <string>
#include <string_view>

namespace firn {

// In quotes, escaped as in JSON, and cut when it is long: "/a/b", "aaaaaaaa…".
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace firn
