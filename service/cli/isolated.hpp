// Runs a function in a child process, so that a crash in it is a result and not the end.
// Thread: only while this process has no other threads. Errors: std::system_error if there can be
// no child; an exception of the function's comes back as text.
#pragma once

#include <functional>
#include <string>

namespace firn::cli {

struct Isolated {
    enum class End { returned, threw, crashed };
    End end = End::returned;
    std::string text;  // what it returned, or the exception's message
    int signal = 0;    // that ended it, if it crashed; 0 if it left in another way
};

[[nodiscard]] Isolated run_isolated(const std::function<std::string()>& function);

}  // namespace firn::cli
