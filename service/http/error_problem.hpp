// The one place where an error of storage or actors becomes a problem for a client.
// Thread: plain function. Errors: none; an error that no client can cause or mend is `internal`.
#pragma once

#include "actors/errors.hpp"
#include "service/http/problem.hpp"

namespace firn {

// `subject` names what was asked for: "The stream file/src%2FMakefile".
[[nodiscard]] Problem problem_of(const error_code& error, std::string_view subject);

}  // namespace firn
