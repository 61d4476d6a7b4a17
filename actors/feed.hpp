// Announces durable positions to those who wait for news.
//
// What it announces is durable already, so a reader that was woken finds the events in the store.
// Thread: any. Errors: none; a wait ends with the newest position when its time is up, when it
// is cancelled, and when the feed closes.
#pragma once

#include "storage/types.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace firn {

class Feed : public std::enable_shared_from_this<Feed> {
public:
    explicit Feed(Position head) : head_(head.value()) {}
    ~Feed();

    [[nodiscard]] Position head() const noexcept {
        return Position{head_.load(std::memory_order_acquire)};
    }
    // Positions may come out of order from several threads; the head only moves forward.
    void announce(Position position);
    [[nodiscard]] boost::asio::awaitable<Position> wait_past(Position seen,
                                                             std::chrono::milliseconds at_most);
    // Wakes everybody, now and later.
    void close();
    // The waits' executor is gone: forgets them.
    void abandon();

private:
    class Wait;

    void add(std::shared_ptr<Wait> wait);
    void wake_all();
    [[nodiscard]] std::vector<std::shared_ptr<Wait>> take_waits();

    std::atomic<std::uint64_t> head_;
    std::atomic<bool> closed_{false};
    std::mutex mutex_;
    std::vector<std::shared_ptr<Wait>> waits_;
    std::atomic<bool> has_waits_{false};  // spares announce() the mutex
};

}  // namespace firn
