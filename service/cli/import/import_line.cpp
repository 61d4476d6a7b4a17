#include "service/cli/import/import_line.hpp"

#include "actors/json/scanner.hpp"
#include "service/cli/exit_code.hpp"
#include "service/http/json_text.hpp"
#include "storage/types.hpp"

#include <optional>

namespace firn::cli {
namespace {

CommandFailure bad(const std::string& sentence) {
    return {ExitCode::bad_input, sentence};
}

// The members of one line, before it is clear whether `data` is among them.
struct Members {
    std::optional<JsonText> id, type, data, metadata;
    std::string others;       // as members of an object, without its braces
    std::string first_other;  // the first one's name
};

Members read_members(std::string_view line, const ImportFields& fields) {
    Members members;
    JsonScanner scanner(line);
    if (scanner.peek() != JsonKind::object) {
        throw bad("the line is not a JSON object");
    }
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        const bool is_first_other = members.others.empty();
        // next_member's view lasts as long as the scanner.
        const auto value = scanner.take();
        if (scanner.failed()) {
            break;
        }
        if (*name == fields.id) {
            members.id = value;
        } else if (*name == fields.type) {
            members.type = value;
        } else if (*name == "data") {
            members.data = value;
        } else if (*name == "metadata") {
            members.metadata = value;
        } else {
            if (is_first_other) {
                members.first_other = *name;
            } else {
                members.others += ',';
            }
            append_json_string(members.others, *name);
            members.others += ':';
            members.others += value.raw;
        }
    }
    if (!scanner.finish()) {
        throw bad("the line is not good JSON at byte " +
                  std::to_string(scanner.error().offset + 1) + ": " + scanner.error().reason);
    }
    return members;
}

// The text of a member that must be a string.
std::string required_string(const std::optional<JsonText>& value, const std::string& name) {
    if (!value) {
        throw bad("the line has no member \"" + name + "\"");
    }
    std::string scratch;
    const auto text = as_string(*value, scratch);
    if (!text) {
        throw bad("the member \"" + name + "\" is not a string");
    }
    return std::string(*text);
}

}  // namespace

ImportEvent parse_import_line(std::string_view line, const ImportFields& fields) {
    const auto members = read_members(line, fields);
    ImportEvent event;
    event.stream = required_string(members.id, fields.id);
    if (!is_valid_stream_id(event.stream)) {
        throw bad("the member \"" + fields.id +
                  "\" does not name a stream: an id is 1 to 255 "
                  "bytes without control characters, and neither . nor ..");
    }
    if (required_string(members.type, fields.type).empty()) {
        throw bad("the member \"" + fields.type + "\" is empty, but names the event's type");
    }
    if (members.metadata && members.metadata->kind != JsonKind::object) {
        throw bad("the member \"metadata\" is not an object");
    }

    auto& out = event.members;
    out.append("\"type\":").append(members.type->raw).append(",\"data\":");
    if (members.data) {
        out.append(members.data->raw);
        event.left_out = members.first_other;
    } else {
        out.append("{").append(members.others).append("}");
    }
    if (members.metadata) {
        out.append(",\"metadata\":").append(members.metadata->raw);
    }
    return event;
}

}  // namespace firn::cli
