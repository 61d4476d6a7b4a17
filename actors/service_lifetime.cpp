// How a service hands answers to its executor, and how it ends.
#include "actors/service_impl.hpp"

#include <algorithm>

namespace firn {

// Posted once per group. The service is declared first, so that it outlives the requests.
struct Service::Impl::AnswerGroup {
    std::shared_ptr<Impl> impl;
    CommitRequests group;

    void operator()() { impl->answer_group(group); }
};

void Service::Impl::hand_over(CommitRequests group) {
    AnswerGroup answers{shared_from_this(), std::move(group)};
    if (!context_->executor.post(answers)) {
        // Their coroutines die with the context, on the thread that destroys it.
        const std::lock_guard lock(stop_mutex_);
        orphans_.append(std::move(answers.group));
    }
}

void Service::Impl::answer_group(CommitRequests& group) {
    // An answer runs the caller's code. If that throws, the others are answered all the same.
    struct Rest {
        Impl& impl;
        CommitRequests& group;
        ~Rest() {
            if (!group.empty()) {
                impl.hand_over(std::move(group));
            }
        }
    } rest{*this, group};
    if (const auto pass = context_->gate.enter()) {
        feed_->announce(pass->head_position());
    }
    queue_.answer_all(group);
}

void Service::Impl::arm_idle_timer() {
    const std::lock_guard lock(timer_mutex_);
    if (idle_timer_armed_.load() || !idle_timer_ || closed_.load()) {
        return;
    }
    idle_timer_armed_.store(true);
    using std::chrono::milliseconds;
    const auto tick = milliseconds(context_->limits.idle_after) / StreamDirectory::idle_ticks;
    idle_timer_->expires_after(std::max(tick, milliseconds(1)));
    idle_timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (const auto self = weak.lock(); self && !error) {
            self->idle_tick();
        }
    });
}

void Service::Impl::idle_tick() {
    directory_.tick();
    idle_timer_armed_.store(false);
    // Without actors there is nothing to watch, and the executor may run out of work.
    if (directory_.size() != 0) {
        arm_idle_timer();
    }
}

void Service::Impl::begin_stop() {
    if (closed_.exchange(true)) {
        return;
    }
    {
        const std::lock_guard lock(timer_mutex_);
        if (idle_timer_) {
            idle_timer_->cancel();
        }
    }
    snapshots_->close();
    scheduler_->close();
    compactions_->close();
    vacuuming_.close();
    feed_->close();
    queue_.close();
}

void Service::Impl::when_stopped(Reply<bool> reply) {
    {
        const std::lock_guard lock(stop_mutex_);
        if (!stopped_) {
            stop_waits_.push_back(std::move(reply));
            return;
        }
    }
    std::move(reply).post(true);
}

void Service::Impl::journal_ended() {
    context_->gate.close();
    const std::lock_guard lock(stop_mutex_);
    stopped_ = true;
    // Gone already: a service whose constructor threw. Nobody waits.
    auto self = weak_from_this().lock();
    if (!self || stop_waits_.empty()) {
        return;
    }
    auto answer = [self = std::move(self)] { self->answer_stops(); };
    // If nothing can be posted any more, context_gone lets go of those who wait.
    (void)context_->executor.post(answer);
}

void Service::Impl::answer_stops() {
    std::vector<Reply<bool>> waits;
    {
        const std::lock_guard lock(stop_mutex_);
        waits.swap(stop_waits_);
    }
    for (auto& wait : waits) {
        std::move(wait).answer(true);
    }
}

void Service::Impl::context_gone() {
    context_->executor.abandon();
    closed_.store(true);
    {
        const std::lock_guard lock(timer_mutex_);
        idle_timer_.reset();
    }
    snapshots_->close();
    scheduler_->close();
    compactions_->close();
    vacuuming_.close();
    feed_->abandon();
    queue_.close();
    queue_.join();
    // Unanswered coroutines end here, while what they refer to still exists.
    CommitRequests orphans;
    std::vector<Reply<bool>> stops;
    {
        const std::lock_guard lock(stop_mutex_);
        orphans.append(std::move(orphans_));
        stops.swap(stop_waits_);
    }
    directory_.clear();
}

}  // namespace firn
