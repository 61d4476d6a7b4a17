// Reads a durable subscription's events, and acknowledges what was dealt with; a server that is
// away for a while is waited for. Thread: one; the calls block. Errors: CommandFailure if the
// server refuses; Stopped, except out of an acknowledgement that the server is there to take.
#pragma once

#include "service/cli/follow/outage.hpp"
#include "service/cli/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace firn::cli {

class Subscriber {
public:
    Subscriber(const ServerUrl& server, std::string name, StopSignals& stop);

    // Whether there is a subscription of that name.
    [[nodiscard]] bool exists();
    void create(const std::string& settings);
    // Its next events as lines, past what was acknowledged; empty if none came in time.
    [[nodiscard]] std::string next_page(std::uint64_t limit, std::chrono::seconds wait);
    void acknowledge(std::uint64_t position);

private:
    [[nodiscard]] HttpAnswer send(HttpClient& client, const HttpAsk& ask);

    const ServerUrl server_;
    const std::string path_;
    Outage outage_;
    HttpClient reading_;
    HttpClient acknowledging_;  // not ended by a signal: what was dealt with is told
};

}  // namespace firn::cli
