// Batches between the reader and the senders: one queue for each sender, so that a stream's
// batches, which all go to the same one, stay in order; one bound over all.
// Thread: any. Errors: a failure that anybody reports ends the waits of all.
#pragma once

#include "service/cli/import/stream_batch.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <vector>

namespace firn::cli {

class BatchQueues {
public:
    // `bytes_max`: of batches queued or being sent; then push() waits.
    BatchQueues(std::size_t senders, std::size_t bytes_max)
        : queues_(senders), bytes_max_(bytes_max) {}

    // False: somebody failed, stop reading.
    [[nodiscard]] bool push(StreamBatch batch);
    // Nothing more will be pushed.
    void close();

    // None: closed and empty, or somebody failed.
    [[nodiscard]] std::optional<StreamBatch> pop(std::size_t sender);
    // A batch that was popped is on the server.
    void sent(const StreamBatch& batch);

    // The first failure stays.
    void fail(std::exception_ptr failure);
    // Once all senders have ended.
    void rethrow_failure() const;
    [[nodiscard]] bool failed() const;
    // Waits, but not past a failure; false then.
    [[nodiscard]] bool pause(std::chrono::milliseconds time);

private:
    struct Queue {
        std::deque<StreamBatch> batches;
        std::condition_variable work;
    };

    mutable std::mutex mutex_;
    std::condition_variable room_;     // the reader waits
    std::condition_variable failing_;  // pauses wait
    std::vector<Queue> queues_;
    const std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    bool closed_ = false;
    std::exception_ptr failure_;
};

}  // namespace firn::cli
