// What a dry run found, as a table: what would go of each stream, the biggest first, and then why
// nothing would of the others.
// Thread: plain functions. Errors: none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace firn::cli {

// Of a report of one stream or of many; the totals come last.
[[nodiscard]] std::string dry_run_table(std::string_view report, std::size_t lines_max);

}  // namespace firn::cli
