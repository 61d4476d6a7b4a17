// An io_context with a thread of its own, for tests of what runs on the caller's executor.
// Thread: the test's. Errors: exceptions of a coroutine come out of run().
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <thread>
#include <utility>
#include <vector>

namespace firn::test {

class IoThread {
public:
    explicit IoThread(int threads = 1) {
        for (int i = 0; i < threads; ++i) {
            threads_.emplace_back([this] { io_.run(); });
        }
    }
    // Runs what is left, so stop whatever never ends before.
    ~IoThread() {
        work_.reset();
        for (auto& thread : threads_) {
            thread.join();
        }
    }
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    [[nodiscard]] auto executor() { return io_.get_executor(); }

    // Runs the coroutine and waits for it.
    template <class T>
    T run(boost::asio::awaitable<T> coroutine) {
        return boost::asio::co_spawn(io_, std::move(coroutine), boost::asio::use_future).get();
    }

private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        io_.get_executor()};
    std::vector<std::thread> threads_;
};

}  // namespace firn::test
