// Scenarios of clients that write; each makes a store of its own.
// Thread: one, which runs the context. Errors: fail().
#pragma once

#include "perf/support/bench.hpp"

#include <string>

namespace firn::perf {

// Each answers what was checked.
[[nodiscard]] std::string append(Bench& bench);
[[nodiscard]] std::string contended(Bench& bench);
[[nodiscard]] std::string transfer(Bench& bench);

}  // namespace firn::perf
