// What is asked of every body that is one JSON text.
// Thread: plain functions, no I/O. Errors: Problem.
#pragma once

#include "actors/json/json_error.hpp"
#include "service/http/problem.hpp"
#include "service/http/request.hpp"

#include <optional>

namespace firn {

// What a scanner refuses a member with that a body does not have.
inline constexpr char unknown_member[] = "There is no member of that name here.";

// 400 for a body that is not the JSON that was asked for.
[[nodiscard]] Problem malformed_body(const JsonError& error);
// 400 if a precondition is stated: one that nothing looks at must not go unheeded.
[[nodiscard]] std::optional<Problem> check_no_precondition(const Request& request);
// 400 unless the body is one JSON text and no precondition is stated.
[[nodiscard]] std::optional<Problem> check_plain_write(const Request& request);

}  // namespace firn
