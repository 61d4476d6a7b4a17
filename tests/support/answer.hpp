// An answer that comes by a call-back, perhaps from another thread: waited for, or looked at.
// Thread: set from any; the rest by the test's. Errors: a test that waits for what never comes.
#pragma once

#include "storage/errors.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace firn::test {

class Answer {
public:
    // To be called once. It lives on its own, so the Answer may go first.
    [[nodiscard]] std::function<void(error_code)> done() const {
        return [state = state_](error_code error) {
            const std::scoped_lock lock(state->mutex);
            state->error = error;
            state->changed.notify_all();
        };
    }
    [[nodiscard]] error_code wait() const {
        std::unique_lock lock(state_->mutex);
        state_->changed.wait(lock, [this] { return state_->error.has_value(); });
        return *state_->error;
    }
    [[nodiscard]] bool has_come() const {
        const std::scoped_lock lock(state_->mutex);
        return state_->error.has_value();
    }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<error_code> error;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace firn::test
