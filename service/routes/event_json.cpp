#include "service/routes/event_json.hpp"

#include "actors/identity/event_id.hpp"
#include "actors/identity/timestamp.hpp"
#include "service/http/json_text.hpp"
#include "service/routes/call.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace firn {

namespace {

// "version":…,"position":…,"recorded_at":…}
void append_place(std::string& out, const EventView& event, const StreamName* stream) {
    if (stream != nullptr) {
        out.append(",\"stream\":");
        append_stream(out, *stream);
    }
    out.append(",\"version\":");
    append_number(out, event.version.value());
    out.append(",\"position\":");
    append_number(out, event.position.value());
    out.append(",\"recorded_at\":\"");
    write_rfc3339(out, event.recorded_at);
    out.append("\"}");
}

// Two searches for one byte are ten times as fast as one for either.
bool has_line_breaks(std::string_view json) noexcept {
    return json.find('\n') != json.npos || json.find('\r') != json.npos;
}

// NDJSON is an event a line: line breaks between tokens of what a client sent become spaces. JSON
// strings hold none, so that no value changes.
void append_on_one_line(std::string& out, std::string_view json) {
    const auto start = out.size();
    out.append(json);
    if (!has_line_breaks(json)) {
        return;
    }
    for (auto i = start; i < out.size(); ++i) {
        if (out[i] == '\n' || out[i] == '\r') {
            out[i] = ' ';
        }
    }
}

template <class AppendJson>
void append_with(std::string& out, const EventView& event, const StreamName* stream,
                 AppendJson append_json) {
    out.append("{\"id\":\"");
    write_event_id(out, event.id);
    out.append("\",\"type\":");
    append_json_string(out, event.type);
    out.append(",\"data\":");
    append_json(out, event.data);
    out.append(",\"metadata\":");
    append_json(out, event.metadata);
    if (!event.traceparent.empty()) {
        out.append(",\"traceparent\":");
        append_json_string(out, event.traceparent);
    }
    append_place(out, event, stream);
}

// The high bit of a byte is set if a JSON string cannot hold it as it is: a control, a quote, a
// backslash, or no ASCII. Further bytes may be marked beside one that is.
std::uint64_t marked(std::uint64_t word) noexcept {
    constexpr std::uint64_t ones = ~std::uint64_t{0} / 255;
    const auto zeros = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes; };
    const auto outside = word | (word + ones) | ~(word + ones * 0x60);
    return (outside | zeros(word ^ (ones * '"')) | zeros(word ^ (ones * '\\'))) & (ones * 0x80);
}

template <class Word>
std::uint64_t word_at(const char* at) noexcept {
    Word word;
    std::memcpy(&word, at, sizeof(word));
    return word;
}

// Whether a JSON string holds the text as it is. The last word overlaps the one before it.
bool is_plain(std::string_view text) noexcept {
    const auto* at = text.data();
    const auto size = text.size();
    if (size >= 8) {
        auto found = marked(word_at<std::uint64_t>(at + size - 8));
        for (std::size_t i = 0; i + 8 < size; i += 8) {
            found |= marked(word_at<std::uint64_t>(at + i));
        }
        return found == 0;
    }
    if (size >= 4) {
        const auto last = word_at<std::uint32_t>(at + size - 4);
        return marked(word_at<std::uint32_t>(at) | last << 32) == 0;
    }
    return std::ranges::all_of(
        text, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

char* put(char* at, std::string_view text) noexcept {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
}

char* put_number(char* at, std::uint64_t number) noexcept {
    return std::to_chars(at, at + 20, number).ptr;
}

// What append_feed_event() writes of an event that needs no escape, with the end of its line, in
// one go: exports are made of little else. False: it needs some.
bool append_plain_line(std::string& out, const FeedEvent& entry) {
    const auto& event = entry.event;
    const auto& stream = *entry.stream;
    if (entry.kind != FeedEvent::Kind::event || !event.traceparent.empty() ||
        !is_plain(event.type) || !is_plain(stream.category) || !is_plain(stream.id) ||
        has_line_breaks(event.data) || has_line_breaks(event.metadata)) {
        return false;
    }
    constexpr std::size_t names_and_numbers = 256;
    const auto begin = out.size();
    out.resize(begin + names_and_numbers + event.type.size() + event.data.size() +
               event.metadata.size() + stream.category.size() + stream.id.size());
    auto* at = out.data() + begin;
    at = put_event_id(put(at, "{\"id\":\""), event.id);
    at = put(put(at, "\",\"type\":\""), event.type);
    at = put(put(at, "\",\"data\":"), event.data);
    at = put(put(at, ",\"metadata\":"), event.metadata);
    at = put(put(at, ",\"stream\":{\"category\":\""), stream.category);
    at = put(put(at, "\",\"id\":\""), stream.id);
    at = put_number(put(at, "\"},\"version\":"), event.version.value());
    at = put_number(put(at, ",\"position\":"), event.position.value());
    at = put_rfc3339(put(at, ",\"recorded_at\":\""), event.recorded_at);
    at = put(at, "\"}\n");
    out.resize(static_cast<std::size_t>(at - out.data()));
    return true;
}

}  // namespace

void append_event(std::string& out, const EventView& event, const StreamName* stream, Lines lines) {
    if (lines == Lines::one) {
        append_with(out, event, stream, append_on_one_line);
    } else {
        append_with(out, event, stream,
                    [](std::string& text, std::string_view json) { text.append(json); });
    }
}

void append_feed_event(std::string& out, const FeedEvent& event, Lines lines) {
    if (event.kind == FeedEvent::Kind::event) {
        append_event(out, event.event, event.stream, lines);
        return;
    }
    out.append(event.kind == FeedEvent::Kind::deleted ? "{\"type\":\"$deleted\",\"data\":"
                                                      : "{\"type\":\"$snapshot\",\"data\":");
    const auto data = event.event.data.empty() ? std::string_view("{}") : event.event.data;
    if (lines == Lines::one) {
        append_on_one_line(out, data);
    } else {
        out.append(data);
    }
    append_place(out, event.event, event.stream);
}

void append_export_line(std::string& out, const FeedEvent& event) {
    if (append_plain_line(out, event)) {
        return;
    }
    const bool data = has_line_breaks(event.event.data);
    const bool metadata = has_line_breaks(event.event.metadata);
    append_feed_event(out, event, data || metadata ? Lines::one : Lines::as_sent);
    if (data || metadata) {
        out.back() = ',';
        out.append("\"exact\":{");
        if (data) {
            out.append("\"data\":");
            append_json_string(out, event.event.data);
        }
        if (metadata) {
            out.append(data ? ",\"metadata\":" : "\"metadata\":");
            append_json_string(out, event.event.metadata);
        }
        out.append("}}");
    }
    out.push_back('\n');
}

void append_event_ids(std::string& out, const std::vector<EventId>& ids) {
    out.push_back('[');
    for (const auto& id : ids) {
        out.append(out.back() == '[' ? "\"" : ",\"");
        write_event_id(out, id);
        out.push_back('"');
    }
    out.push_back(']');
}

}  // namespace firn
