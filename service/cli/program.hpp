// The command line as a whole: parses it, runs one command, and says what went wrong.
// Thread: main. Errors: none get out; they are printed, and become the exit code.
#pragma once

namespace firn::cli {

[[nodiscard]] int run_program(int argc, const char* const* argv);

}  // namespace firn::cli
