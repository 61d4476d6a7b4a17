#include "service/routes/live/event_stream.hpp"

#include "service/http/json_text.hpp"
#include "service/routes/event_json.hpp"

namespace firn {

namespace {

void begin_message(std::string& out, std::uint64_t id) {
    out.append("id: ");
    append_number(out, id);
    out.append("\ndata: ");
}

void append_caught_up(std::string& out, std::string_view member, std::uint64_t place) {
    out.append("event: caught-up\n");
    begin_message(out, place);
    out.append("{\"").append(member).append("\":");
    append_number(out, place);
    out.append("}\n\n");
}

}  // namespace

void append_feed_message(std::string& out, const FeedEvent& event) {
    begin_message(out, event.event.position.value());
    append_feed_event(out, event, Lines::one);
    out.append("\n\n");
}

void append_stream_message(std::string& out, const EventView& event) {
    begin_message(out, event.version.value());
    append_event(out, event, nullptr, Lines::one);
    out.append("\n\n");
}

void append_stand_in_message(std::string& out, const FeedEvent& stand_in) {
    begin_message(out, stand_in.event.version.value());
    append_feed_event(out, stand_in, Lines::one);
    out.append("\n\n");
}

void append_caught_up(std::string& out, Position position) {
    append_caught_up(out, "position", position.value());
}

void append_caught_up(std::string& out, Version version) {
    append_caught_up(out, "version", version.value());
}

void append_retry(std::string& out) {
    out.append("retry: 1000\n\n");
}

void append_heartbeat(std::string& out) {
    out.append(":\n\n");
}

}  // namespace firn
