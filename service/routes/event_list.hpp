// The new events of one stream, as they are read from a request's body.
//
// Checks each event's form. data and metadata stay the bytes that came in.
// Thread: plain value, no I/O (it is fuzzed). Errors: Problem, 400 or 413, with `pointer`.
#pragma once

#include "actors/json/scanner.hpp"
#include "service/http/http_config.hpp"
#include "service/http/query_parameters.hpp"
#include "storage/event_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firn {

// An event's members as they were found.
struct EventMembers {
    std::optional<JsonText> id;
    std::optional<JsonText> type;
    std::optional<JsonText> data;
    std::optional<JsonText> metadata;

    [[nodiscard]] bool any() const noexcept { return id || type || data || metadata; }
    // Where the member of that name goes; null if an event has none such.
    [[nodiscard]] std::optional<JsonText>* find(std::string_view name) noexcept;
    // From the scanner, which stands before an object. It may have failed afterwards.
    void read(JsonScanner& scanner);
};

class EventList {
public:
    // `elsewhere`: events that the same request brings for other streams.
    EventList(std::string_view traceparent, const HttpConfig::Limits& limits,
              std::size_t elsewhere = 0)
        : traceparent_(traceparent), limits_(&limits), elsewhere_(elsewhere) {}

    [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
    // The scanner stands before an array and may have failed afterwards. `pointer` is the array's.
    [[nodiscard]] std::optional<Problem> read(JsonScanner& scanner, const std::string& pointer);
    [[nodiscard]] std::optional<Problem> add(const EventMembers& members,
                                             const std::string& pointer);
    // An id that two of them have.
    [[nodiscard]] std::optional<Problem> find_repeated_id(const std::string& pointer);

    [[nodiscard]] std::shared_ptr<const EncodedEvents> take_events() {
        return std::make_shared<const EncodedEvents>(std::move(events_));
    }
    [[nodiscard]] std::vector<EventId> take_ids() noexcept { return std::move(ids_); }

private:
    [[nodiscard]] std::optional<Problem> read_id(const EventMembers& members,
                                                 const std::string& pointer, NewEvent& event);

    std::string_view traceparent_;
    const HttpConfig::Limits* limits_;
    std::size_t elsewhere_;
    EncodedEvents events_;
    std::vector<EventId> ids_;
    std::vector<std::pair<EventId, std::size_t>> client_ids_;  // and which event it is
    std::string type_scratch_;
    std::string id_scratch_;
};

// "any", "none", "exists" or a number.
[[nodiscard]] Read<Expected> expected_of(const JsonText& value, const std::string& pointer);

}  // namespace firn
