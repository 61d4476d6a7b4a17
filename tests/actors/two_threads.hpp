// A service over a memory store, and two threads that run coroutines on it until the last one has
// ended.
#pragma once

#include "actors/service.hpp"
#include "storage/memory/memory_store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <exception>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace firn::test {

struct TwoThreads {
    explicit TwoThreads(ServiceConfig config = {})
        : service(io.get_executor(), config, make_memory_store()) {}

    void spawn(boost::asio::awaitable<void> work) {
        ++running;
        boost::asio::co_spawn(io, std::move(work), [this](std::exception_ptr failure) {
            failures += failure ? 1 : 0;
            if (--running == 0) {
                service.stop();
            }
        });
    }
    void run() {
        std::thread other([this] { io.run(); });
        io.run();
        other.join();
        BOOST_TEST(failures == 0);
    }

    boost::asio::io_context io{2};
    Service service;
    std::atomic<int> running{0};
    std::atomic<int> failures{0};
};

// Rethrows what a part threw.
inline boost::asio::awaitable<void> until_all_end(std::vector<std::future<void>>& parts) {
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
    for (auto& part : parts) {
        while (part.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
            pause.expires_after(std::chrono::milliseconds{1});
            co_await pause.async_wait(boost::asio::use_awaitable);
        }
        part.get();
    }
}

}  // namespace firn::test
