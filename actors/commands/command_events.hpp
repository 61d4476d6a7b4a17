// The events that a command was decided to be: checked, with ids, ready to append; and, for a
// repeat, as they were appended the first time.
// Thread: plain functions. Errors: a reason for a person; an outcome's error.
#pragma once

#include "actors/service.hpp"
#include "storage/event_store.hpp"

namespace firn {

// A decider cannot make more events of one command.
inline constexpr std::size_t decided_events_max = 10'000;

// The id of a command's event number `index`: a UUIDv8 (RFC 9562) from SHA-256 over both.
[[nodiscard]] EventId derived_event_id(const EventId& command, std::uint32_t index);
// The id that stands for a command's in one more of the streams that it writes to, so that no two
// of its events have the same id.
[[nodiscard]] EventId derived_command_id(const EventId& command, const StreamName& stream);

struct CommandEvents {
    std::shared_ptr<const EncodedEvents> events;
    std::string objection;  // not empty: they cannot be appended
};
// With ids that follow from the command's, or new ones. In a batch each carries `recorded_at`,
// because the state that the next command is decided on has seen it; else the commit stamps it.
[[nodiscard]] CommandEvents encode_decided(const std::vector<DecidedEvent>& decided,
                                           const std::optional<EventId>& command_id,
                                           std::optional<Timestamp> recorded_at,
                                           std::string_view traceparent = {});

// The command's first answer if its events are remembered, or the error of looking; nothing if
// they are not. Events that were compacted away since are missing from the answer.
[[nodiscard]] std::optional<CommandOutcome> find_command(const EventStore& store,
                                                         const StreamName& stream,
                                                         const EventId& command);

}  // namespace firn
