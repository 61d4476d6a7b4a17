// What is known of a stream, as JSON.
// Thread: the request's. Errors: none.
#pragma once

#include "service/routes/call.hpp"
#include "storage/event_store.hpp"

#include <string>

namespace firn {

// Those that check; 0 if they cannot be read.
[[nodiscard]] std::uint64_t snapshot_count(const Call& call, const StreamName& stream);
void append_stream_info(std::string& out, const StreamFacts& facts, std::uint64_t snapshots);

}  // namespace firn
