// A response as handlers fill it. The session keeps one and reuses its memory.
// Thread: one session's, or the handler's that it waits for. Errors: none.
#pragma once

#include "service/http/body_source.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace firn {

struct Response {
    std::uint16_t status = 200;
    std::string_view content_type;  // a literal; empty: no body
    std::string body;
    // Instead of `body`: made while it is sent, in chunks.
    std::unique_ptr<BodySource> source;
    std::string header_lines;  // "Name: value\r\n", by add_header
    bool varies_by_accept = false;
    bool close = false;  // end the connection after this response

    void reset() {
        status = 200;
        content_type = {};
        body.clear();
        source.reset();
        header_lines.clear();
        varies_by_accept = false;
        close = false;
    }

    // Bytes that would end the line are left out, so that no value can start a header of its own.
    void add_header(std::string_view name, std::string_view value) {
        header_lines.append(name).append(": ");
        for (const char c : value) {
            if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
                header_lines.push_back(c);
            }
        }
        header_lines.append("\r\n");
    }
};

namespace content_types {
inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view ndjson = "application/x-ndjson";
inline constexpr std::string_view event_stream = "text/event-stream";
inline constexpr std::string_view problem = "application/problem+json";
inline constexpr std::string_view text = "text/plain; version=0.0.4; charset=utf-8";
}  // namespace content_types

}  // namespace firn
