#include "service/routes/event_list.hpp"

#include "actors/identity/event_id.hpp"
#include "service/routes/json_body.hpp"

#include <algorithm>
#include <iterator>

namespace firn {

namespace {

constexpr std::size_t type_bytes_max = 255;

Problem too_large(const std::string& pointer, const std::string& detail) {
    return Problem(Slug::too_large, detail).with("pointer", pointer);
}

}  // namespace

std::optional<JsonText>* EventMembers::find(std::string_view name) noexcept {
    return name == "type"       ? &type
           : name == "data"     ? &data
           : name == "metadata" ? &metadata
           : name == "id"       ? &id
                                : nullptr;
}

void EventMembers::read(JsonScanner& scanner) {
    if (!scanner.enter_object()) {
        return;
    }
    while (const auto name = scanner.next_member()) {
        auto* slot = find(*name);
        const auto value = scanner.take();
        if (slot == nullptr) {
            scanner.refuse(unknown_member);
            return;
        }
        *slot = value;
    }
}

std::optional<Problem> EventList::read(JsonScanner& scanner, const std::string& pointer) {
    if (!scanner.enter_array()) {
        return std::nullopt;
    }
    while (scanner.next_element()) {
        EventMembers members;
        members.read(scanner);
        if (scanner.failed()) {
            return std::nullopt;
        }
        if (auto problem = add(members, pointer + "/" + std::to_string(size()))) {
            return problem;
        }
    }
    return std::nullopt;
}

std::optional<Problem> EventList::add(const EventMembers& members, const std::string& pointer) {
    if (elsewhere_ + size() >= limits_->events_per_request_max) {
        return too_large(pointer, "A request takes at most " +
                                      std::to_string(limits_->events_per_request_max) +
                                      " events. Send them in several.");
    }
    NewEvent event;
    event.traceparent = traceparent_;
    const auto type = members.type ? as_string(*members.type, type_scratch_) : std::nullopt;
    if (!type || type->empty() || type->size() > type_bytes_max) {
        return bad_member(members.type ? pointer + "/type" : pointer,
                          "An event needs a \"type\", a string of 1 to 255 bytes.");
    }
    if (type->starts_with('$')) {
        return bad_member(pointer + "/type", "Types that begin with \"$\" are the server's own.");
    }
    event.type = *type;
    if (members.data) {
        event.data = members.data->raw;
    }
    if (members.metadata) {
        if (members.metadata->kind != JsonKind::object) {
            return bad_member(pointer + "/metadata", "\"metadata\" must be an object.");
        }
        event.metadata = members.metadata->raw;
    }
    const auto bytes = event.type.size() + event.data.size() + event.metadata.size();
    if (bytes > limits_->event_bytes_max) {
        return too_large(pointer, "The event has " + std::to_string(bytes) + " bytes; at most " +
                                      std::to_string(limits_->event_bytes_max) + " are taken.");
    }
    if (auto problem = read_id(members, pointer, event)) {
        return problem;
    }
    events_.add(event);
    ids_.push_back(event.id);
    return std::nullopt;
}

std::optional<Problem> EventList::read_id(const EventMembers& members, const std::string& pointer,
                                          NewEvent& event) {
    if (!members.id) {
        event.id = make_event_id();
        return std::nullopt;
    }
    const auto text = as_string(*members.id, id_scratch_);
    const auto id = text ? parse_event_id(*text) : std::nullopt;
    if (!id) {
        return bad_member(pointer + "/id", "\"id\" must be a UUID in its usual form.");
    }
    event.id = *id;
    event.id_from_client = true;
    client_ids_.emplace_back(*id, ids_.size());
    return std::nullopt;
}

std::optional<Problem> EventList::find_repeated_id(const std::string& pointer) {
    std::sort(client_ids_.begin(), client_ids_.end());
    const auto twice =
        std::adjacent_find(client_ids_.begin(), client_ids_.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice == client_ids_.end()) {
        return std::nullopt;
    }
    return bad_member(pointer + "/" + std::to_string(std::next(twice)->second) + "/id",
                      "The id " + to_text(twice->first) + " is given to more than one event.");
}

Read<Expected> expected_of(const JsonText& value, const std::string& pointer) {
    std::string scratch;
    const auto word = as_string(value, scratch);
    if (word == "any") {
        return Expected::any();
    }
    if (word == "none") {
        return Expected::none();
    }
    if (word == "exists") {
        return Expected::exists();
    }
    if (const auto number = as_uint64(value)) {
        return Expected::exactly(Version{*number});
    }
    return bad_member(pointer,
                      "\"expected_version\" must be \"any\", \"none\", \"exists\" or a whole "
                      "number from 0.");
}

}  // namespace firn
