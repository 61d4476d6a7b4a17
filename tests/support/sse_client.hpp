// Follows a live feed: reads one server-sent event after another as they come, by the rules that a
// browser reads them by. Every message is held against openapi.json.
// Thread: one. Errors: as HttpClient, so that a feed that was cut throws; std::logic_error for what
// is no message or is not described.
#pragma once

#include "tests/support/http_client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::test {

struct SseMessage {
    std::string event = "message";
    std::string id;
    std::string data;

    [[nodiscard]] std::uint64_t place() const { return std::stoull(id); }
};

class SseClient {
public:
    // `last_event_id`: where to go on; empty: none.
    SseClient(std::uint16_t port, std::string target, const std::string& last_event_id = {});

    [[nodiscard]] const HttpReply& head() const noexcept { return head_; }
    // None: the feed ended in good order.
    [[nodiscard]] std::optional<SseMessage> next();
    // The next one that is not caught-up.
    [[nodiscard]] SseMessage next_event();
    // Passes over what comes before it; how many events that were.
    int read_to_caught_up();
    // Passes over everything until another comment came.
    void read_to_heartbeat();

    [[nodiscard]] int heartbeats() const noexcept { return heartbeats_; }
    [[nodiscard]] int caught_up() const noexcept { return caught_up_; }
    [[nodiscard]] const std::string& retry() const noexcept { return retry_; }

private:
    // A line without its end; none at the end of the feed.
    [[nodiscard]] std::optional<std::string> next_line();
    // True: a message is complete.
    [[nodiscard]] bool take_line(const std::string& line, SseMessage& message);

    HttpClient client_;
    const std::string target_;
    HttpReply head_;
    std::string text_;
    std::size_t text_at_ = 0;
    int heartbeats_ = 0;
    int caught_up_ = 0;
    std::string retry_;
};

}  // namespace firn::test
