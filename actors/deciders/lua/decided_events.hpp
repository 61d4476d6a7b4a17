// What decide returned, as events.
// Thread: a lua_State belongs to one at a time; outside of calls.
// Errors: a Failure says what is wrong with which event.
#pragma once

#include "actors/deciders/engine.hpp"
#include "actors/deciders/lua/lua_api.hpp"

#include <cstddef>
#include <vector>

namespace firn::lua {

inline constexpr std::size_t decided_events_max = 10'000;

// From a list of {type=, data=, metadata=}, an empty table or nil at `index`. All texts together
// have at most bytes_max bytes, about.
[[nodiscard]] Failure read_decided_events(lua_State* lua, int index, std::size_t bytes_max,
                                          std::vector<DecidedEvent>& events);

}  // namespace firn::lua
