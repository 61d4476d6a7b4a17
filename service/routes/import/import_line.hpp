// One line of an import: an event with the stream that it belongs to, as exports write it.
//
//   {"stream":{"category":…,"id":…},"version":…,"id":…,"type":…,"data":…,"metadata":…,
//    "traceparent":…,"recorded_at":…,"position":…,"exact":{"data":…,"metadata":…}}
//
// Needed are stream and type. position is passed over: the store gives its own. exact holds the
// bytes of data and metadata where these have line breaks, which no line can hold otherwise.
// Thread: plain value, no I/O (it is fuzzed). Errors: Problem, 400 or 413, with `pointer`.
#pragma once

#include "service/http/http_config.hpp"
#include "service/http/query_parameters.hpp"
#include "storage/event.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace firn {

struct ImportLine {
    enum class Kind : std::uint8_t {
        event,
        // The server's own, which stand in for events that are gone.
        snapshot,  // import_anchor.hpp reads the rest of it
        deleted,   // nothing to append
    };
    Kind kind = Kind::event;
    StreamName stream;
    std::optional<Version> version;
    bool has_id = false;
    NewEvent event;  // views of the line, or of the strings below

    std::string type;
    std::string traceparent;
    std::string exact_data;
    std::string exact_metadata;
};

// Fills `out`, which keeps its memory from line to line.
[[nodiscard]] std::optional<Problem> parse_import_line(std::string_view line,
                                                       const HttpConfig::Limits& limits,
                                                       ImportLine& out);

}  // namespace firn
