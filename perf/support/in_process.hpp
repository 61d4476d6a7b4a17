// A Service in this process: calls in flight, and waiting until it has nothing left to do.
// Thread: one, which runs the context. Errors: what a coroutine throws comes out of run_all().
#pragma once

#include "actors/service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

namespace firn::perf {

// Beside each other, until all of them have ended: io.run() would go on for the service's timers.
inline void run_all(boost::asio::io_context& io,
                    std::vector<boost::asio::awaitable<void>> coroutines) {
    auto running = coroutines.size();
    for (auto& coroutine : coroutines) {
        boost::asio::co_spawn(io, std::move(coroutine), [&running](std::exception_ptr failure) {
            if (failure) {
                std::rethrow_exception(failure);
            }
            --running;
        });
    }
    io.restart();
    while (running > 0) {
        io.run_one();
    }
}

inline void run_alone(boost::asio::io_context& io, boost::asio::awaitable<void> coroutine) {
    std::vector<boost::asio::awaitable<void>> alone;
    alone.push_back(std::move(coroutine));
    run_all(io, std::move(alone));
}

// Until no snapshot is due any more, and all that were taken are written.
inline void wait_for_snapshots(boost::asio::io_context& io, const Service& service) {
    for (;;) {
        const auto snapshots = service.stats().snapshots;
        if (snapshots.due == 0 && snapshots.store.waiting == 0) {
            return;
        }
        io.restart();
        io.run_for(std::chrono::milliseconds(5));
    }
}

}  // namespace firn::perf
