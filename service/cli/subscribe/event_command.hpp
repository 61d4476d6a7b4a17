// Runs a shell command with an event's line on its standard input.
// Thread: main's; it waits for the command, past signals, so that it is known how it ended.
// Errors: CommandFailure (exec_failed) if there can be no child.
#pragma once

#include <string>
#include <string_view>

namespace firn::cli {

// The command's exit code; 128 + the number of the signal that ended it.
[[nodiscard]] int run_event_command(const std::string& command, std::string_view line);

}  // namespace firn::cli
