// Short ways to say what a test appends.
// Thread: plain values. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace firn::test {

// An event that owns its bytes. With an id it is a client's.
struct TestEvent {
    std::string type = "Happened";
    std::string data = "{}";
    std::string metadata = "{}";
    std::string traceparent = {};
    std::optional<EventId> client_id = {};
    std::optional<Timestamp> recorded_at = {};
};

using Events = std::shared_ptr<const EncodedEvents>;

inline EventId id_number(std::uint64_t number) {
    EventId id{};
    std::memcpy(id.data(), &number, sizeof(number));
    return id;
}

inline Events encode(const std::vector<TestEvent>& events) {
    auto encoded = std::make_shared<EncodedEvents>();
    for (const auto& event : events) {
        NewEvent made;
        made.id = event.client_id.value_or(EventId{});
        made.id_from_client = event.client_id.has_value();
        made.type = event.type;
        made.data = event.data;
        made.metadata = event.metadata;
        made.traceparent = event.traceparent;
        made.recorded_at = event.recorded_at;
        encoded->add(made);
    }
    return encoded;
}

// An event of a client: the id, and data that two events share only if it is stated so.
inline TestEvent client_event(std::uint64_t id, std::string data = "{}") {
    TestEvent event;
    event.data = std::move(data);
    event.client_id = id_number(id);
    return event;
}

// `count` events whose data tells them apart.
inline std::vector<TestEvent> numbered(std::size_t count, std::string type = "Happened") {
    std::vector<TestEvent> events(count);
    for (std::size_t i = 0; i < count; ++i) {
        events[i].type = type;
        events[i].data = "{\"n\":" + std::to_string(i + 1) + "}";
    }
    return events;
}

inline StreamWrite appending(StreamName stream, const std::vector<TestEvent>& events,
                             Expected expected = Expected::any()) {
    return {std::move(stream), expected, StreamWrite::Kind::append, encode(events)};
}
inline StreamWrite checking(StreamName stream, Expected expected) {
    return {std::move(stream), expected, StreamWrite::Kind::append, nullptr};
}
inline StreamWrite deleting(StreamName stream, Expected expected = Expected::any()) {
    return {std::move(stream), expected, StreamWrite::Kind::delete_stream, nullptr};
}

inline Transaction transaction(std::initializer_list<StreamWrite> writes) {
    return {{writes.begin(), writes.end()}};
}

}  // namespace firn::test
