#include "actors/context_watch.hpp"

#include <utility>

namespace firn {

boost::asio::execution_context::id ContextWatch::id;

void ContextWatch::watch(std::weak_ptr<Observer> observer) {
    const std::lock_guard lock(mutex_);
    std::erase_if(observers_, [](const auto& known) { return known.expired(); });
    observers_.push_back(std::move(observer));
}

void ContextWatch::shutdown() noexcept {
    std::vector<std::weak_ptr<Observer>> observers;
    {
        const std::lock_guard lock(mutex_);
        observers.swap(observers_);
    }
    for (const auto& known : observers) {
        if (const auto observer = known.lock()) {
            observer->context_gone();
        }
    }
}

}  // namespace firn
