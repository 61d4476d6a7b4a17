// Commands, snapshots and settings: the part of a service that is about deciders.
#include "actors/category_probe.hpp"
#include "actors/commands/command_events.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "actors/service_impl.hpp"

#include <limits>

namespace firn {

namespace {

constexpr Version newest{std::numeric_limits<std::uint64_t>::max()};

// Of a command to a decider without decide: that a stream is deleted, or a command a repeat, goes
// before it.
CommandOutcome undecided(ActorContext& context, const CommandRequest& request) {
    CommandOutcome outcome;
    const auto pass = context.gate.enter();
    if (!pass) {
        outcome.error = actor_errc::closed;
        return outcome;
    }
    if (const auto head = pass->head_version(request.stream); !head) {
        outcome.error = head.error();
        return outcome;
    }
    if (auto known = request.id ? find_command(*pass, request.stream, *request.id) : std::nullopt) {
        context.counters.replays.add(known->error ? 0 : 1);
        return std::move(*known);
    }
    outcome.error = actor_errc::no_decide;
    return outcome;
}

}  // namespace

void Service::Impl::execute(CommandRequest request, Reply<CommandOutcome> reply) {
    CommandOutcome refusal;
    if (closed_.load()) {
        refusal.error = actor_errc::closed;
        std::move(reply).post(std::move(refusal));
        return;
    }
    const auto actor = actor_of(request.stream);
    const auto by = actor->category().in_effect();
    if (by->engine && !by->engine->has_decide()) {
        std::move(reply).post(undecided(*context_, request));
        return;
    }
    actor->execute({std::move(request.command), request.id, std::move(reply)});
}

void Service::Impl::take_snapshot(const StreamName& stream,
                                  Reply<StreamActor::SnapshotAnswer> reply) {
    if (closed_.load()) {
        std::move(reply).post(StateFailure{actor_errc::closed, {}, {}});
        return;
    }
    const auto actor = actor_of(stream);
    if (actor->category().in_effect()->is_external()) {
        std::move(reply).post(StateFailure{actor_errc::bad_request, {}, {}});
        return;
    }
    actor->snapshot(std::move(reply));
}

void Service::Impl::put_snapshot(const StreamName& stream, Snapshot snapshot,
                                 Reply<StreamActor::SnapshotAnswer> reply) {
    const auto refuse = [&](error_code error) {
        std::move(reply).post(StateFailure{error, {}, {}});
    };
    const auto by = actor_of(stream)->category().in_effect();
    const auto value = parse_json(snapshot.state);
    if (!by->is_external() || snapshot.facts.revision != by->revision || !value) {
        refuse(actor_errc::bad_request);
        return;
    }
    if (snapshot.state.size() > by->state_bytes_max) {
        refuse(storage_errc::too_large);
        return;
    }
    const auto pass = context_->gate.enter();
    if (!pass) {
        refuse(actor_errc::closed);
        return;
    }
    snapshot.facts.kind = SnapshotKind::client;
    snapshot.facts.decider_kind = by->decider_kind();
    snapshot.facts.state_hash = state_hash(*value);
    snapshot.facts.created_at = now();
    const auto own = context_->categories->policy(stream).value_or(SnapshotSettings{});
    auto answer = answering(std::move(reply));
    const auto version = snapshot.facts.version;
    pass->snapshots().save(stream, std::move(snapshot), own.over(by->snapshots).keep,
                           [context = context_, answer, version](error_code error) {
                               auto& counters = context->counters;
                               (error ? counters.snapshots_failed : counters.snapshots_taken).add();
                               answer(error
                                          ? StreamActor::SnapshotAnswer(StateFailure{error, {}, {}})
                                          : StreamActor::SnapshotAnswer(version));
                           });
}

SnapshotResult Service::Impl::saved_snapshot(const StreamName& stream, Version version) const {
    const auto pass = context_->gate.enter();
    if (!pass) {
        return StateFailure{actor_errc::closed, {}, {}};
    }
    auto found = pass->snapshots().find(stream, version);
    if (!found) {
        return StateFailure{found.error(), {}, {}};
    }
    if (!*found) {
        // A newer one took its place before we looked.
        return StateFailure{storage_errc::version_not_found, version, {}};
    }
    return std::move((*found)->facts);
}

std::optional<StateResult> Service::Impl::external_state(const StreamName& stream,
                                                         std::optional<Version> version) {
    if (closed_.load()) {
        return std::nullopt;  // the ordinary way says so
    }
    const auto by = context_->categories->find_set(stream.category);
    if (!by || !by->is_external()) {
        return std::nullopt;
    }
    const auto pass = context_->gate.enter();
    if (!pass) {
        return StateResult(StateFailure{actor_errc::closed, {}, {}});
    }
    const auto head = pass->head_version(stream);
    if (!head || *head == no_version) {
        return StateResult(StateFailure{
            head ? make_error_code(storage_errc::stream_not_found) : head.error(), {}, {}});
    }
    if (version && *version > *head) {
        return StateResult(StateFailure{storage_errc::version_not_found, *head, {}});
    }
    const auto found = pass->snapshots().load(stream, version.value_or(newest), by->revision);
    if (!found) {
        return StateResult(StateFailure{found.error(), {}, {}});
    }
    StateView view;
    view.json = std::make_shared<const std::string>("null");
    if (found->snapshot) {
        view.version = found->snapshot->facts.version;
        view.json = std::make_shared<const std::string>(found->snapshot->state);
        context_->counters.snapshots_used.add();
    }
    view.decider_kind = by->decider_kind();
    view.decider_revision = by->revision;
    view.events_behind = version.value_or(*head).since(view.version);
    context_->counters.states_served.add();
    return StateResult(std::move(view));
}

void Service::Impl::set_category(const std::string& category,
                                 std::optional<CategorySettings> settings,
                                 Reply<SettingsOutcome> reply) {
    auto answer = answering(std::move(reply));
    auto done = [answer, scheduler = scheduler_](error_code error) mutable {
        if (!error) {
            scheduler->settings_changed();
        }
        answer(SettingsOutcome{error, {}});
    };
    if (!settings) {
        context_->categories->remove(category, std::move(done));
        return;
    }
    if (auto invalid = context_->categories->put(category, std::move(*settings), done)) {
        answer(SettingsOutcome{actor_errc::invalid_decider, std::move(*invalid)});
    }
}

void Service::Impl::set_stream_policy(const StreamName& stream,
                                      std::optional<SnapshotSettings> policy,
                                      Reply<SettingsOutcome> reply) {
    auto answer = answering(std::move(reply));
    const auto actor = actor_of(stream);
    context_->categories->set_policy(stream, policy,
                                     [answer, actor, policy](error_code error) mutable {
                                         if (!error) {
                                             actor->set_policy(policy);
                                         }
                                         answer(SettingsOutcome{error, {}});
                                     });
}

CategoryAdvice Service::Impl::advise(const std::string& name) const {
    constexpr std::uint64_t enough_events = 1'000;
    const auto category = context_->categories->find_or_make(name);
    const auto& costs = category->costs;
    if (costs.events_folded.count.value() < enough_events ||
        costs.snapshots_made.count.value() == 0 || costs.snapshots_restored.count.value() == 0) {
        probe_category(*context_, *category);
    }
    CategoryAdvice answer;
    auto& measured = answer.measured;
    measured.events_folded = costs.events_folded.count.value();
    measured.fold_ns = costs.events_folded.mean();
    measured.snapshots_made = costs.snapshots_made.count.value();
    measured.make_ns = costs.snapshots_made.mean();
    measured.snapshots_restored = costs.snapshots_restored.count.value();
    measured.restore_ns = costs.snapshots_restored.mean();
    measured.snapshot_bytes = mean(costs.snapshot_bytes.value(), measured.snapshots_made);
    measured.loads = costs.loads.value();
    measured.events_per_load = mean(costs.load_events.value(), measured.loads);
    measured.appended = costs.appended.value();
    const auto by = category->in_effect();
    answer.every = by->snapshots.every;
    answer.advice = firn::advise(measured, context_->categories->defaults().every);
    return answer;
}

bool Service::Impl::snapshot_due(const StreamName& stream) {
    return snapshots_->add(stream);
}

// Not here on the journal's thread: a change of settings may be waited for.
void Service::Impl::policy_ended(const StreamName& stream) {
    auto erase = [categories = context_->categories, stream] {
        categories->set_policy(stream, {}, [](error_code) {});
    };
    context_->executor.post(erase);
}

void Service::Impl::snapshot_failed(const StreamName& stream) {
    snapshots_->add_again(stream);
}

void Service::Impl::snapshot_handed_over() {
    snapshots_->one_ended();
}

}  // namespace firn
