#include "service/routes/import/import_line.hpp"

#include "actors/identity/event_id.hpp"
#include "actors/identity/timestamp.hpp"
#include "actors/json/scanner.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/stream_member.hpp"

namespace firn {

namespace {

constexpr std::size_t type_bytes_max = 255;
constexpr std::size_t traceparent_bytes_max = 255;

struct Members {
    bool has_stream = false;
    std::optional<JsonText> version, id, type, data, metadata, traceparent, recorded_at, position;
    std::optional<JsonText> exact_data, exact_metadata;

    std::optional<JsonText>* find(std::string_view name) noexcept {
        return name == "type"          ? &type
               : name == "data"        ? &data
               : name == "metadata"    ? &metadata
               : name == "id"          ? &id
               : name == "version"     ? &version
               : name == "recorded_at" ? &recorded_at
               : name == "traceparent" ? &traceparent
               : name == "position"    ? &position
                                       : nullptr;
    }
};

void read_exact(JsonScanner& scanner, Members& members) {
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        auto* const slot = *name == "data"       ? &members.exact_data
                           : *name == "metadata" ? &members.exact_metadata
                                                 : nullptr;
        const auto value = scanner.take();
        if (slot == nullptr) {
            scanner.refuse(unknown_member);
        } else if (value.kind != JsonKind::string) {
            scanner.refuse("The members of \"exact\" are strings that hold JSON.");
        } else {
            *slot = value;
        }
    }
}

Members read_members(JsonScanner& scanner, StreamName& stream) {
    Members members;
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        if (*name == "stream") {
            members.has_stream = true;
            stream = read_stream_member(scanner);
        } else if (*name == "exact") {
            read_exact(scanner, members);
        } else {
            auto* const slot = members.find(*name);
            const auto value = scanner.take();
            if (slot == nullptr) {
                scanner.refuse(unknown_member);
            } else {
                *slot = value;
            }
        }
    }
    return members;
}

// The bytes of a value, where the line could not hold them as they are.
std::optional<Problem> take_exact(const std::optional<JsonText>& exact, const char* pointer,
                                  std::string& text, std::string_view& value) {
    if (!exact) {
        return std::nullopt;
    }
    std::string scratch;
    text = as_string(*exact, scratch).value_or(std::string_view{});
    if (const auto error = validate_json(text)) {
        return bad_member(pointer, "It is not JSON: " + error->reason);
    }
    // White space around a value is no part of it, here as in every body.
    value = text;
    constexpr std::string_view white = " \t\r\n";
    value.remove_prefix(value.find_first_not_of(white));
    value.remove_suffix(value.size() - 1 - value.find_last_not_of(white));
    return std::nullopt;
}

std::optional<Problem> take_texts(const Members& members, ImportLine& out) {
    std::string scratch;
    const auto type = members.type ? as_string(*members.type, scratch) : std::nullopt;
    if (!type || type->empty() || type->size() > type_bytes_max) {
        return bad_member("/type", "An event needs a \"type\", a string of 1 to 255 bytes.");
    }
    out.type = *type;
    out.event.type = out.type;
    out.kind = out.type == "$snapshot"  ? ImportLine::Kind::snapshot
               : out.type == "$deleted" ? ImportLine::Kind::deleted
                                        : ImportLine::Kind::event;
    if (out.type.starts_with('$') && out.kind == ImportLine::Kind::event) {
        return bad_member("/type", "Types that begin with \"$\" are the server's own.");
    }
    if (members.data) {
        out.event.data = members.data->raw;
    }
    if (members.metadata) {
        if (members.metadata->kind != JsonKind::object) {
            return bad_member("/metadata", "\"metadata\" must be an object.");
        }
        out.event.metadata = members.metadata->raw;
    }
    if (auto problem =
            take_exact(members.exact_data, "/exact/data", out.exact_data, out.event.data)) {
        return problem;
    }
    if (auto problem = take_exact(members.exact_metadata, "/exact/metadata", out.exact_metadata,
                                  out.event.metadata)) {
        return problem;
    }
    if (!out.event.metadata.starts_with('{')) {
        return bad_member("/exact/metadata", "\"metadata\" must be an object.");
    }
    if (members.traceparent) {
        const auto parent = as_string(*members.traceparent, scratch);
        if (!parent || parent->size() > traceparent_bytes_max) {
            return bad_member("/traceparent", "\"traceparent\" must be a string.");
        }
        out.traceparent = *parent;
        out.event.traceparent = out.traceparent;
    }
    return std::nullopt;
}

std::optional<Problem> take_facts(const Members& members, ImportLine& out) {
    std::string scratch;
    if (members.version) {
        const auto version = as_uint64(*members.version);
        if (!version || *version == 0) {
            return bad_member("/version", "\"version\" must be a whole number from 1.");
        }
        out.version = Version{*version};
    }
    out.has_id = members.id.has_value();
    out.event.id_from_client = out.has_id;
    if (members.id) {
        const auto text = as_string(*members.id, scratch);
        const auto id = text ? parse_event_id(*text) : std::nullopt;
        if (!id) {
            return bad_member("/id", "\"id\" must be a UUID in its usual form.");
        }
        out.event.id = *id;
    } else {
        out.event.id = make_event_id();
    }
    if (members.recorded_at) {
        const auto text = as_string(*members.recorded_at, scratch);
        out.event.recorded_at = text ? parse_rfc3339(*text) : std::nullopt;
        if (!out.event.recorded_at) {
            return bad_member("/recorded_at",
                              "\"recorded_at\" must be a time such as "
                              "\"2026-11-26T10:11:12.123456Z\" (RFC 3339).");
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Problem> parse_import_line(std::string_view line, const HttpConfig::Limits& limits,
                                         ImportLine& out) {
    out.stream = {};
    out.version.reset();
    out.event = {};
    JsonScanner scanner(line);
    const auto members = read_members(scanner, out.stream);
    if (!scanner.finish()) {
        return malformed_body(scanner.error());
    }
    if (!members.has_stream) {
        return bad_member("", "The line has no \"stream\": {\"category\": …, \"id\": …}.");
    }
    if (auto problem = check_stream_member(out.stream, "/stream")) {
        return problem;
    }
    if (auto problem = take_texts(members, out)) {
        return problem;
    }
    if (auto problem = take_facts(members, out)) {
        return problem;
    }
    const auto& event = out.event;
    const auto bytes = event.type.size() + event.data.size() + event.metadata.size();
    // A state has bounds of its own.
    if (out.kind == ImportLine::Kind::event && bytes > limits.event_bytes_max) {
        return Problem(Slug::too_large, "The event has " + std::to_string(bytes) +
                                            " bytes; at most " +
                                            std::to_string(limits.event_bytes_max) + " are taken.");
    }
    return std::nullopt;
}

}  // namespace firn
