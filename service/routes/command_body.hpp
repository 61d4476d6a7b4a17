// The body of a command: {"type", "data", "metadata", "id"}.
// Thread: plain function, no I/O. Errors: Problem, 400 with `pointer`.
#pragma once

#include "actors/deciders/engine.hpp"
#include "service/http/query_parameters.hpp"

#include <optional>
#include <string_view>

namespace firn {

struct CommandBody {
    Command command;
    std::optional<EventId> id;
};

[[nodiscard]] Read<CommandBody> parse_command_body(std::string_view body);

}  // namespace firn
