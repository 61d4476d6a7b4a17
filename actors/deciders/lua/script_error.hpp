// Why a script was ended, and how a person is told.
// Thread: plain values. Errors: none.
#pragma once

#include "actors/deciders/lua/lua_limits.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace firn::lua {

// What ended a call for good; none: an error of the script's own.
enum class Stop : std::uint8_t {
    none,
    instructions,
    time,
    memory,
    string_size,
    recursion,
    rejection,
};

struct ScriptError {
    Stop stop = Stop::none;
    int line = 0;        // 0: unknown
    std::string reason;  // of the script's own error or rejection
};

// Whether other limits might let the script pass.
[[nodiscard]] bool is_limit(Stop stop) noexcept;

// "exceeded 10000000 instructions", "failed: attempt to …"; without the line.
[[nodiscard]] std::string described(const ScriptError& error, const LuaLimits& limits);

// "evolve exceeded 10000000 instructions in line 7".
[[nodiscard]] std::string described(std::string_view function, const ScriptError& error,
                                    const LuaLimits& limits);

// A text of a script's making as one that can be shown: valid UTF-8 and short.
[[nodiscard]] std::string presentable(std::string_view text);

}  // namespace firn::lua
