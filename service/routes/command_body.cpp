#include "service/routes/command_body.hpp"

#include "actors/identity/event_id.hpp"
#include "actors/json/scanner.hpp"
#include "service/routes/json_body.hpp"

namespace firn {

namespace {

constexpr std::size_t type_bytes_max = 255;

void read_member(JsonScanner& scanner, const std::string& name, CommandBody& body) {
    const auto value = scanner.take();
    std::string scratch;
    if (name == "type") {
        const auto type = as_string(value, scratch);
        if (!type || type->empty() || type->size() > type_bytes_max) {
            scanner.refuse("\"type\" must be a string of 1 to 255 bytes.");
            return;
        }
        body.command.type = *type;
    } else if (name == "data") {
        body.command.data = value.raw;
    } else if (name == "metadata") {
        if (value.kind != JsonKind::object) {
            scanner.refuse("\"metadata\" must be an object.");
            return;
        }
        body.command.metadata = value.raw;
    } else if (name == "id") {
        const auto text = as_string(value, scratch);
        body.id = text ? parse_event_id(*text) : std::nullopt;
        if (!body.id) {
            scanner.refuse("\"id\" must be a UUID in its usual form.");
        }
    } else {
        scanner.refuse(unknown_member);
    }
}

}  // namespace

Read<CommandBody> parse_command_body(std::string_view text) {
    CommandBody body;
    JsonScanner scanner(text);
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        read_member(scanner, std::string(*name), body);
    }
    if (!scanner.finish()) {
        return malformed_body(scanner.error());
    }
    if (body.command.type.empty()) {
        return bad_member("", "A command needs a \"type\", a string of 1 to 255 bytes.");
    }
    return body;
}

}  // namespace firn
