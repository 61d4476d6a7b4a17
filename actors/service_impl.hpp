// What a Service is made of, and how calls go through it.
//
// Lifetime: the Service holds it, and so does whatever of it is posted to the executor; so a
// Service may be destroyed while answers are still on their way. If the executor's context is
// destroyed first, context_gone() ends the journal thread, lets go of every waiting coroutine, and
// nothing is posted afterwards.
// Thread: any, unless said otherwise.
#pragma once

#include "actors/commit_queue.hpp"
#include "actors/context_watch.hpp"
#include "actors/feed.hpp"
#include "actors/stream_directory.hpp"
#include "actors/write_call.hpp"

#include <boost/asio/steady_timer.hpp>

namespace firn {

class Service::Impl final : public ContextWatch::Observer,
                            public std::enable_shared_from_this<Service::Impl> {
public:
    Impl(boost::asio::any_io_executor executor, const ServiceConfig& config,
         std::unique_ptr<EventStore> store);
    // After the constructor: hears of the context's end.
    void watch_context();

    void append(AppendRequest request, StreamWrite::Kind kind, Reply<AppendOutcome> reply);
    void transact(Transaction transaction, Reply<TransactionOutcome> reply);

    [[nodiscard]] std::optional<StateView> cached_state(const StreamName& stream);
    void head_state(const StreamName& stream, Reply<StateResult> reply);
    void old_state(const StreamName& stream, Version version, Reply<StateResult> reply);
    // Nothing, or why there is no state at `version`; sets is_head if it is the head's.
    [[nodiscard]] std::optional<StateFailure> check_version(const StreamName& stream,
                                                            Version version, bool& is_head);

    void begin_stop();
    void join() { queue_.join(); }
    // Answered when the journal thread is at its end.
    void when_stopped(Reply<bool> reply);

    [[nodiscard]] const std::shared_ptr<Feed>& feed() const noexcept { return feed_; }
    [[nodiscard]] const EventStore& store() const noexcept { return context_->gate.store(); }
    [[nodiscard]] ServiceStats stats() const;

private:
    void context_gone() override;

    struct AnswerGroup;

    // Journal thread.
    void hand_over(CommitRequests group);
    void journal_ended();

    // Executor.
    void answer_group(CommitRequests& group);
    void answer_stops();

    template <class Outcome>
    void write(Transaction transaction, Reply<Outcome> reply);
    [[nodiscard]] std::shared_ptr<StreamActor> actor_of(const StreamName& stream);
    void arm_idle_timer();
    void idle_tick();

    const std::shared_ptr<ActorContext> context_;
    StreamDirectory directory_;
    const std::shared_ptr<Feed> feed_;
    std::atomic<bool> closed_{false};

    std::mutex timer_mutex_;
    std::unique_ptr<boost::asio::steady_timer> idle_timer_;
    std::atomic<bool> idle_timer_armed_{false};

    std::mutex stop_mutex_;
    bool stopped_ = false;
    std::vector<Reply<bool>> stop_waits_;
    CommitRequests orphans_;  // groups that could not be posted any more

    CommitQueue queue_;  // last: its thread uses all of the above
};

}  // namespace firn
