// The body of an append in its three forms: a list with an expected version, one bare event, or
// an event a line (NDJSON).
//
// Everything about the form is checked here, so that what reaches the store is only ever refused
// for what is in the store. data and metadata stay the bytes that came in.
// Thread: plain function, no I/O (it is fuzzed). Errors: Problem, 400 or 413, with `pointer`, and
// `line` for NDJSON.
#pragma once

#include "service/http/http_config.hpp"
#include "service/http/query_parameters.hpp"
#include "service/http/request.hpp"
#include "storage/event_store.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace firn {

struct AppendBody {
    std::shared_ptr<const EncodedEvents> events;  // at least one
    std::vector<EventId> ids;                     // of them, the client's and ours
    std::optional<Expected> expected;             // the body form
};

[[nodiscard]] Read<AppendBody> parse_append_body(std::string_view body, BodyFormat format,
                                                 std::string_view traceparent,
                                                 const HttpConfig::Limits& limits);

// A version-0 traceparent (W3C Trace Context) or, if it is malformed, nothing, as the
// recommendation wants it.
[[nodiscard]] std::string_view usable_traceparent(
    const std::optional<std::string_view>& header) noexcept;

}  // namespace firn
