#include "service/routes/live/live_feed.hpp"

#include "actors/stand_in_states.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace firn {

namespace asio = boost::asio;

namespace {

// How often the pump looks up from waiting: whether it is closed, or nobody follows any more.
constexpr std::chrono::milliseconds wait_slice{250};

}  // namespace

LiveFeed::LiveFeed(asio::any_io_executor executor, Service& service, Config config)
    : executor_(std::move(executor)), service_(service), config_(config) {}

LiveFeed::~LiveFeed() = default;

void LiveFeed::follow() {
    const std::lock_guard lock(mutex_);
    static_cast<void>(begin_to_follow());
}

LiveFeed::Look LiveFeed::look(Position after) {
    const std::lock_guard lock(mutex_);
    followed_at_ = std::chrono::steady_clock::now();
    if (!reading_ || after >= seen_) {
        return {Held::nothing_new, nullptr};  // as far as anybody has looked
    }
    const auto next = std::ranges::upper_bound(batches_, after, {},
                                               [](const auto& batch) { return batch->after(); });
    if (next == batches_.begin()) {
        return {Held::gone, nullptr};
    }
    return {Held::here, *std::prev(next)};
}

asio::awaitable<Position> LiveFeed::wait(Position after, LiveInterest interest,
                                         std::chrono::milliseconds at_most) {
    const auto executor = co_await asio::this_coro::executor;
    const auto reader = std::make_shared<LiveReader>(executor, at_most, after, interest);
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [](auto handler, std::shared_ptr<LiveFeed> feed, std::shared_ptr<LiveReader> started) {
            // Before the timer starts: whoever it resumes must find the reader listed, or it would
            // be listed for ever.
            const std::lock_guard lock(feed->mutex_);
            started->start(std::move(handler));
            if (!feed->add(started)) {
                started->wake();
            }
        },
        asio::use_awaitable, shared_from_this(), reader);
    const std::lock_guard lock(mutex_);
    if (reader->listed) {
        // Its time was up: whatever has been seen was not for it.
        reader->after = std::max(reader->after, seen_);
        readers_.remove(*reader);
    }
    co_return reader->after;
}

bool LiveFeed::begin_to_follow() {
    if (closed_.load()) {
        return false;
    }
    followed_at_ = std::chrono::steady_clock::now();
    if (!reading_) {
        start_pump();
    }
    return true;
}

bool LiveFeed::add(const std::shared_ptr<LiveReader>& reader) {
    if (!begin_to_follow()) {
        return false;
    }
    if (seen_ > reader->after) {
        return false;  // it has not looked at that yet
    }
    readers_.add(reader);
    return true;
}

void LiveFeed::start_pump() {
    reading_ = true;
    seen_ = service_.store().head_position();
    ++pumps_;
    // Posted, since it would begin right here, where the mutex is held.
    asio::post(executor_, [self = shared_from_this()] {
        asio::co_spawn(self->executor_, pump(self),
                       [self](const std::exception_ptr&) { self->pump_ended(); });
    });
}

void LiveFeed::pump_ended() {
    const std::lock_guard lock(mutex_);
    if (--pumps_ == 0 && closer_) {
        closer_->wake();
    }
}

void LiveFeed::stop_reading() {
    reading_ = false;
    batches_.clear();
    kept_bytes_ = 0;
}

Position LiveFeed::seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
}

bool LiveFeed::ends() {
    const std::lock_guard lock(mutex_);
    const auto unfollowed = std::chrono::steady_clock::now() - followed_at_;
    if (!closed_.load() && (readers_.size() != 0 || unfollowed < config_.idle)) {
        return false;
    }
    stop_reading();
    return true;
}

void LiveFeed::keep(const std::shared_ptr<const LiveBatch>& batch) {
    ++batches_read_;
    batches_.push_back(batch);
    kept_bytes_ += batch->bytes();
    while (kept_bytes_ > config_.kept_bytes_max && batches_.size() > 1) {
        kept_bytes_ -= batches_.front()->bytes();
        batches_.pop_front();
    }
}

bool LiveFeed::read_new() {
    FeedQuery query;
    query.after = seen();
    query.limit = config_.batch_events_max;
    query.bytes_max = config_.kept_bytes_max / 8;
    try {
        while (!closed_.load()) {
            auto page = feed_with_states(service_.store(), query);
            if (!page) {
                return false;
            }
            const auto head = page->head;
            const auto batch = std::make_shared<const LiveBatch>(query.after, *std::move(page));
            if (batch->last() == query.after) {
                return true;
            }
            query.after = batch->last();
            const std::lock_guard lock(mutex_);
            keep(batch);
            seen_ = batch->last();
            readers_.wake_interested(*batch);
            if (seen_ >= head) {
                return true;
            }
        }
    } catch (const std::exception&) {
        return false;
    }
    return true;
}

asio::awaitable<void> LiveFeed::pump(std::shared_ptr<LiveFeed> self) {
    asio::steady_timer pause(self->executor_);
    while (!self->ends()) {
        const auto seen = self->seen();
        const auto began = std::chrono::steady_clock::now();
        const auto head = co_await self->service_.wait_past(seen, wait_slice);
        if (self->closed_.load()) {
            continue;
        }
        if (head <= seen) {
            if (std::chrono::steady_clock::now() - began < wait_slice / 2) {
                self->close();  // only a service that stops answers so soon
            }
            continue;
        }
        if (!self->read_new()) {
            // The next one who follows starts anew, behind what could not be read.
            const std::lock_guard lock(self->mutex_);
            self->stop_reading();
            self->readers_.wake_all();
            co_return;
        }
        pause.expires_after(self->config_.pace);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void LiveFeed::close() {
    closed_.store(true);
    const std::lock_guard lock(mutex_);
    readers_.wake_all();
}

asio::awaitable<void> LiveFeed::async_close() {
    close();
    const auto executor = co_await asio::this_coro::executor;
    const auto waits =
        std::make_shared<LiveReader>(executor, std::chrono::hours(1), Position{}, LiveInterest{});
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [](auto handler, std::shared_ptr<LiveFeed> feed, std::shared_ptr<LiveReader> started) {
            const std::lock_guard lock(feed->mutex_);
            started->start(std::move(handler));
            feed->closer_ = started;
            if (feed->pumps_ == 0) {
                started->wake();
            }
        },
        asio::use_awaitable, shared_from_this(), waits);
    const std::lock_guard lock(mutex_);
    closer_.reset();
}

LiveFeed::Counts LiveFeed::counts() {
    const std::lock_guard lock(mutex_);
    return {readers_.size(), readers_.added(), readers_.woken(),
            batches_read_,   kept_bytes_,      reading_};
}

}  // namespace firn
