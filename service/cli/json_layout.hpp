// Shows JSON to people, with every number as it came.
// Thread: plain functions. Errors: text that is not JSON comes back as it is, or gives no rows.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firn::cli {

// One member or element a line, two spaces a level.
[[nodiscard]] std::string indent_json(std::string_view json);

// The members of an object, those of inner objects as "bytes.live", with their JSON text.
using JsonRow = std::pair<std::string, std::string>;
[[nodiscard]] std::vector<JsonRow> flatten_json(std::string_view json);

// The raw text of one member of an object; empty if it is not there.
[[nodiscard]] std::string_view json_member(std::string_view json, std::string_view name);
// The same for a string's text and a number; "" and 0 if there is none.
[[nodiscard]] std::string json_string(std::string_view json, std::string_view name);
[[nodiscard]] std::uint64_t json_count(std::string_view json, std::string_view name);

}  // namespace firn::cli
