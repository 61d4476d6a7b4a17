#include "service/cli/import/batch_queues.hpp"

#include <functional>

namespace firn::cli {

bool BatchQueues::push(StreamBatch batch) {
    auto& queue = queues_[std::hash<std::string>{}(batch.stream()) % queues_.size()];
    const auto size = batch.bytes();
    std::unique_lock lock(mutex_);
    // One batch may be larger than the bound, but then it is alone.
    room_.wait(lock, [&] { return failure_ || bytes_ == 0 || bytes_ + size <= bytes_max_; });
    if (failure_) {
        return false;
    }
    bytes_ += size;
    queue.batches.push_back(std::move(batch));
    queue.work.notify_one();
    return true;
}

void BatchQueues::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (auto& queue : queues_) {
        queue.work.notify_one();
    }
}

std::optional<StreamBatch> BatchQueues::pop(std::size_t sender) {
    auto& queue = queues_[sender];
    std::unique_lock lock(mutex_);
    queue.work.wait(lock, [&] { return failure_ || closed_ || !queue.batches.empty(); });
    if (failure_ || queue.batches.empty()) {
        return std::nullopt;
    }
    std::optional<StreamBatch> batch(std::move(queue.batches.front()));
    queue.batches.pop_front();
    return batch;
}

void BatchQueues::sent(const StreamBatch& batch) {
    const std::lock_guard lock(mutex_);
    bytes_ -= batch.bytes();
    room_.notify_one();
}

void BatchQueues::fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) {
        failure_ = std::move(failure);
    }
    room_.notify_all();
    failing_.notify_all();
    for (auto& queue : queues_) {
        queue.work.notify_one();
    }
}

void BatchQueues::rethrow_failure() const {
    const std::lock_guard lock(mutex_);
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

bool BatchQueues::failed() const {
    const std::lock_guard lock(mutex_);
    return failure_ != nullptr;
}

bool BatchQueues::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !failing_.wait_for(lock, time, [&] { return failure_ != nullptr; });
}

}  // namespace firn::cli
