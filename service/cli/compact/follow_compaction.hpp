// Waits for a compaction that has begun, with a bar that shows how far it is.
// Thread: main's. Errors: CommandFailure; Stopped, after a word on how the compaction goes on.
#pragma once

#include "service/cli/http_client.hpp"

#include <string>
#include <string_view>

namespace firn::cli {

// "/v1/compactions/0190…".
[[nodiscard]] std::string compaction_path(std::string_view id);

// The report once it is over, or waits for its client.
[[nodiscard]] std::string follow_compaction(HttpClient& client, StopSignals& stop,
                                            std::string report);

}  // namespace firn::cli
