// The program's threads: each runs an io_context of its own.
//
// One io_context with several threads hands nearly every event from thread to thread: on two
// cores, cached states were answered at 37,000/s that way, and at 92,000/s by one thread alone.
// So connections are spread over contexts and stay where they are.
// Thread: the constructor's; stop() from any. Errors: what a handler lets through is reported and
// ends that handler only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <deque>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace firn {

class IoThreads {
public:
    using Report = std::function<void(const std::exception&)>;

    // The contexts; nothing runs before start().
    IoThreads(std::size_t count, Report report);
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    void start();
    // Ends all threads, wherever they are; the contexts stay until destruction.
    void stop();

    [[nodiscard]] std::size_t count() const noexcept { return workers_.size(); }
    // The first context's: for what is one of a kind.
    [[nodiscard]] boost::asio::io_context::executor_type executor() noexcept {
        return workers_.front().io.get_executor();
    }
    [[nodiscard]] std::vector<boost::asio::any_io_executor> executors();

private:
    struct Worker {
        boost::asio::io_context io{1};
        boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
            io.get_executor()};
        std::thread thread;
    };
    void run(Worker& worker) const;

    Report report_;
    std::deque<Worker> workers_;
};

}  // namespace firn
