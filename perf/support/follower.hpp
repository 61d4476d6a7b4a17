// A subscriber of a live feed (server-sent events): notes what came, and when.
//
// It holds no more than a message that has not come whole; what it saw is a tally.
// Thread: the load's. Errors: fail() if the order is wrong, or the feed ends.
#pragma once

#include "perf/support/chunked_text.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace firn::perf {

using Clock = std::chrono::steady_clock;

// Which ids were seen, so that two who saw the same ones have the same tally.
struct Tally {
    std::uint64_t events = 0;
    std::uint64_t sum = 0;

    void add(std::uint64_t id) {
        ++events;
        id = (id ^ (id >> 31)) * 0x9e3779b97f4a7c15u;
        sum += id ^ (id >> 29);
    }
    bool operator==(const Tally&) const = default;
};

class Follower {
public:
    // The number of an event that came, now.
    using Arrived = std::function<void(std::uint64_t number, Clock::time_point now)>;

    // Asks for `target`, whose messages have ids past `after`. One message in `sample` is looked
    // into; the others are only counted.
    Follower(std::uint16_t port, const std::string& target, std::uint64_t after,
             std::uint64_t sample);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    [[nodiscard]] int socket() const noexcept { return socket_; }
    // Reads what there is into `buffer`, once.
    void read(char* buffer, std::size_t size, const Arrived& arrived);

    [[nodiscard]] bool has_caught_up() const noexcept { return caught_up_; }
    [[nodiscard]] const Tally& seen() const noexcept { return seen_; }

private:
    [[nodiscard]] std::string_view take_head(std::string_view bytes);
    void take_text(std::string_view text, Clock::time_point now, const Arrived& arrived);
    // Answers what is left: the beginning of a message.
    [[nodiscard]] std::string_view take_messages(std::string_view text, Clock::time_point now,
                                                 const Arrived& arrived);
    void take_message(std::string_view id, std::string_view data, Clock::time_point now,
                      const Arrived& arrived);

    const int socket_;
    const std::uint64_t sample_;
    bool head_taken_ = false;
    std::string head_;
    ChunkedText chunks_;
    std::string begun_;  // a message that has not come whole
    std::uint64_t last_id_;
    bool caught_up_ = false;
    Tally seen_;
};

}  // namespace firn::perf
