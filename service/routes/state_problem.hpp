// Why there is no state, as a problem: the same for states, commands and snapshots.
// Thread: the request's. Errors: none.
#pragma once

#include "service/http/problem.hpp"
#include "service/routes/call.hpp"

namespace firn {

[[nodiscard]] Problem state_problem(const Call& call, const StreamName& stream,
                                    const StateFailure& failure);

}  // namespace firn
