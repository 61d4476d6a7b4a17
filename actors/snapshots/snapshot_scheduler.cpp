#include "actors/snapshots/snapshot_scheduler.hpp"

#include <algorithm>

namespace firn {

namespace {

// Of the time while appends go on, one part in twenty.
constexpr int pause_factor = 19;
constexpr std::chrono::seconds pause_max{1};
constexpr std::chrono::seconds retry_after{1};

}  // namespace

SnapshotScheduler::SnapshotScheduler(std::shared_ptr<ActorContext> context, FindActor find_actor)
    : context_(std::move(context)),
      find_actor_(std::move(find_actor)),
      timer_(std::make_unique<boost::asio::steady_timer>(context_->executor.get())) {}

bool SnapshotScheduler::add(const StreamName& stream) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || waiting_.size() >= waiting_max) {
            return false;
        }
        waiting_.push_back(stream);
    }
    schedule_pump();
    return true;
}

void SnapshotScheduler::add_again(const StreamName& stream) {
    const std::lock_guard lock(mutex_);
    if (!closed_ && failed_.size() < waiting_max &&
        std::ranges::find(failed_, stream) == failed_.end()) {
        failed_.push_back(stream);
        arm(retry_after);
    }
}

void SnapshotScheduler::one_ended() {
    {
        const std::lock_guard lock(mutex_);
        running_ = 0;
        const auto time = Clock::now();
        const bool busy = context_->counters.commits.value() != commits_seen_;
        resume_at_ =
            busy ? time + std::min<Clock::duration>((time - started_) * pause_factor, pause_max)
                 : time;
    }
    schedule_pump();
}

void SnapshotScheduler::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    timer_.reset();
    find_actor_ = nullptr;
    waiting_.clear();
    failed_.clear();
}

std::uint64_t SnapshotScheduler::due() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size() + failed_.size() + running_;
}

void SnapshotScheduler::schedule_pump() {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || pump_posted_ || running_ != 0 || waiting_.empty()) {
            return;
        }
        if (const auto time = Clock::now(); time < resume_at_) {
            arm(resume_at_ - time);
            return;
        }
        pump_posted_ = true;
    }
    auto pump = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->pump();
        }
    };
    context_->executor.post(pump);
}

void SnapshotScheduler::pump() {
    std::shared_ptr<StreamActor> actor;
    {
        const std::lock_guard lock(mutex_);
        pump_posted_ = false;
        if (closed_ || running_ != 0 || waiting_.empty()) {
            return;
        }
        actor = find_actor_(waiting_.front());
        waiting_.pop_front();
        running_ = 1;
        started_ = Clock::now();
        commits_seen_ = context_->counters.commits.value();
    }
    actor->snapshot_by_policy();
}

// Under the mutex.
void SnapshotScheduler::arm(Clock::duration after) {
    if (std::exchange(timer_armed_, true)) {
        return;
    }
    timer_->expires_after(after);
    timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!self || error) {
            return;
        }
        {
            const std::lock_guard lock(self->mutex_);
            self->timer_armed_ = false;
            for (auto& stream : self->failed_) {
                self->waiting_.push_back(std::move(stream));
            }
            self->failed_.clear();
        }
        self->schedule_pump();
    });
}

}  // namespace firn
