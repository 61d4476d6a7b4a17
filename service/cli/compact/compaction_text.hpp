// A compaction's report in words: what became of it, what a dry run found, how far it is.
// Thread: plain functions. Errors: none; a member that is missing is shown as nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace firn::cli {

// "order/42", "category order", "all streams".
[[nodiscard]] std::string compaction_scope(std::string_view report);

// Of one that is over, or waits for its client: a few lines.
[[nodiscard]] std::string compaction_outcome(std::string_view report);

// Of one that runs, fit to so many columns.
[[nodiscard]] std::string compaction_progress(std::string_view report,
                                              std::chrono::duration<double> elapsed,
                                              std::size_t columns);

}  // namespace firn::cli
