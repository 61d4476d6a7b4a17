// A lua decider for tests of what deciders do to routes: it counts, and has a command for
// everything that can become of a command.
#pragma once

#include <string_view>

namespace firn::test {

inline constexpr std::string_view counter_script = R"lua(
initial = {count = 0}

function evolve(state, event)
  if event.type == "Poison" then
    error("this one cannot be counted")
  end
  state.count = state.count + (event.data.by or 1)
  return state
end

function decide(state, command)
  if command.type == "Count" then
    return {{type = "Counted", data = command.data, metadata = command.metadata}}
  elseif command.type == "Twice" then
    return {{type = "Counted"}, {type = "Counted", data = {by = 10}}}
  elseif command.type == "Nothing" then
    return {}
  elseif command.type == "Poison" then
    return {{type = "Poison"}}
  elseif command.type == "Forge" then
    return {{type = "$deleted"}}
  elseif command.type == "Stumble" then
    local nothing = nil
    return nothing.at_all
  end
  reject("there is nothing to " .. command.type .. " at " .. state.count)
end
)lua";

// The same events, but what could not be counted counts for nothing.
inline constexpr std::string_view mended_script = R"lua(
initial = {count = 0}

function evolve(state, event)
  if event.type == "Counted" then
    state.count = state.count + (event.data.by or 1)
  end
  return state
end

function decide(state, command)
  return {{type = "Counted"}}
end
)lua";

}  // namespace firn::test
