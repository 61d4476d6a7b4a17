// Percent-encoding of URL parts (RFC 3986, 2.1). '+' stands for itself.
// Thread: plain functions. Errors: decoding a broken escape fails.
#pragma once

#include <string>
#include <string_view>

namespace firn {

// Appends the decoded text; false at a % that two hexadecimal digits do not follow.
[[nodiscard]] bool append_percent_decoded(std::string& out, std::string_view text);

// Appends the text with everything but unreserved characters encoded: one path segment or one
// query value.
void append_percent_encoded(std::string& out, std::string_view text);

}  // namespace firn
