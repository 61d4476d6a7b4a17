// What a Service is made of, and how calls go through it.
//
// Lifetime: the Service holds it, and so does whatever of it is posted to the executor; so a
// Service may be destroyed while answers are still on their way. If the executor's context is
// destroyed first, context_gone() ends the journal thread, lets go of every waiting coroutine, and
// nothing is posted afterwards.
// Thread: any, unless said otherwise.
#pragma once

#include "actors/catch_up.hpp"
#include "actors/commit_queue.hpp"
#include "actors/compaction/compaction_scheduler.hpp"
#include "actors/context_watch.hpp"
#include "actors/feed.hpp"
#include "actors/snapshots/snapshot_scheduler.hpp"
#include "actors/stream_directory.hpp"
#include "actors/vacuuming.hpp"
#include "actors/write_call.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace firn {

class Service::Impl final : public ContextWatch::Observer,
                            public ActorHost,
                            public std::enable_shared_from_this<Service::Impl> {
public:
    Impl(boost::asio::any_io_executor executor, const ServiceConfig& config,
         std::unique_ptr<EventStore> store);
    // After the constructor: hears of the context's end, and of its actors.
    void watch_context();

    void append(AppendRequest request, StreamWrite::Kind kind, Reply<AppendOutcome> reply);
    void transact(Transaction transaction, Reply<TransactionOutcome> reply);
    // What begin_compacted needs of the category's decider, and what keeps that as it is; the
    // transaction is complete.
    [[nodiscard]] result<std::shared_ptr<void>> prepare_start(Transaction& transaction) const;
    void transact_all(std::vector<Transaction> transactions,
                      Reply<std::vector<TransactionOutcome>> reply);

    void execute(CommandRequest request, Reply<CommandOutcome> reply);
    void take_snapshot(const StreamName& stream, Reply<StreamActor::SnapshotAnswer> reply);
    void put_snapshot(const StreamName& stream, Snapshot snapshot,
                      Reply<StreamActor::SnapshotAnswer> reply);
    void set_category(const std::string& category, std::optional<CategorySettings> settings,
                      Reply<SettingsOutcome> reply);
    void set_stream_policy(const StreamName& stream, std::optional<SnapshotSettings> policy,
                           Reply<SettingsOutcome> reply);
    [[nodiscard]] const std::shared_ptr<CategoryRegistry>& categories() const noexcept {
        return context_->categories;
    }
    void set_subscription(const std::string& name, SubscriptionSettings settings,
                          Reply<SubscriptionOutcome> reply);
    void delete_subscription(const std::string& name, Reply<SubscriptionOutcome> reply);
    void acknowledge(const std::string& name, Position position, Reply<SubscriptionOutcome> reply);
    [[nodiscard]] const std::shared_ptr<SubscriptionRegistry>& subscriptions() const noexcept {
        return context_->subscriptions;
    }
    // The newest that a client put, for categories with an external decider.
    [[nodiscard]] std::optional<StateResult> external_state(const StreamName& stream,
                                                            std::optional<Version> version);
    [[nodiscard]] const std::shared_ptr<Compactions>& compactions() const noexcept {
        return compactions_;
    }
    [[nodiscard]] const std::shared_ptr<CompactionScheduler>& scheduler() const noexcept {
        return scheduler_;
    }
    [[nodiscard]] Vacuuming& vacuuming() noexcept { return vacuuming_; }
    [[nodiscard]] result<VacuumNeeds> vacuum_needs() const;
    [[nodiscard]] CategoryAdvice advise(const std::string& category) const;
    [[nodiscard]] SnapshotResult saved_snapshot(const StreamName& stream, Version version) const;

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
    [[nodiscard]] std::unique_ptr<CatchUp> catch_up(FeedQuery query) const;
    [[nodiscard]] result<Version> head_version(const StreamName& stream) const;
    [[nodiscard]] std::optional<CommandOutcome> recall(const StreamName& stream,
                                                       const EventId& command) const;
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

    // ActorHost
    void start_write(std::unique_ptr<WriteRequest> request) override;
    error_code enqueue(CommitRequests& requests) override;
    [[nodiscard]] bool snapshot_due(const StreamName& stream) override;
    void snapshot_failed(const StreamName& stream) override;
    void snapshot_handed_over() override;
    void live_state(const StreamName& stream, Reply<StateResult> reply) override;
    void policy_ended(const StreamName& stream) override;

    // Whether each stream occurs once, and there is one. Puts events where there were none.
    [[nodiscard]] static bool complete(Transaction& transaction);
    [[nodiscard]] static bool begins_compacted(const Transaction& transaction);
    // The error if there was no room for it; it was answered then.
    error_code try_write(std::unique_ptr<WriteRequest> request);
    enum class Admitted : std::uint8_t { yes, parked, no };
    [[nodiscard]] Admitted admit(std::unique_ptr<WriteRequest>& request);
    // Answers through the executor, from any thread.
    template <class T>
    [[nodiscard]] std::function<void(T)> answering(Reply<T> reply);
    [[nodiscard]] std::shared_ptr<StreamActor> actor_of(const StreamName& stream);
    void arm_idle_timer();
    void idle_tick();

    const std::shared_ptr<ActorContext> context_;
    StreamDirectory directory_;
    const std::shared_ptr<Feed> feed_;
    const std::shared_ptr<SnapshotScheduler> snapshots_;
    const std::shared_ptr<Compactions> compactions_;
    const std::shared_ptr<CompactionScheduler> scheduler_;
    Vacuuming vacuuming_;
    const std::shared_ptr<CatchUpBudget> catch_up_budget_;
    // Gathers for readers that catch up: that takes tens of milliseconds, too long for a thread
    // that serves.
    const std::unique_ptr<boost::asio::thread_pool> gatherer_;
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

template <class T>
std::function<void(T)> Service::Impl::answering(Reply<T> reply) {
    return [context = context_,
            waiting = std::make_shared<Reply<T>>(std::move(reply))](T value) mutable {
        auto answer = [waiting, value = std::move(value)]() mutable {
            std::move(*waiting).answer(std::move(value));
        };
        context->executor.post(answer);
    };
}

}  // namespace firn
