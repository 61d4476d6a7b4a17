// What can be set about the HTTP side. Defaults suit one server on loopback.
// Thread: plain value. Errors: validate() throws std::invalid_argument naming the field.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace firn {

struct HttpConfig {
    std::string address = "127.0.0.1";  // an IP address
    std::uint16_t port = 7070;          // 0: any free one
    // Further values of Host: "name" with any port, or "name:port".
    std::vector<std::string> allowed_hosts;
    // Origins whose pages may call: "https://app.example", or "*" for all.
    std::vector<std::string> cors_origins;

    struct Limits {
        std::size_t body_bytes_max = 8u << 20;
        std::size_t event_bytes_max = 1u << 20;  // type, data and metadata together
        std::uint32_t events_per_request_max = 10'000;
        std::uint32_t streams_per_transaction_max = 1'000;
        std::size_t header_bytes_max = 16u << 10;  // request line included
        std::uint32_t page_limit_max = 10'000;
        std::size_t page_bytes_max = 8u << 20;
        // Of events kept rendered for live feeds; who is further behind reads from the store.
        std::size_t live_bytes_max = 8u << 20;
        std::size_t connections_max = 10'000;
    } limits;

    struct Timeouts {
        std::chrono::milliseconds header{10'000};  // from a request's first byte to its head's end
        std::chrono::milliseconds body{30'000};    // without a byte of a body
        std::chrono::milliseconds response{30'000};   // without a byte of a response taken
        std::chrono::milliseconds idle{75'000};       // between requests
        std::chrono::milliseconds linger{2'000};      // for a refused client to read its answer
        std::chrono::milliseconds stop{5'000};        // for requests in flight when stopping
        std::chrono::milliseconds heartbeat{15'000};  // of a live feed that has nothing to tell
        std::chrono::milliseconds progress{1'000};    // between an import's lines of progress
        std::chrono::milliseconds sweep{1'000};       // how coarse the ones above are
    } timeouts;

    void validate() const;
};

}  // namespace firn
