#include "actors/feed.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace firn {

// One waiting coroutine. Its timer is what suspends it; waking is cancelling the timer.
class Feed::Wait : public std::enable_shared_from_this<Feed::Wait> {
public:
    Wait(const boost::asio::any_io_executor& executor, std::chrono::milliseconds at_most,
         Position past)
        : seen(past), timer_(executor, at_most) {}

    template <class Handler>
    void start(Handler handler) {
        const auto executor = boost::asio::get_associated_executor(handler);
        const auto slot = boost::asio::get_associated_cancellation_slot(handler);
        timer_.async_wait(boost::asio::bind_cancellation_slot(
            slot, boost::asio::bind_executor(
                      executor, [self = shared_from_this(), handler = std::move(handler)](
                                    const boost::system::error_code&) mutable {
                          self->ended.store(true, std::memory_order_relaxed);
                          std::move(handler)();
                      })));
    }

    // Once, after start(): then nobody else touches the timer, so any thread may.
    void wake() { timer_.cancel(); }

    const Position seen;
    std::atomic<bool> ended{false};

private:
    boost::asio::steady_timer timer_;
};

Feed::~Feed() = default;

void Feed::announce(Position position) {
    auto head = head_.load(std::memory_order_relaxed);
    while (head < position.value() &&
           !head_.compare_exchange_weak(head, position.value(), std::memory_order_seq_cst)) {
    }
    if (has_waits_.load(std::memory_order_seq_cst)) {
        wake_all();
    }
}

boost::asio::awaitable<Position> Feed::wait_past(Position seen, std::chrono::milliseconds at_most) {
    const auto self = shared_from_this();
    const auto until = std::chrono::steady_clock::now() + at_most;
    // Somebody else's announcement may wake this one, so it looks again.
    while (head() <= seen && !closed_.load()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        const auto cancelled = (co_await boost::asio::this_coro::cancellation_state).cancelled();
        if (left.count() <= 0 || cancelled != boost::asio::cancellation_type::none) {
            break;
        }
        const auto executor = co_await boost::asio::this_coro::executor;
        const auto wait = std::make_shared<Wait>(executor, left, seen);
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
            [](auto handler, std::shared_ptr<Feed> feed, std::shared_ptr<Wait> started) {
                started->start(std::move(handler));
                feed->add(std::move(started));
            },
            boost::asio::use_awaitable, self, wait);
    }
    co_return head();
}

void Feed::add(std::shared_ptr<Wait> wait) {
    const auto seen = wait->seen;
    {
        const std::lock_guard lock(mutex_);
        // Those whose time was up leave here, so that a quiet feed does not collect them.
        std::erase_if(waits_,
                      [](const auto& old) { return old->ended.load(std::memory_order_relaxed); });
        waits_.push_back(std::move(wait));
        has_waits_.store(true, std::memory_order_seq_cst);
    }
    // An announcement between the look before and the entry would otherwise be missed.
    if (head() > seen || closed_.load()) {
        wake_all();
    }
}

void Feed::close() {
    closed_.store(true);
    wake_all();
}

void Feed::abandon() {
    (void)take_waits();
}

void Feed::wake_all() {
    for (const auto& wait : take_waits()) {
        wait->wake();
    }
}

std::vector<std::shared_ptr<Feed::Wait>> Feed::take_waits() {
    std::vector<std::shared_ptr<Wait>> taken;
    const std::lock_guard lock(mutex_);
    taken.swap(waits_);
    has_waits_.store(false, std::memory_order_seq_cst);
    return taken;
}

}  // namespace firn
