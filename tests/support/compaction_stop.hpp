// Holds compactions where a test wants them: at the first step of that name, until they may go on.
// Thread: any. Errors: a test that forgets to let go hangs.
#pragma once

#include "actors/service.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace firn::test {

class CompactionStop {
public:
    explicit CompactionStop(std::string step) : state_(std::make_shared<State>(std::move(step))) {}
    ~CompactionStop() { let_go(); }
    CompactionStop(const CompactionStop&) = delete;
    CompactionStop& operator=(const CompactionStop&) = delete;

    [[nodiscard]] ServiceConfig config() const {
        ServiceConfig config;
        config.compaction.jobs_max = 1;
        config.compaction.at_step = [state = state_](std::string_view step) { state->at(step); };
        return config;
    }
    void wait_until_there() const {
        std::unique_lock lock(state_->mutex);
        state_->changed.wait(lock, [this] { return state_->there; });
    }
    void let_go() const {
        const std::lock_guard lock(state_->mutex);
        state_->open = true;
        state_->changed.notify_all();
    }

private:
    struct State {
        explicit State(std::string wanted) : step(std::move(wanted)) {}
        void at(std::string_view reached) {
            std::unique_lock lock(mutex);
            if (reached != step) {
                return;
            }
            there = true;
            changed.notify_all();
            changed.wait(lock, [this] { return open; });
        }

        const std::string step;
        std::mutex mutex;
        std::condition_variable changed;
        bool there = false;
        bool open = false;
    };
    std::shared_ptr<State> state_;
};

}  // namespace firn::test
