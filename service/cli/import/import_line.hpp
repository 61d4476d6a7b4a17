// One line of a file that is no export: which stream it belongs to, and its event as the server
// takes it.
// Thread: plain functions. Errors: CommandFailure (bad_input) with a sentence that says what is
// wrong with the line; the caller knows the line's number.
#pragma once

#include <string>
#include <string_view>

namespace firn::cli {

struct ImportFields {
    std::string id;             // the member that names the stream
    std::string type = "type";  // the member that names the event's type
};

struct ImportEvent {
    std::string stream;
    std::string members;   // "type":…,"data":…,"metadata":…, as the server takes them
    std::string left_out;  // the first member beside `data` that no one takes; empty: none
};

// `data` is the member of that name, byte for byte, or else an object of all that is neither the
// id, the type nor the metadata, in its order.
[[nodiscard]] ImportEvent parse_import_line(std::string_view line, const ImportFields& fields);

}  // namespace firn::cli
