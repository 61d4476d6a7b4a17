// A request as handlers see it: views into the session's buffers, valid until it is answered.
// Thread: one session's, or the handler's that it waits for. Errors: none; it was checked.
#pragma once

#include "service/http/body_reader.hpp"
#include "service/http/request_target.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

enum class Verb : std::uint8_t { get, head, post, put, patch, delete_, options, other };

[[nodiscard]] constexpr std::string_view verb_name(Verb verb) noexcept {
    constexpr std::string_view names[] = {"GET",   "HEAD",   "POST",    "PUT",
                                          "PATCH", "DELETE", "OPTIONS", ""};
    return names[static_cast<std::size_t>(verb)];
}

// What the body says it is; absent if there is none.
enum class BodyFormat : std::uint8_t { absent, json, ndjson };

// The header fields that mean something here; others are passed over.
struct RequestHeaders {
    std::optional<std::string_view> host;
    std::optional<std::string_view> origin;
    std::optional<std::string_view> accept;
    std::optional<std::string_view> accept_encoding;
    std::optional<std::string_view> content_type;
    std::optional<std::string_view> content_encoding;
    std::optional<std::string_view> expect;
    std::optional<std::string_view> if_match;
    std::optional<std::string_view> if_none_match;
    std::optional<std::string_view> last_event_id;
    std::optional<std::string_view> request_id;
    std::optional<std::string_view> traceparent;
    std::optional<std::string_view> prefer;
    std::optional<std::string_view> preflight_method;  // Access-Control-Request-Method
};

struct Request {
    Verb verb = Verb::other;
    std::string_view method;
    std::string_view raw_target;
    RequestTarget target;
    RequestHeaders headers;
    BodyFormat body_format = BodyFormat::absent;
    std::string_view body;            // empty if it is streamed
    std::string_view id;              // X-Request-Id, the client's or ours
    std::string_view allowed_origin;  // a foreign origin that CORS lists; empty: none
    std::size_t route = 0;            // the handler's own mark, set when it admits the request
    // Set by the handler when it admits the request: the body is not gathered but read by it.
    bool streams_body = false;
    BodyReader* body_reader = nullptr;  // if so
    const std::atomic<bool>* stopping = nullptr;

    // Lets go of all views; the target keeps its memory.
    void forget() {
        verb = Verb::other;
        method = raw_target = body = id = allowed_origin = {};
        headers = {};
        body_format = BodyFormat::absent;
        streams_body = false;
        body_reader = nullptr;
        target.clear();
    }

    // Long waits end early when the server stops.
    [[nodiscard]] bool server_stops() const noexcept {
        return stopping != nullptr && stopping->load(std::memory_order_relaxed);
    }
};

}  // namespace firn
