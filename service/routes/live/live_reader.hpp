// One that waits for the live feed. A timer is what suspends it; waking is cancelling the timer.
// Thread: start() once; then everything under the mutex of the feed that it waits for.
// Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace firn {

// What a reader waits for: entries of one stream, or those that pass the filters of a query. One
// of the two; it must live as long as the wait.
struct LiveInterest {
    const FeedQuery* query = nullptr;
    const StreamName* stream = nullptr;
};

class LiveReader : public std::enable_shared_from_this<LiveReader> {
public:
    using List = std::list<std::shared_ptr<LiveReader>>;
    using Lists = std::unordered_map<std::string, List>;

    LiveReader(const boost::asio::any_io_executor& executor, std::chrono::milliseconds at_most,
               Position from, LiveInterest in)
        : after(from), interest(in), timer_(executor, at_most) {}

    template <class Handler>
    void start(Handler handler) {
        const auto executor = boost::asio::get_associated_executor(handler);
        timer_.async_wait(boost::asio::bind_executor(
            executor, [self = shared_from_this(), handler = std::move(handler)](
                          const boost::system::error_code&) mutable { std::move(handler)(); }));
    }
    void wake() { timer_.cancel(); }

    Position after;  // nothing up to here is new to it
    const LiveInterest interest;

    // Where it is listed; kept by LiveReaders.
    struct Place {
        Lists* lists = nullptr;  // null: not one of several
        std::string key;
        List::iterator at;
    };
    std::vector<Place> places;
    bool listed = false;

private:
    boost::asio::steady_timer timer_;
};

}  // namespace firn
