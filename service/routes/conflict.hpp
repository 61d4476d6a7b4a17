// Why a write was refused, with what a client needs to decide again.
// Thread: the request's; reads the events that were missed. Errors: none.
#pragma once

#include "service/http/problem.hpp"
#include "service/routes/call.hpp"

namespace firn {

// `by_header`: the expectation came in If-Match or If-None-Match, so that its failure is a 412.
[[nodiscard]] Problem conflict_problem(const Call& call, const StreamName& stream,
                                       const Expected& expected, bool by_header,
                                       const AppendOutcome& outcome);

}  // namespace firn
