// A command on its way through its stream's actor.
// Thread: the actor's turn, but for the wait, which any thread may end.
#pragma once

#include "actors/reply.hpp"
#include "actors/service.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace firn {

struct CommandCall {
    Command command;
    std::optional<EventId> id;
    Reply<CommandOutcome> reply;
    std::uint32_t attempts = 0;

    // Once it was decided: what to answer if everything decided before it becomes durable.
    CommandOutcome outcome = {};
    bool writes = false;  // it appends events, whose fate is `written`
    error_code written = {};
};

using CommandCalls = std::deque<CommandCall>;

}  // namespace firn
