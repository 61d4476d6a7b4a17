// Tells those who follow the feed what was committed: read once, rendered once, for all of them.
//
// While somebody follows, one coroutine reads what is new from the store into a batch, keeps the
// newest batches within a bound, and wakes the readers whose filter lets something of it through;
// the others stay asleep, and are told later that there was nothing for them. A reader that is too
// slow finds its place gone, reads on from the store, and comes back. So nobody waits for it.
//
// A busy feed is looked at every `pace`, so that a hundred readers are not woken by each commit;
// after a pause, the first event goes out at once.
// Thread: all functions from any. Errors: none; if the store cannot be read, all are woken and
// find their place gone, and hear it from the store themselves.
#pragma once

#include "actors/service.hpp"
#include "service/routes/live/live_batch.hpp"
#include "service/routes/live/live_readers.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>

namespace firn {

class LiveFeed : public std::enable_shared_from_this<LiveFeed> {
public:
    struct Config {
        std::size_t kept_bytes_max = 8u << 20;  // of batches kept for readers that are behind
        std::chrono::milliseconds pace{5};
        std::chrono::milliseconds idle{10'000};  // how long it goes on when nobody follows
        std::uint32_t batch_events_max = 1'000;
    };

    // The service must outlive it until async_close() is done.
    LiveFeed(boost::asio::any_io_executor executor, Service& service, Config config);
    LiveFeed(boost::asio::any_io_executor executor, Service& service)
        : LiveFeed(std::move(executor), service, Config{}) {}
    ~LiveFeed();

    // Before a reader reads from the store: what comes from now on is kept, so that the place where
    // its reading ends is not gone at once.
    void follow();

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
    // nothing: reading goes on from there.
    boost::asio::awaitable<Position> wait(Position after, LiveInterest interest,
                                          std::chrono::milliseconds at_most);

    // Wakes everybody, now and later: readers end.
    void close();
    [[nodiscard]] bool closed() const noexcept { return closed_.load(); }
    // Done when nothing here reads from the service any more. Once.
    boost::asio::awaitable<void> async_close();

    struct Counts {
        std::size_t waiting = 0;    // readers
        std::uint64_t waited = 0;   // readers, each time that one began to wait
        std::uint64_t woken = 0;    // readers, by an event, a failure or the close
        std::uint64_t batches = 0;  // read from the store
        std::size_t kept_bytes = 0;
        bool reading = false;  // somebody follows, or did lately
    };
    [[nodiscard]] Counts counts();

private:
    static boost::asio::awaitable<void> pump(std::shared_ptr<LiveFeed> self);
    // What is new; false: the store could not be read.
    [[nodiscard]] bool read_new();
    void pump_ended();

    [[nodiscard]] Position seen();
    // Closed, or nobody has followed for a while.
    [[nodiscard]] bool ends();

    // Under mutex_. False: it is closed.
    [[nodiscard]] bool begin_to_follow();
    // Under mutex_. False: there is something new already, or nothing ever will be.
    [[nodiscard]] bool add(const std::shared_ptr<LiveReader>& reader);
    void start_pump();
    void stop_reading();
    void keep(const std::shared_ptr<const LiveBatch>& batch);

    const boost::asio::any_io_executor executor_;
    Service& service_;
    const Config config_;
    std::atomic<bool> closed_{false};

    std::mutex mutex_;
    bool reading_ = false;
    Position seen_;  // while reading: nothing before it is new
    std::chrono::steady_clock::time_point followed_at_;
    std::deque<std::shared_ptr<const LiveBatch>> batches_;
    std::size_t kept_bytes_ = 0;
    std::uint64_t batches_read_ = 0;
    LiveReaders readers_;
    int pumps_ = 0;                       // one that has stopped may not have ended yet
    std::shared_ptr<LiveReader> closer_;  // waits for their end
};

}  // namespace firn
