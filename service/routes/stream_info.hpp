// What is known of a stream, as JSON.
// Thread: plain function. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <string>

namespace firn {

void append_stream_info(std::string& out, const StreamFacts& facts);

}  // namespace firn
