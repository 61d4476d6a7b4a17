// The cursor of a list that is in the order of streams: the last one of the page before. Clients
// take it as opaque.
// Thread: plain functions. Errors: Problem (400 with `parameter`).
#pragma once

#include "service/http/query_parameters.hpp"
#include "storage/types.hpp"

#include <string>

namespace firn {

// An empty name where none is given.
[[nodiscard]] Read<StreamName> stream_cursor_of(const RequestTarget& target);
// "&cursor=…", percent-encoded.
void append_stream_cursor(std::string& url, const StreamName& last);

}  // namespace firn
