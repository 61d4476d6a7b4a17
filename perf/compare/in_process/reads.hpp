// Scenarios of one reader, on the streams of a fixture that stay in the directory between runs.
// Thread: one, which runs the context. Errors: fail().
#pragma once

#include "perf/compare/in_process/fixture.hpp"
#include "perf/support/bench.hpp"

#include <string>

namespace firn::perf {

// Each answers what was checked, or calls fail().
[[nodiscard]] std::string load(Bench& bench, const Fixture& fixture);
// Asked `samples` times, or for two seconds; the first time is Bench::first_us.
[[nodiscard]] std::string state(Bench& bench, const Fixture& fixture);
[[nodiscard]] std::string read_stream(Bench& bench, const Fixture& fixture);
[[nodiscard]] std::string read_all(Bench& bench, const Fixture& fixture);

}  // namespace firn::perf
