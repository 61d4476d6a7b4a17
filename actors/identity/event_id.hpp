// Event ids: the UUIDs that the server makes (version 7, RFC 9562) and those that clients send.
// Thread: any. Errors: make_event_id() throws std::runtime_error if the system has no randomness
// to give; parsing answers none.
#pragma once

#include "storage/types.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

// Ids made by one process sort in the order in which they were made. A clock that is set back
// does not change that: ids go on from the last one until the clock has caught up.
[[nodiscard]] EventId make_event_id();

// Any UUID, 8-4-4-4-12 hexadecimal digits of either case, whatever its version.
[[nodiscard]] std::optional<EventId> parse_event_id(std::string_view text) noexcept;

// Lower-case.
[[nodiscard]] std::string to_text(const EventId& id);
void write_event_id(std::string& out, const EventId& id);
inline constexpr std::size_t event_id_text_bytes = 36;
// Writes that many; returns the end.
char* put_event_id(char* out, const EventId& id) noexcept;

}  // namespace firn
