// Why a write was refused, with what a client needs to decide again.
// Thread: the request's; reads the events that were missed. Errors: none.
#pragma once

#include "service/http/problem.hpp"
#include "service/routes/call.hpp"

#include <vector>

namespace firn {

// `by_header`: the expectation came in If-Match or If-None-Match, so that its failure is a 412.
[[nodiscard]] Problem conflict_problem(const Call& call, const StreamName& stream,
                                       const Expected& expected, bool by_header,
                                       const AppendOutcome& outcome);

// Why a transaction was refused: every stream that stood in its way.
[[nodiscard]] Problem conflict_problem(const std::vector<StreamWrite>& writes,
                                       const TransactionOutcome& outcome);

}  // namespace firn
