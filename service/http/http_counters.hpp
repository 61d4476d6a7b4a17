// What the HTTP side counts, for metrics.
// Thread: any; the counts are read one by one, not as one moment.
#pragma once

#include <atomic>
#include <cstdint>

namespace firn {

struct HttpCounters {
    std::atomic<std::uint64_t> connections_accepted{0};
    std::atomic<std::uint64_t> connections_open{0};
    std::atomic<std::uint64_t> connections_refused{0};
    std::atomic<std::uint64_t> responses[6]{};   // by class of status; the first one stays 0
    std::atomic<std::uint64_t> streams_open{0};  // responses that are made as they are sent
    std::atomic<std::uint64_t> timeouts{0};
    std::atomic<std::uint64_t> failures{0};  // exceptions out of handlers

    void count_response(unsigned status) noexcept {
        responses[status / 100 % 6].fetch_add(1, std::memory_order_relaxed);
    }
};

}  // namespace firn
