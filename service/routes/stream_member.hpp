// A stream's name in a body: {"category":…,"id":…}.
// Thread: plain functions. Errors: the scanner's, or Problem with `pointer`.
#pragma once

#include "actors/json/scanner.hpp"
#include "service/http/problem.hpp"
#include "storage/types.hpp"

#include <optional>
#include <string>

namespace firn {

// Parts that are missing are left empty.
[[nodiscard]] StreamName read_stream_member(JsonScanner& scanner);
[[nodiscard]] std::optional<Problem> check_stream_member(const StreamName& stream,
                                                         const std::string& pointer);

}  // namespace firn
