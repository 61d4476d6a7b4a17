#include "service/io_threads.hpp"

#include <algorithm>

namespace firn {

IoThreads::IoThreads(std::size_t count, Report report) : report_(std::move(report)) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
        workers_.emplace_back();
    }
}

IoThreads::~IoThreads() {
    stop();
}

void IoThreads::start() {
    for (auto& worker : workers_) {
        worker.thread = std::thread([this, &worker] { run(worker); });
    }
}

void IoThreads::stop() {
    for (auto& worker : workers_) {
        worker.io.stop();
    }
    for (auto& worker : workers_) {
        if (worker.thread.joinable()) {
            worker.thread.join();
        }
    }
}

std::vector<boost::asio::any_io_executor> IoThreads::executors() {
    std::vector<boost::asio::any_io_executor> all;
    for (auto& worker : workers_) {
        all.emplace_back(worker.io.get_executor());
    }
    return all;
}

void IoThreads::run(Worker& worker) const {
    for (;;) {
        try {
            worker.io.run();
            return;
        } catch (const std::exception& bug) {
            // It ended one piece of work; the others go on.
            report_(bug);
        }
    }
}

}  // namespace firn
