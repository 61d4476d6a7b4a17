// lua: a decider written in Lua 5.4, run in a sandbox. README.md says what a script may use and
// how JSON looks to it.
//
// The source defines `initial` and evolve(state, event), and may define decide(state, command)
// and migrate(state, from_revision). Each state lives in a VM of its own between events.
// Thread: any; its states as engine.hpp says.
// Errors: InvalidScript, and the Failures of engine.hpp: they name function, line and reason, in
// some hundred bytes at most.
#pragma once

#include "actors/deciders/engine.hpp"
#include "actors/deciders/lua/lua_limits.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace firn {

inline constexpr std::size_t lua_source_bytes_max = 256u << 10;

struct InvalidScript {
    int line = 0;                // of the source, from 1; 0: of the whole script
    std::string reason;          // for a person
    bool exceeds_limit = false;  // it might run under other limits
};

// Compiles the source, runs it once and evaluates `initial`.
[[nodiscard]] boost::system::result<std::shared_ptr<const DeciderEngine>, InvalidScript>
make_lua_engine(std::string source, LuaLimits limits = {});

}  // namespace firn
