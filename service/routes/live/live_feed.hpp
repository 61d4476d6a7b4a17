// Tells those who follow the feed what was committed: read once, rendered once, for all of them.
//
// While somebody follows, one coroutine reads what is new from the store into a batch, keeps the
// newest batches within a bound, and wakes the readers whose filter lets something of it through;
// the others stay asleep, and are told later that there was nothing for them. A reader that is too
// slow finds its place gone, reads on from the store, and comes back. So nobody waits for it.
//
// A busy feed is looked at every `pace`, so that a hundred readers are not woken by each commit;
// after a pause, the first event goes out at once.
// Thread: all functions from any. Errors: none; if the store cannot be read, all are woken, and
// hear it from the store themselves.
#pragma once

#include "actors/service.hpp"
#include "service/routes/live/live_batch.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace firn {

class LiveFeed : public std::enable_shared_from_this<LiveFeed> {
public:
    struct Config {
        std::size_t kept_bytes_max = 8u << 20;  // of batches kept for readers that are behind
        std::chrono::milliseconds pace{5};
        std::uint32_t batch_events_max = 1'000;
    };

    // The service must outlive it; close() it before the service stops.
    LiveFeed(boost::asio::any_io_executor executor, Service& service, Config config);
    LiveFeed(boost::asio::any_io_executor executor, Service& service)
        : LiveFeed(std::move(executor), service, Config{}) {}
    ~LiveFeed();

    // What a reader waits for: entries of one stream, or those that pass the filters of a query.
    struct Interest {
        const FeedQuery* query = nullptr;
        const StreamName* stream = nullptr;
    };

    enum class Held : std::uint8_t {
        nothing_new,
        here,  // in `batch`
        gone,  // read it from the store
    };
    struct Look {
        Held held = Held::nothing_new;
        std::shared_ptr<const LiveBatch> batch;
    };
    // What follows a position.
    [[nodiscard]] Look look(Position after);

    // Waits for something of interest past `after`, at most so long. Answers up to where there was
    // nothing: reading goes on from there. What `interest` points to must live until then.
    boost::asio::awaitable<Position> wait(Position after, Interest interest,
                                          std::chrono::milliseconds at_most);

    // Wakes everybody, now and later: readers end.
    void close();
    [[nodiscard]] bool closed() const noexcept { return closed_.load(); }

private:
    class Reader;
    using Readers = std::list<std::shared_ptr<Reader>>;

    // Under mutex_.
    [[nodiscard]] bool add(const std::shared_ptr<Reader>& reader);
    void remove(Reader& reader);
    void wake(Reader& reader, Position nothing_before);
    void wake_all();
    void wake_interested(const LiveBatch& batch);
    void wake_some(Readers& readers, const LiveBatch& batch, const FeedEvent& event);

    void start_pump();
    static boost::asio::awaitable<void> pump(std::shared_ptr<LiveFeed> self);
    // False: the store could not be read.
    [[nodiscard]] bool read_new();
    // Nobody has followed for a while.
    [[nodiscard]] bool ends();

    const boost::asio::any_io_executor executor_;
    Service& service_;
    const Config config_;
    std::atomic<bool> closed_{false};

    std::mutex mutex_;
    bool pumping_ = false;
    Position seen_;  // by the pump; nothing before it is new
    std::deque<std::shared_ptr<const LiveBatch>> batches_;
    std::size_t kept_bytes_ = 0;
    // Readers by what can interest them, so that an event looks at few of them.
    std::unordered_map<std::string, Readers> by_stream_;  // category, zero, id
    std::unordered_map<std::string, Readers> by_category_;
    Readers others_;
    std::size_t readers_ = 0;
};

}  // namespace firn
