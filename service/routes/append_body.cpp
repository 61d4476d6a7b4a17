#include "service/routes/append_body.hpp"

#include "actors/identity/event_id.hpp"
#include "actors/json/scanner.hpp"

#include <algorithm>

namespace firn {

namespace {

// An event's members as they were found.
struct EventMembers {
    std::optional<JsonText> id;
    std::optional<JsonText> type;
    std::optional<JsonText> data;
    std::optional<JsonText> metadata;

    [[nodiscard]] bool any() const noexcept { return id || type || data || metadata; }
    // Where the member of that name goes; null if an event has none such.
    [[nodiscard]] std::optional<JsonText>* find(std::string_view name) noexcept {
        return name == "type"       ? &type
               : name == "data"     ? &data
               : name == "metadata" ? &metadata
               : name == "id"       ? &id
                                    : nullptr;
    }
};

constexpr char unknown_member[] = "There is no member of that name here.";

class AppendBodyReader {
public:
    AppendBodyReader(std::string_view traceparent, const HttpConfig::Limits& limits)
        : traceparent_(traceparent), limits_(limits) {}

    std::optional<Problem> read_json(std::string_view text);
    std::optional<Problem> read_lines(std::string_view text);
    std::optional<Problem> finish(AppendBody& parsed);

private:
    std::optional<Problem> read_list(JsonScanner& scanner);
    std::optional<Problem> read_line(std::string_view line);
    void read_members(JsonScanner& scanner, EventMembers& members);
    std::optional<Problem> read_expected(const JsonText& value);
    std::optional<Problem> add(const EventMembers& members, const std::string& pointer);
    std::optional<Problem> read_id(const EventMembers& members, const std::string& pointer,
                                   NewEvent& event);
    [[nodiscard]] Problem malformed(const std::string& pointer, std::string_view detail) const;
    [[nodiscard]] Problem malformed(const JsonError& error) const;
    [[nodiscard]] Problem too_large(const std::string& pointer, std::string detail) const;

    std::string_view traceparent_;
    const HttpConfig::Limits& limits_;
    EncodedEvents events_;
    std::vector<EventId> ids_;
    std::vector<std::pair<EventId, std::size_t>> client_ids_;  // and which event it is
    std::optional<Expected> expected_;
    std::string scratch_;
    std::string id_scratch_;
    std::size_t line_ = 0;  // NDJSON: the current one, from 1
};

Problem AppendBodyReader::malformed(const std::string& pointer, std::string_view detail) const {
    auto problem = bad_member(pointer, detail);
    return line_ == 0 ? std::move(problem) : std::move(problem).with("line", line_);
}

Problem AppendBodyReader::malformed(const JsonError& error) const {
    return malformed(error.pointer,
                     error.reason + " (At byte " + std::to_string(error.offset) + ".)");
}

Problem AppendBodyReader::too_large(const std::string& pointer, std::string detail) const {
    auto problem = Problem(Slug::too_large, detail).with("pointer", pointer);
    return line_ == 0 ? std::move(problem) : std::move(problem).with("line", line_);
}

void AppendBodyReader::read_members(JsonScanner& scanner, EventMembers& members) {
    if (!scanner.enter_object()) {
        return;
    }
    while (const auto name = scanner.next_member()) {
        auto* slot = members.find(*name);
        const auto value = scanner.take();
        if (slot == nullptr) {
            scanner.refuse(unknown_member);
            return;
        }
        *slot = value;
    }
}

std::optional<Problem> AppendBodyReader::read_list(JsonScanner& scanner) {
    if (!scanner.enter_array()) {
        return std::nullopt;
    }
    while (scanner.next_element()) {
        const auto pointer = "/events/" + std::to_string(ids_.size());
        EventMembers members;
        read_members(scanner, members);
        if (scanner.failed()) {
            return std::nullopt;
        }
        if (auto problem = add(members, pointer)) {
            return problem;
        }
    }
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::read_json(std::string_view text) {
    JsonScanner scanner(text);
    EventMembers bare;
    bool is_list = false;
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        std::optional<Problem> problem;
        if (*name == "events") {
            is_list = true;
            problem = read_list(scanner);
        } else if (*name == "expected_version") {
            is_list = true;
            const auto value = scanner.take();
            problem = scanner.failed() ? std::nullopt : read_expected(value);
        } else if (auto* slot = bare.find(*name)) {
            *slot = scanner.take();
        } else {
            [[maybe_unused]] const auto unknown = scanner.take();
            scanner.refuse(unknown_member);
        }
        if (problem) {
            return problem;
        }
    }
    if (!scanner.finish()) {
        return malformed(scanner.error());
    }
    if (is_list && bare.any()) {
        return malformed("", "The body is either one event or a list of \"events\", not both.");
    }
    if (!is_list) {
        return add(bare, "");
    }
    if (events_.empty()) {
        return malformed("/events", "At least one event is needed.");
    }
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::read_line(std::string_view line) {
    JsonScanner scanner(line);
    EventMembers members;
    read_members(scanner, members);
    if (!scanner.finish()) {
        return malformed(scanner.error());
    }
    return add(members, "");
}

std::optional<Problem> AppendBodyReader::read_lines(std::string_view text) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        ++line_;
        if (line.find_first_not_of(" \t\r") == line.npos) {
            continue;
        }
        if (auto problem = read_line(line)) {
            return problem;
        }
    }
    line_ = 0;
    if (events_.empty()) {
        return malformed("", "At least one event is needed.");
    }
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::read_expected(const JsonText& value) {
    const auto word = as_string(value, scratch_);
    if (word == "any") {
        expected_ = Expected::any();
    } else if (word == "none") {
        expected_ = Expected::none();
    } else if (word == "exists") {
        expected_ = Expected::exists();
    } else if (const auto number = as_uint64(value)) {
        expected_ = Expected::exactly(Version{*number});
    } else {
        return malformed("/expected_version",
                         "\"expected_version\" must be \"any\", \"none\", \"exists\" or a whole "
                         "number from 0.");
    }
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::read_id(const EventMembers& members,
                                                 const std::string& pointer, NewEvent& event) {
    if (!members.id) {
        event.id = make_event_id();
        return std::nullopt;
    }
    const auto text = as_string(*members.id, id_scratch_);
    const auto id = text ? parse_event_id(*text) : std::nullopt;
    if (!id) {
        return malformed(pointer + "/id", "\"id\" must be a UUID in its usual form.");
    }
    event.id = *id;
    event.id_from_client = true;
    client_ids_.emplace_back(*id, ids_.size());
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::add(const EventMembers& members,
                                             const std::string& pointer) {
    if (ids_.size() == limits_.events_per_request_max) {
        return too_large(pointer, "A request takes at most " +
                                      std::to_string(limits_.events_per_request_max) +
                                      " events. Send them in several.");
    }
    NewEvent event;
    event.traceparent = traceparent_;
    const auto type = members.type ? as_string(*members.type, scratch_) : std::nullopt;
    if (!type || type->empty() || type->size() > 255) {
        return malformed(members.type ? pointer + "/type" : pointer,
                         "An event needs a \"type\", a string of 1 to 255 bytes.");
    }
    if (type->starts_with('$')) {
        return malformed(pointer + "/type", "Types that begin with \"$\" are the server's own.");
    }
    event.type = *type;
    if (members.data) {
        event.data = members.data->raw;
    }
    if (members.metadata) {
        if (members.metadata->kind != JsonKind::object) {
            return malformed(pointer + "/metadata", "\"metadata\" must be an object.");
        }
        event.metadata = members.metadata->raw;
    }
    const auto bytes = event.type.size() + event.data.size() + event.metadata.size();
    if (bytes > limits_.event_bytes_max) {
        return too_large(pointer, "The event has " + std::to_string(bytes) + " bytes; at most " +
                                      std::to_string(limits_.event_bytes_max) + " are taken.");
    }
    if (auto problem = read_id(members, pointer, event)) {
        return problem;
    }
    events_.add(event);
    ids_.push_back(event.id);
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::finish(AppendBody& parsed) {
    std::sort(client_ids_.begin(), client_ids_.end());
    const auto twice =
        std::adjacent_find(client_ids_.begin(), client_ids_.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != client_ids_.end()) {
        const auto second = std::next(twice)->second;
        return bad_member("/events/" + std::to_string(second) + "/id",
                          "The id " + to_text(twice->first) + " is given to more than one event.");
    }
    parsed.events = std::make_shared<EncodedEvents>(std::move(events_));
    parsed.ids = std::move(ids_);
    parsed.expected = expected_;
    return std::nullopt;
}

}  // namespace

Read<AppendBody> parse_append_body(std::string_view body, BodyFormat format,
                                   std::string_view traceparent, const HttpConfig::Limits& limits) {
    AppendBodyReader reader(traceparent, limits);
    auto problem = format == BodyFormat::ndjson ? reader.read_lines(body) : reader.read_json(body);
    AppendBody parsed;
    if (!problem) {
        problem = reader.finish(parsed);
    }
    if (problem) {
        return *std::move(problem);
    }
    return parsed;
}

std::string_view usable_traceparent(const std::optional<std::string_view>& header) noexcept {
    constexpr std::size_t size = 55;  // 2-32-16-2 digits and the dashes between them
    if (!header || header->size() != size) {
        return {};
    }
    for (std::size_t i = 0; i < size; ++i) {
        const char c = (*header)[i];
        const bool dash = i == 2 || i == 35 || i == 52;
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !digit) {
            return {};
        }
    }
    return *header;
}

}  // namespace firn
