// What a progress bar shows of an import.
// Thread: plain function. Errors: none.
#pragma once

#include "service/cli/import/import_counters.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace firn::cli {

// Fit to `columns`.
[[nodiscard]] std::string progress_line(const ImportCounters& counters,
                                        std::chrono::duration<double> elapsed, std::size_t columns);

}  // namespace firn::cli
