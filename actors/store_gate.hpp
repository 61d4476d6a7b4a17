// The way to the store, which closes while others may be reading.
//
// Actors read in slices, each inside a Pass; close() lets those under way end, then destroys the
// store. Whoever comes later finds no store.
// Thread: any; close() once at a time.
#pragma once

#include "actors/closed_store.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace firn {

class StoreGate {
public:
    // Never held across a wait.
    class Pass {
    public:
        Pass() = default;  // to no store
        explicit Pass(const StoreGate& gate) : lock_(gate.mutex_), store_(gate.store_.get()) {}
        [[nodiscard]] explicit operator bool() const noexcept { return store_ != nullptr; }
        EventStore* operator->() const noexcept { return store_; }
        EventStore& operator*() const noexcept { return *store_; }

    private:
        std::shared_lock<std::shared_mutex> lock_;
        EventStore* store_ = nullptr;
    };

    explicit StoreGate(std::unique_ptr<EventStore> store)
        : store_(std::move(store)), current_(store_.get()) {}

    [[nodiscard]] Pass enter() const { return Pass(*this); }

    void close() {
        current_.store(&closed_, std::memory_order_release);
        std::unique_ptr<EventStore> last;
        {
            const std::lock_guard lock(mutex_);
            last = std::move(store_);
        }
    }

    // Without a pass: for the journal thread, which ends before the gate closes, and for callers
    // who promise to be done before they stop the service.
    [[nodiscard]] EventStore& store() noexcept { return *current_.load(std::memory_order_acquire); }
    [[nodiscard]] const EventStore& store() const noexcept {
        return *current_.load(std::memory_order_acquire);
    }

private:
    mutable std::shared_mutex mutex_;
    std::unique_ptr<EventStore> store_;
    ClosedStore closed_;
    std::atomic<EventStore*> current_;
};

}  // namespace firn
