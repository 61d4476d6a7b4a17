// If-Match and If-None-Match as a writer's expectation.
// Thread: plain functions. Errors: Problem (400 with `parameter`).
#pragma once

#include "service/http/query_parameters.hpp"
#include "service/http/request.hpp"
#include "storage/event_store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace firn {

// If-Match: "n", "n-r" (the ETag of a state) or *; If-None-Match: *. None if neither is given.
[[nodiscard]] Read<std::optional<Expected>> expected_by_headers(const RequestHeaders& headers);

// Whether an If-None-Match of a read names `tag` (with its quotes): weak comparison, lists, *.
[[nodiscard]] bool names_tag(std::string_view if_none_match, std::string_view tag) noexcept;

}  // namespace firn
