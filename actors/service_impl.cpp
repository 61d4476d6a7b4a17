#include "actors/service_impl.hpp"

#include "actors/commands/command_events.hpp"
#include "actors/deciders/external.hpp"
#include "actors/gathered_write.hpp"
#include "actors/version_read.hpp"

#include <boost/asio/query.hpp>

#include <algorithm>

namespace firn {

namespace {

// Each holds about 100 MB while it catches up; further ones read small windows.
constexpr std::size_t fast_readers_max = 4;

}  // namespace

Service::Impl::Impl(boost::asio::any_io_executor executor, const ServiceConfig& config,
                    std::unique_ptr<EventStore> store)
    : context_(std::make_shared<ActorContext>(std::move(executor), config, std::move(store))),
      directory_(*context_),
      feed_(std::make_shared<Feed>(context_->gate.store().head_position())),
      snapshots_(std::make_shared<SnapshotScheduler>(
          context_, [this](const StreamName& stream) { return actor_of(stream); })),
      compactions_(std::make_shared<Compactions>(context_, config.compaction)),
      scheduler_(std::make_shared<CompactionScheduler>(context_, compactions_, config.compaction)),
      vacuuming_(context_->gate),
      catch_up_budget_(std::make_shared<CatchUpBudget>(fast_readers_max)),
      gatherer_(std::make_unique<boost::asio::thread_pool>(1)),
      idle_timer_(std::make_unique<boost::asio::steady_timer>(context_->executor.get())),
      queue_(context_->gate.store(), config.commit, context_->counters,
             {[this](CommitRequests group) { hand_over(std::move(group)); },
              [this] { journal_ended(); }}) {}

void Service::Impl::watch_context() {
    context_->host = std::shared_ptr<ActorHost>(shared_from_this());
    auto& context = boost::asio::query(context_->executor.get(), boost::asio::execution::context);
    boost::asio::use_service<ContextWatch>(context).watch(weak_from_this());
    compactions_->resume();
    scheduler_->settings_changed();
}

void Service::Impl::append(AppendRequest request, StreamWrite::Kind kind,
                           Reply<AppendOutcome> reply) {
    if (kind == StreamWrite::Kind::append && (!request.events || request.events->empty())) {
        std::move(reply).post(WriteCall<AppendOutcome>::refusal(actor_errc::bad_request));
        return;
    }
    Transaction transaction;
    transaction.writes.push_back(
        {std::move(request.stream), request.expected, kind, std::move(request.events)});
    start_write(
        std::make_unique<WriteCall<AppendOutcome>>(std::move(transaction), std::move(reply)));
}

bool Service::Impl::complete(Transaction& transaction) {
    std::vector<const StreamName*> names;
    for (auto& entry : transaction.writes) {
        names.push_back(&entry.stream);
        if (!entry.events) {
            entry.events = std::make_shared<const EncodedEvents>();
        }
    }
    const auto less = [](const StreamName* a, const StreamName* b) { return *a < *b; };
    const auto equal = [](const StreamName* a, const StreamName* b) { return *a == *b; };
    std::sort(names.begin(), names.end(), less);
    const bool twice = std::adjacent_find(names.begin(), names.end(), equal) != names.end();
    return !names.empty() && !twice;
}

bool Service::Impl::begins_compacted(const Transaction& transaction) {
    return std::ranges::any_of(transaction.writes, [](const StreamWrite& write) {
        return write.kind == StreamWrite::Kind::begin_compacted;
    });
}

result<std::shared_ptr<void>> Service::Impl::prepare_start(Transaction& transaction) const {
    auto& write = transaction.writes.front();
    if (transaction.writes.size() != 1 || !write.anchor ||
        write.anchor->facts.version == no_version) {
        return make_error_code(actor_errc::bad_request);
    }
    const auto& category = write.stream.category;
    const auto by = context_->categories->find_set(category);
    if (!by || !by->settings.decider || by->decider_kind() != write.anchor->facts.decider_kind) {
        return make_error_code(actor_errc::decider_not_declared);
    }
    if (write.anchor->state.size() > by->state_bytes_max) {
        return make_error_code(storage_errc::too_large);
    }
    auto anchor = std::make_shared<Snapshot>(*write.anchor);
    anchor->facts.revision = by->revision;
    write.anchor = std::move(anchor);
    // As for a cut: a decider that could do nothing with the state must not take over meanwhile.
    if (!context_->categories->begin_cut(category, by->revision)) {
        return make_error_code(actor_errc::plan_changed);
    }
    return std::shared_ptr<void>(nullptr, [context = context_, category](void*) {
        context->categories->end_cut(category, true);
    });
}

void Service::Impl::transact(Transaction transaction, Reply<TransactionOutcome> reply) {
    if (!complete(transaction) || begins_compacted(transaction)) {
        std::move(reply).post(WriteCall<TransactionOutcome>::refusal(actor_errc::bad_request));
        return;
    }
    start_write(
        std::make_unique<WriteCall<TransactionOutcome>>(std::move(transaction), std::move(reply)));
}

void Service::Impl::transact_all(std::vector<Transaction> transactions,
                                 Reply<std::vector<TransactionOutcome>> reply) {
    const auto gathering = std::make_shared<Gathering>(transactions.size(), std::move(reply));
    error_code no_room;
    for (std::size_t i = 0; i != transactions.size(); ++i) {
        result<std::shared_ptr<void>> guard;
        if (!complete(transactions[i])) {
            guard = make_error_code(actor_errc::bad_request);
        } else if (no_room) {
            guard = no_room;
        } else if (begins_compacted(transactions[i])) {
            guard = prepare_start(transactions[i]);
        }
        auto request = std::make_unique<GatheredWrite>(std::move(transactions[i]), gathering, i);
        if (!guard) {
            request->refuse(guard.error());
            continue;
        }
        request->hold(std::move(*guard));
        no_room = try_write(std::move(request));
    }
}

void Service::Impl::start_write(std::unique_ptr<WriteRequest> request) {
    (void)try_write(std::move(request));
}

error_code Service::Impl::try_write(std::unique_ptr<WriteRequest> request) {
    if (closed_.load()) {
        request->refuse(actor_errc::closed);
        return actor_errc::closed;
    }
    switch (admit(request)) {
        case Admitted::parked: return {};
        case Admitted::no:
            context_->counters.overloads.add();
            request->refuse(actor_errc::overloaded);
            return actor_errc::overloaded;
        case Admitted::yes: break;
    }
    auto* refused = request.get();
    std::unique_ptr<CommitRequest> queued = std::move(request);
    if (const auto error = queue_.submit(queued)) {
        context_->counters.overloads.add(error == actor_errc::overloaded ? 1 : 0);
        refused->refuse(error);
        return error;
    }
    return {};
}

// All of its actors or none: one that has commands waiting keeps it until they are decided.
Service::Impl::Admitted Service::Impl::admit(std::unique_ptr<WriteRequest>& request) {
    using Admission = StreamActor::Admission;
    for (;;) {
        WriteRequest::Actors admitted;
        std::shared_ptr<StreamActor> busy;
        bool overloaded = false;
        for (const auto& write : request->transaction().writes) {
            auto actor = actor_of(write.stream);
            const auto admission = actor->begin_write(request->has_waited());
            if (admission == Admission::admitted) {
                admitted.push_back(std::move(actor));
                continue;
            }
            overloaded = admission == Admission::overloaded;
            busy = std::move(actor);
            break;
        }
        if (!busy) {
            request->set_actors(std::move(admitted));
            return Admitted::yes;
        }
        for (const auto& actor : admitted) {
            actor->withdraw_write();
        }
        if (overloaded) {
            return Admitted::no;
        }
        if (busy->park(request)) {
            return Admitted::parked;
        }
    }
}

error_code Service::Impl::enqueue(CommitRequests& requests) {
    return queue_.submit_all(requests);
}

std::shared_ptr<StreamActor> Service::Impl::actor_of(const StreamName& stream) {
    if (!idle_timer_armed_.load(std::memory_order_relaxed)) {
        arm_idle_timer();
    }
    return directory_.find_or_make(stream);
}

std::optional<StateView> Service::Impl::cached_state(const StreamName& stream) {
    if (closed_.load(std::memory_order_relaxed)) {
        return std::nullopt;
    }
    auto view = directory_.cached_state(stream);
    if (view) {
        context_->counters.states_served.add();
        context_->counters.states_from_cache.add();
    }
    return view;
}

void Service::Impl::head_state(const StreamName& stream, Reply<StateResult> reply) {
    if (closed_.load()) {
        std::move(reply).post(StateFailure{actor_errc::closed, {}, {}});
        return;
    }
    actor_of(stream)->state(std::move(reply));
}

void Service::Impl::live_state(const StreamName& stream, Reply<StateResult> reply) {
    head_state(stream, std::move(reply));
}

void Service::Impl::old_state(const StreamName& stream, Version version, Reply<StateResult> reply) {
    if (closed_.load()) {
        std::move(reply).post(StateFailure{actor_errc::closed, {}, {}});
        return;
    }
    auto actor = actor_of(stream);
    if (const auto error = actor->begin_read()) {
        context_->counters.overloads.add();
        std::move(reply).post(StateFailure{error, {}, {}});
        return;
    }
    std::make_shared<VersionRead>(context_, std::move(actor), version, std::move(reply))->start();
}

std::unique_ptr<CatchUp> Service::Impl::catch_up(FeedQuery query) const {
    return std::make_unique<CatchUp>(gatherer_->get_executor(), store(), std::move(query),
                                     catch_up_budget_);
}

result<VacuumNeeds> Service::Impl::vacuum_needs() const {
    const auto pass = context_->gate.enter();
    return pass ? pass->vacuum_needs() : make_error_code(actor_errc::closed);
}

result<Version> Service::Impl::head_version(const StreamName& stream) const {
    const auto pass = context_->gate.enter();
    if (!pass) {
        return make_error_code(actor_errc::closed);
    }
    return pass->head_version(stream);
}

std::optional<CommandOutcome> Service::Impl::recall(const StreamName& stream,
                                                    const EventId& command) const {
    const auto pass = context_->gate.enter();
    if (!pass) {
        CommandOutcome outcome;
        outcome.error = actor_errc::closed;
        return outcome;
    }
    auto known = find_command(*pass, stream, command);
    context_->counters.replays.add(known && !known->error ? 1 : 0);
    return known;
}

std::optional<StateFailure> Service::Impl::check_version(const StreamName& stream, Version version,
                                                         bool& is_head) {
    const auto pass = context_->gate.enter();
    if (!pass) {
        return StateFailure{actor_errc::closed, {}, {}};
    }
    const auto head = pass->head_version(stream);
    if (!head) {
        return StateFailure{head.error(), {}, {}};
    }
    if (*head == no_version) {
        return StateFailure{storage_errc::stream_not_found, {}, {}};
    }
    if (version > *head) {
        return StateFailure{storage_errc::version_not_found, *head, {}};
    }
    is_head = version == *head;
    return std::nullopt;
}

ServiceStats Service::Impl::stats() const {
    const auto& counters = context_->counters;
    ServiceStats stats;
    stats.store = store().stats();
    stats.actors_cached = directory_.size();
    stats.actor_bytes = counters.actor_bytes.value();
    stats.actors_evicted = counters.actors_evicted.value();
    stats.queue_waiting = queue_.waiting();
    stats.queue_waiting_bytes = queue_.waiting_bytes();
    stats.commits = counters.commits.value();
    stats.appends = counters.appends.value();
    stats.events_appended = counters.events_appended.value();
    stats.conflicts = counters.conflicts.value();
    stats.replays = counters.replays.value();
    stats.overloads = counters.overloads.value();
    stats.states_served = counters.states_served.value();
    stats.states_from_cache = counters.states_from_cache.value();
    stats.events_applied = counters.events_applied.value();
    stats.snapshots.taken = counters.snapshots_taken.value();
    stats.snapshots.failed = counters.snapshots_failed.value();
    stats.snapshots.used = counters.snapshots_used.value();
    stats.snapshots.passed_over = counters.snapshots_passed_over.value();
    stats.snapshots.due = snapshots_->due();
    stats.snapshots.store = store().snapshots().snapshot_stats();
    stats.commands = counters.commands.value();
    stats.commands_rejected = counters.commands_rejected.value();
    stats.compactions.succeeded = counters.compactions_succeeded.value();
    stats.compactions.skipped = counters.compactions_skipped.value();
    stats.compactions.failed = counters.compactions_failed.value();
    stats.compactions.cancelled = counters.compactions_cancelled.value();
    stats.compactions.events_deleted = counters.events_compacted.value();
    stats.compactions.bytes_deleted = counters.bytes_compacted.value();
    const auto load = compactions_->load();
    stats.compactions.running = load.running;
    stats.compactions.waiting = load.waiting;
    stats.compactions.quarantined = compactions_->quarantine().size();
    stats.subscriptions = context_->subscriptions->count();
    stats.acknowledgements = context_->subscriptions->acknowledged();
    stats.load_events = counters.load_events.view();
    return stats;
}

}  // namespace firn
