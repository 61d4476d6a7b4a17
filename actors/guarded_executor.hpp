// The embedder's executor, and the knowledge whether its context still lives.
//
// An embedder may destroy its io_context before the service. From then on nothing may be posted:
// the executor would point at freed memory.
// Thread: any. abandon() returns when no post is under way, and none comes after it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <mutex>
#include <utility>

namespace firn {

class GuardedExecutor {
public:
    explicit GuardedExecutor(boost::asio::any_io_executor executor)
        : executor_(std::move(executor)) {}

    // False: the context is gone, and `function` is left as it was, so that its owner decides
    // where it is destroyed.
    template <class Function>
    bool post(Function& function) {
        const std::lock_guard lock(mutex_);
        if (abandoned_) {
            return false;
        }
        boost::asio::post(executor_, std::move(function));
        return true;
    }

    void abandon() {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
        // A strand would look for its context when it is destroyed; the context still stands now.
        executor_ = {};
    }

    [[nodiscard]] const boost::asio::any_io_executor& get() const noexcept { return executor_; }

private:
    std::mutex mutex_;
    bool abandoned_ = false;
    boost::asio::any_io_executor executor_;
};

}  // namespace firn
