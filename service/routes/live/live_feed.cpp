#include "service/routes/live/live_feed.hpp"

#include "storage/feed_filter.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <set>
#include <utility>
#include <vector>

namespace firn {

namespace asio = boost::asio;

namespace {

// How long the pump goes on when nobody follows; also how often it looks.
constexpr std::chrono::seconds pump_idle{10};
constexpr std::chrono::milliseconds pause_after_failure{1000};

std::string key_of(const StreamName& stream) {
    std::string key;
    key.reserve(stream.category.size() + 1 + stream.id.size());
    key.append(stream.category).push_back('\0');
    return key.append(stream.id);
}

}  // namespace

// One that waits. Its timer is what suspends it; waking is cancelling the timer.
class LiveFeed::Reader : public std::enable_shared_from_this<Reader> {
public:
    Reader(const asio::any_io_executor& executor, std::chrono::milliseconds at_most, Position from,
           Interest in)
        : after(from), interest(in), timer_(executor, at_most) {}

    template <class Handler>
    void start(Handler handler) {
        const auto executor = asio::get_associated_executor(handler);
        timer_.async_wait(asio::bind_executor(
            executor, [self = shared_from_this(), handler = std::move(handler)](
                          const boost::system::error_code&) mutable { std::move(handler)(); }));
    }
    // After start(): then nobody else touches the timer, so any thread may.
    void cancel_timer() { timer_.cancel(); }

    // Under the feed's mutex.
    Position after;
    const Interest interest;
    struct Place {
        std::unordered_map<std::string, Readers>* map = nullptr;  // null: in others_
        std::string key;
        Readers::iterator at;
    };
    std::vector<Place> places;
    bool listed = false;

private:
    asio::steady_timer timer_;
};

LiveFeed::LiveFeed(asio::any_io_executor executor, Service& service, Config config)
    : executor_(std::move(executor)), service_(service), config_(config) {}

LiveFeed::~LiveFeed() = default;

LiveFeed::Look LiveFeed::look(Position after) {
    const std::lock_guard lock(mutex_);
    if (!pumping_ || after >= seen_) {
        return {Held::nothing_new, nullptr};  // as far as anybody has looked
    }
    const auto next = std::ranges::upper_bound(batches_, after, {},
                                               [](const auto& batch) { return batch->after(); });
    if (next == batches_.begin()) {
        return {Held::gone, nullptr};
    }
    return {Held::here, *std::prev(next)};
}

asio::awaitable<Position> LiveFeed::wait(Position after, Interest interest,
                                         std::chrono::milliseconds at_most) {
    const auto executor = co_await asio::this_coro::executor;
    const auto reader = std::make_shared<Reader>(executor, at_most, after, interest);
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [](auto handler, std::shared_ptr<LiveFeed> feed, std::shared_ptr<Reader> started) {
            started->start(std::move(handler));
            const std::lock_guard lock(feed->mutex_);
            if (!feed->add(started)) {
                started->cancel_timer();
            }
        },
        asio::use_awaitable, shared_from_this(), reader);
    const std::lock_guard lock(mutex_);
    if (reader->listed) {
        // Its time was up: whatever the pump has seen was not for it.
        reader->after = std::max(reader->after, seen_);
        remove(*reader);
    }
    co_return reader->after;
}

bool LiveFeed::add(const std::shared_ptr<Reader>& reader) {
    if (closed_.load()) {
        return false;
    }
    if (!pumping_) {
        start_pump();
    }
    if (seen_ > reader->after) {
        return false;  // it has not looked at that yet
    }
    const auto list = [&reader](Readers& readers, auto* map, std::string key) {
        readers.push_back(reader);
        reader->places.push_back({map, std::move(key), std::prev(readers.end())});
    };
    const auto& [query, stream] = reader->interest;
    if (stream != nullptr) {
        auto key = key_of(*stream);
        list(by_stream_[key], &by_stream_, key);
    } else if (query->categories.empty()) {
        list(others_, static_cast<decltype(&by_stream_)>(nullptr), {});
    } else {
        for (const auto& category : std::set(query->categories.begin(), query->categories.end())) {
            list(by_category_[category], &by_category_, category);
        }
    }
    reader->listed = true;
    ++readers_;
    return true;
}

void LiveFeed::remove(Reader& reader) {
    // Its lists hold it; this keeps it until they all have let go.
    const auto kept = reader.shared_from_this();
    for (const auto& place : reader.places) {
        if (place.map == nullptr) {
            others_.erase(place.at);
            continue;
        }
        const auto found = place.map->find(place.key);
        found->second.erase(place.at);
        if (found->second.empty()) {
            place.map->erase(found);
        }
    }
    reader.places.clear();
    reader.listed = false;
    --readers_;
}

void LiveFeed::wake(Reader& reader, Position nothing_before) {
    const auto kept = reader.shared_from_this();
    reader.after = std::max(reader.after, nothing_before);
    remove(reader);
    reader.cancel_timer();
}

void LiveFeed::wake_all() {
    const auto wake_list = [this](Readers& readers) {
        const auto all = readers;
        for (const auto& reader : all) {
            if (reader->listed) {
                wake(*reader, reader->after);
            }
        }
    };
    while (!by_stream_.empty()) {
        wake_list(by_stream_.begin()->second);
    }
    while (!by_category_.empty()) {
        wake_list(by_category_.begin()->second);
    }
    wake_list(others_);
}

void LiveFeed::wake_some(Readers& readers, const LiveBatch& batch, const FeedEvent& event) {
    for (auto at = readers.begin(); at != readers.end();) {
        auto& reader = **at++;
        const auto* query = reader.interest.query;
        if (query == nullptr || passes_filters(*query, event)) {
            const bool last = readers.size() == 1;
            wake(reader, batch.after());
            if (last) {
                return;  // the list is gone, or empty
            }
        }
    }
}

void LiveFeed::wake_interested(const LiveBatch& batch) {
    std::string key;
    for (const auto& entry : batch.entries_past(batch.after())) {
        if (readers_ == 0) {
            return;
        }
        const auto& event = *entry.event;
        if (!by_stream_.empty()) {
            key.assign(event.stream->category).push_back('\0');
            key.append(event.stream->id);
            if (const auto found = by_stream_.find(key); found != by_stream_.end()) {
                wake_some(found->second, batch, event);
            }
        }
        if (const auto found = by_category_.find(event.stream->category);
            found != by_category_.end()) {
            wake_some(found->second, batch, event);
        }
        wake_some(others_, batch, event);
    }
}

void LiveFeed::start_pump() {
    pumping_ = true;
    seen_ = service_.store().head_position();
    // Posted, since it would begin right here, where the mutex is held.
    asio::post(executor_, [self = shared_from_this()] {
        asio::co_spawn(self->executor_, pump(self), asio::detached);
    });
}

bool LiveFeed::ends() {
    const std::lock_guard lock(mutex_);
    if (readers_ != 0 && !closed_.load()) {
        return false;
    }
    pumping_ = false;
    batches_.clear();
    kept_bytes_ = 0;
    return true;
}

bool LiveFeed::read_new() {
    for (;;) {
        FeedQuery query;
        {
            const std::lock_guard lock(mutex_);
            query.after = seen_;
        }
        query.limit = config_.batch_events_max;
        query.bytes_max = config_.kept_bytes_max / 8;
        auto page = service_.store().feed(query);
        if (!page) {
            return false;
        }
        const auto head = page->head;
        const auto batch = std::make_shared<const LiveBatch>(query.after, *std::move(page));
        const std::lock_guard lock(mutex_);
        if (batch->last() == query.after) {
            return true;
        }
        batches_.push_back(batch);
        kept_bytes_ += batch->bytes();
        while (kept_bytes_ > config_.kept_bytes_max && batches_.size() > 1) {
            kept_bytes_ -= batches_.front()->bytes();
            batches_.pop_front();
        }
        seen_ = batch->last();
        wake_interested(*batch);
        if (seen_ >= head) {
            return true;
        }
    }
}

asio::awaitable<void> LiveFeed::pump(std::shared_ptr<LiveFeed> self) {
    asio::steady_timer pause(self->executor_);
    const auto rest = [&pause](auto how_long) {
        pause.expires_after(how_long);
        return pause.async_wait(asio::as_tuple(asio::use_awaitable));
    };
    while (!self->closed_.load()) {
        Position seen;
        {
            const std::lock_guard lock(self->mutex_);
            seen = self->seen_;
        }
        const auto began = std::chrono::steady_clock::now();
        const auto head = co_await self->service_.wait_past(seen, pump_idle);
        if (head <= seen) {
            if (std::chrono::steady_clock::now() - began < pump_idle / 2) {
                self->close();  // only a service that stops answers so soon
            }
            if (self->ends()) {
                co_return;
            }
            continue;
        }
        if (self->read_new()) {
            co_await rest(self->config_.pace);
        } else {
            {
                const std::lock_guard lock(self->mutex_);
                self->wake_all();
            }
            co_await rest(pause_after_failure);
        }
    }
    (void)self->ends();
}

void LiveFeed::close() {
    closed_.store(true);
    const std::lock_guard lock(mutex_);
    wake_all();
}

}  // namespace firn
