// Events as a reader saw them, with bytes of their own, so that pages can be compared and kept.
// Thread: plain values. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <string>
#include <vector>

namespace firn::test {

struct SeenEvent {
    EventId id{};
    bool id_from_client = false;
    std::string type;
    std::string data;
    std::string metadata;
    std::string traceparent;
    Version version;
    Position position;
    Timestamp recorded_at;

    friend bool operator==(const SeenEvent&, const SeenEvent&) = default;
};

inline SeenEvent seen(const EventView& event) {
    return {event.id,
            event.id_from_client,
            std::string(event.type),
            std::string(event.data),
            std::string(event.metadata),
            std::string(event.traceparent),
            event.version,
            event.position,
            event.recorded_at};
}

inline std::vector<SeenEvent> seen(const StreamPage& page) {
    std::vector<SeenEvent> events;
    for (const auto& event : page.events) {
        events.push_back(seen(event));
    }
    return events;
}

struct SeenEntry {
    FeedEvent::Kind kind{};
    StreamName stream;
    SeenEvent event;

    friend bool operator==(const SeenEntry&, const SeenEntry&) = default;
};

inline std::vector<SeenEntry> seen(const FeedPage& page) {
    std::vector<SeenEntry> entries;
    for (const auto& entry : page.events) {
        entries.push_back({entry.kind, *entry.stream, seen(entry.event)});
    }
    return entries;
}

}  // namespace firn::test
