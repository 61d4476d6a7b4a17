// The one preference of clients that is heeded: `Prefer: wait=10` (RFC 7240, 4.3).
// Thread: plain functions. Errors: none; a preference that is not understood is passed over, as
// the RFC wants it.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace firn {

// How long the client would rather wait than hear that something has begun; the first one counts.
[[nodiscard]] std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer);

}  // namespace firn
