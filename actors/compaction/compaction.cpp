#include "actors/compaction/compaction.hpp"

#include "actors/answer_of.hpp"
#include "actors/compaction/compaction_plan.hpp"
#include "actors/deciders/interrupted.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "storage/chain_hash.hpp"

#include <chrono>

namespace firn {

namespace {

using Clock = std::chrono::steady_clock;

// So often what a plan rests on may change under it.
constexpr int plans_max = 10;
// Small slices: appends wait for none of them long.
constexpr std::chrono::milliseconds slice_max{2};
constexpr std::uint32_t reclaim_events = 2048;

template <class T>
result<T> aborted() {
    return make_error_code(storage_errc::closed);
}

result<void> aborted_save() {
    return make_error_code(storage_errc::closed);
}

// Answered from a thread of the store's, on the executor.
template <class T>
std::function<void(T)> posting(std::shared_ptr<CompactionHost> host, Reply<T> reply) {
    return [host = std::move(host),
            waiting = std::make_shared<Reply<T>>(std::move(reply))](T value) mutable {
        host->post([waiting, value = std::move(value)]() mutable {
            std::move(*waiting).answer(std::move(value));
        });
    };
}

// By the callback of the snapshot store.
std::function<void(error_code)> saved(std::shared_ptr<CompactionHost> host,
                                      Reply<result<void>> reply) {
    return [done = posting(std::move(host), std::move(reply))](error_code error) {
        done(error ? result<void>(error) : result<void>());
    };
}

bool is_closed(const error_code& error) {
    return error == storage_errc::closed || error == actor_errc::closed;
}

std::string at_version(const FoldFailure& failure) {
    return failure.version == no_version
               ? failure.reason
               : "version " + std::to_string(failure.version.value()) + ": " + failure.reason;
}

// Nothing: the text is no JSON.
std::optional<Hash> hash_of(std::string_view state) {
    const auto value = parse_json(state);
    return value ? std::optional(state_hash(*value)) : std::nullopt;
}

}  // namespace

Compaction::Compaction(std::shared_ptr<CompactionHost> host, CompactionReport report,
                       std::shared_ptr<CompactionControl> control, std::optional<Hash> client_hash)
    : host_(std::move(host)),
      report_(std::move(report)),
      control_(std::move(control)),
      client_hash_(client_hash) {}

boost::asio::awaitable<CompactionReport> Compaction::run() {
    auto next = Next::plan_again;
    if (report_.is_cut()) {
        next = co_await reclaim();
    } else {
        if (report_.snapshot) {
            // Of an earlier start: it may be elsewhere than the new plan's.
            anchor_written_ = report_.snapshot->version;
        }
        report_.status = CompactionStatus::running;
        for (int plans = 0; next == Next::plan_again; ++plans) {
            co_await take_anchor_back();
            if (plans == plans_max) {
                next = fail("what the plan rests on changed " + std::to_string(plans_max) +
                            " times; try again");
                break;
            }
            try {
                next = co_await compact();
            } catch (const FoldInterrupted& interrupted) {
                next = fail("the fold was stopped at " + at_version(interrupted.failure));
            } catch (const std::exception& exception) {
                next = fail(exception.what());
            }
        }
    }
    if (next == Next::closed) {
        co_return report_;
    }
    if (!report_.is_cut()) {
        co_await take_anchor_back();
    }
    if (report_.is_over()) {
        report_.finished_at = now();
    }
    if (!report_.asked.dry_run) {
        (void)co_await host_->keep(report_);
    }
    co_return report_;
}

boost::asio::awaitable<Compaction::Next> Compaction::compact() {
    auto next = co_await plan();
    if (next == Next::go_on) {
        next = co_await replay();
    }
    if (next == Next::go_on && !report_.asked.dry_run) {
        next = co_await write_anchor();
    }
    if (next == Next::go_on) {
        next = co_await verify();
    }
    if (next == Next::go_on && report_.asked.dry_run) {
        co_return co_await size_up();
    }
    if (next == Next::go_on) {
        next = co_await cut();
    }
    if (next == Next::go_on) {
        next = co_await reclaim();
    }
    co_return next;
}

boost::asio::awaitable<Compaction::Next> Compaction::plan() {
    report_.snapshot.reset();
    report_.verification.reset();
    enter(CompactionPhase::plan);
    {
        const auto stores = host_->enter();
        if (!stores) {
            co_return Next::closed;
        }
        const auto facts = stores.events().facts(report_.stream);
        if (!facts) {
            co_return fail(facts.error(), "looking at the stream");
        }
        if (facts->deleted) {
            co_return end(CompactionStatus::skipped, "the stream was deleted");
        }
        by_ = host_->decider(report_.stream.category);
        if (!by_) {
            co_return fail("the category has no declared decider");
        }
        auto blockers = host_->blockers(report_.stream);
        if (!blockers) {
            co_return fail(blockers.error(), "looking at the subscriptions");
        }
        blockers_mark_ = blockers->mark;
        const auto plan = plan_compaction(
            {facts->version, facts->first_version, std::move(blockers->blockers)}, report_.asked);
        report_.blockers = plan.blockers;
        report_.from_version = facts->first_version;
        report_.up_to_version = plan.up_to;
        report_.events_kept = facts->version.since(plan.up_to);
        report_.first_version_before = facts->first_version;
        report_.first_version_after = facts->first_version;
        if (!plan.deletes()) {
            co_return end(CompactionStatus::skipped, plan.reason);
        }
        if (!by_->engine) {
            co_return fail("the decider cannot be had: " + by_->unavailable);
        }
        if (const auto next = take_base(stores); next != Next::go_on) {
            co_return next;
        }
    }
    control_->publish(report_);
    if (report_.asked.dry_run) {
        co_return Next::go_on;
    }
    const auto error = co_await host_->keep(report_);
    host_->at("planned");
    co_return error ? fail(error, "writing the plan") : Next::go_on;
}

Compaction::Next Compaction::take_base(const CompactionHost::Stores& stores) {
    base_ = {Version{report_.first_version_before.value() - 1}, {}, {}};
    if (base_.version == no_version) {
        base_.chain_hash = chain_start(report_.stream.category, report_.stream.id);
        return Next::go_on;
    }
    auto found = stores.snapshots().find(report_.stream, base_.version);
    if (!found && found.error() != storage_errc::corrupt) {
        return fail(found.error(), "reading the anchor");
    }
    if (!found || !*found) {
        return fail_suspect("the anchor at version " + std::to_string(base_.version.value()) +
                            " is damaged in both copies");
    }
    auto& anchor = **found;
    base_.chain_hash = anchor.facts.chain_hash;
    base_.state = std::move(anchor.state);
    if (anchor.facts.revision == by_->revision || by_->is_external()) {
        return Next::go_on;
    }
    auto migrated = by_->engine->migrate(base_.state, anchor.facts.revision);
    if (!migrated) {
        return fail_suspect("the anchor of revision " + std::to_string(anchor.facts.revision) +
                            " cannot be migrated: " + *migrated.error());
    }
    base_.state.clear();
    if (const auto reason = (*migrated)->write_json(base_.state)) {
        return fail_suspect("the migrated state cannot be written: " + *reason);
    }
    return Next::go_on;
}

boost::asio::awaitable<Compaction::Next> Compaction::replay() {
    enter(CompactionPhase::replay);
    auto& verification = report_.verification.emplace();
    if (by_->is_external()) {
        const auto stores = host_->enter();
        co_return stores ? take_client_state(stores) : Next::closed;
    }
    Replay replay(report_.stream, by_, base_, report_.up_to_version);
    for (;;) {
        if (control_->is_cancelled()) {
            co_return end(CompactionStatus::cancelled, "it was cancelled");
        }
        const auto began = Clock::now();
        Replay::Step step;
        {
            const auto stores = host_->enter();
            if (!stores) {
                co_return Next::closed;
            }
            step = replay.step(stores.events(), TurnTime(slice_max));
        }
        verification.events_replayed = replay.events();
        if (step.error == storage_errc::compacted || step.error == storage_errc::stream_deleted) {
            co_return Next::plan_again;
        }
        if (step.error) {
            co_return fail(step.error, "reading the events again");
        }
        if (step.failure) {
            co_return fail_suspect("folding again failed at " + at_version(*step.failure));
        }
        control_->publish(report_);
        co_await host_->yield_after(Clock::now() - began);
        if (step.done) {
            break;
        }
    }
    state_ = replay.state();
    state_hash_ = replay.state_hash();
    chain_hash_ = replay.chain_hash();
    verification.state_hash_replayed = state_hash_;
    verification.chain_hash = chain_hash_;
    report_.snapshot = {report_.up_to_version, state_.size(), state_hash_};
    host_->at("replayed");
    co_return Next::go_on;
}

// An external decider's client has put the state at up_to_version, or is asked to.
Compaction::Next Compaction::take_client_state(const CompactionHost::Stores& stores) {
    if (report_.asked.dry_run) {
        return end(CompactionStatus::skipped,
                   "an external decider's client folds: there is no dry run of that");
    }
    const auto version = std::to_string(report_.up_to_version.value());
    const auto await_client = [&](std::string why) {
        report_.status = CompactionStatus::awaiting_verification;
        report_.reason =
            std::move(why) + "put the state at version " + version + " to …/snapshots/" + version +
            ", then post its state_hash to /v1/compactions/" + report_.id + "/verification";
        return Next::over;
    };
    if (!client_hash_) {
        return await_client({});
    }
    report_.reason.clear();
    auto found = stores.snapshots().find(report_.stream, report_.up_to_version);
    if (!found || !*found || (*found)->facts.revision != by_->revision) {
        return await_client("no snapshot at version " + version + " of this revision is there; ");
    }
    auto& snapshot = **found;
    const auto hash = hash_of(snapshot.state);
    if (!hash || *hash != *client_hash_) {
        return fail_suspect("the client's state_hash is " + to_hex(*client_hash_) +
                            ", but that of the snapshot as stored is " +
                            (hash ? to_hex(*hash) : std::string("none")));
    }
    state_ = std::move(snapshot.state);
    state_hash_ = *hash;
    chain_hash_ = snapshot.facts.chain_hash;
    report_.verification->state_hash_replayed = *client_hash_;
    report_.verification->chain_hash = chain_hash_;
    report_.snapshot = {report_.up_to_version, state_.size(), state_hash_};
    return Next::go_on;
}

boost::asio::awaitable<Compaction::Next> Compaction::write_anchor() {
    enter(CompactionPhase::snapshot);
    if (const auto error = co_await host_->keep(report_)) {
        co_return fail(error, "writing the report");
    }
    host_->at("before the anchor");
    Snapshot anchor;
    anchor.facts.version = report_.up_to_version;
    anchor.facts.kind = SnapshotKind::anchor;
    anchor.facts.decider_kind = by_->decider_kind();
    anchor.facts.revision = by_->revision;
    anchor.facts.state_hash = state_hash_;
    anchor.facts.created_at = now();
    anchor.state = state_;
    anchor_written_ = report_.up_to_version;
    const auto saving = co_await answer_of<result<void>>(
        [](Reply<result<void>> reply, std::shared_ptr<CompactionHost> host, StreamName stream,
           Snapshot put) {
            const auto stores = host->enter();
            auto done = saved(host, std::move(reply));
            if (!stores) {
                done(storage_errc::closed);
                return;
            }
            stores.snapshots().save(stream, std::move(put), 1, std::move(done));
        },
        &aborted_save, host_, report_.stream, std::move(anchor));
    const auto error = saving ? error_code() : saving.error();
    host_->at("after the anchor");
    if (error == storage_errc::stream_deleted || error == storage_errc::compacted) {
        co_return Next::plan_again;
    }
    co_return error ? fail(error, "writing the anchor") : Next::go_on;
}

boost::asio::awaitable<Compaction::Next> Compaction::verify() {
    enter(CompactionPhase::verify);
    if (!report_.asked.dry_run) {
        const auto stores = host_->enter();
        if (!stores) {
            co_return Next::closed;
        }
        if (const auto next = compare_copies(stores); next != Next::go_on) {
            co_return next;
        }
    }
    report_.verification->state_hash_snapshot = state_hash_;
    if (!by_->is_external()) {
        if (const auto next = co_await compare_live(); next != Next::go_on) {
            co_return next;
        }
    }
    report_.verification->passed = true;
    control_->publish(report_);
    host_->at("verified");
    co_return Next::go_on;
}

// Takes state_ from what is read again.
Compaction::Next Compaction::compare_copies(const CompactionHost::Stores& stores) {
    auto copies = stores.snapshots().anchor(report_.stream, report_.up_to_version);
    if (!copies) {
        return fail(copies.error(), "reading the anchor again");
    }
    for (const auto* copy : {&copies->first, &copies->second}) {
        if (!*copy) {
            // Who deletes a stream takes its anchors away.
            const auto facts = stores.events().facts(report_.stream);
            if (facts && facts->deleted) {
                return Next::plan_again;
            }
            return fail_suspect("a copy of the anchor does not check as it is read again");
        }
        if ((*copy)->facts.chain_hash != chain_hash_) {
            return fail_suspect("the chain hash at version " +
                                std::to_string(report_.up_to_version.value()) + " is " +
                                to_hex((*copy)->facts.chain_hash) + " in the store, but " +
                                to_hex(chain_hash_) + " by the events as they were read");
        }
        const auto hash = hash_of((*copy)->state);
        if (hash != state_hash_ || (*copy)->facts.state_hash != state_hash_) {
            return fail_suspect("a copy of the anchor holds another state than was written");
        }
    }
    state_ = std::move(copies->second->state);
    return Next::go_on;
}

boost::asio::awaitable<Compaction::Next> Compaction::compare_live() {
    auto& verification = *report_.verification;
    const auto live = co_await host_->live_state(report_.stream);
    if (!live) {
        const auto& failure = live.error();
        if (is_closed(failure.error)) {
            co_return Next::closed;
        }
        if (failure.error == storage_errc::stream_deleted) {
            co_return Next::plan_again;
        }
        co_return fail_suspect(
            "the stream's own state cannot be had: " +
            (failure.fold ? at_version(*failure.fold) : failure.error.message()));
    }
    if (live->decider_revision != by_->revision) {
        co_return Next::plan_again;
    }
    verification.live_version = live->version;
    verification.state_hash_live = hash_of(*live->json);
    auto state = by_->engine->restore(state_);
    if (!state) {
        co_return fail_suspect("the decider does not take the anchor's state: " + *state.error());
    }
    Fold fold(by_, std::move(*state), report_.up_to_version);
    auto chain = chain_hash_;
    while (fold.version() < live->version) {
        if (control_->is_cancelled()) {
            co_return end(CompactionStatus::cancelled, "it was cancelled");
        }
        const auto began = Clock::now();
        Fold::Slice slice;
        {
            const auto stores = host_->enter();
            if (!stores) {
                co_return Next::closed;
            }
            slice = fold.read(stores.events(), report_.stream, live->version, TurnTime(slice_max),
                              &chain);
        }
        verification.events_replayed += slice.applied;
        if (slice.error == storage_errc::compacted || slice.error == storage_errc::stream_deleted) {
            co_return Next::plan_again;
        }
        if (slice.error) {
            co_return fail(slice.error, "reading the kept events");
        }
        if (slice.failure) {
            co_return fail_suspect("folding the kept events failed at " +
                                   at_version(*slice.failure));
        }
        co_await host_->yield_after(Clock::now() - began);
    }
    const auto text = fold.json();
    const auto hash = text ? hash_of(**text) : std::nullopt;
    if (!hash || hash != verification.state_hash_live) {
        co_return fail_suspect(
            "the state at version " + std::to_string(live->version.value()) +
            " comes out otherwise when it is folded from the anchor than as it is served: " +
            (hash ? to_hex(*hash) : std::string("none")) + ", not " +
            (verification.state_hash_live ? to_hex(*verification.state_hash_live)
                                          : std::string("none")) +
            ". Does the decider keep something beside its state?");
    }
    const auto stores = host_->enter();
    if (!stores) {
        co_return Next::closed;
    }
    const auto facts = stores.events().facts(report_.stream);
    if (facts && facts->version == live->version && facts->chain_hash != chain) {
        co_return fail_suspect("the stream's chain hash is " + to_hex(facts->chain_hash) +
                               ", but " + to_hex(chain) + " by the events as they were read");
    }
    co_return Next::go_on;
}

boost::asio::awaitable<Compaction::Next> Compaction::cut() {
    if (!control_->begin_cut()) {
        co_return end(CompactionStatus::cancelled, "it was cancelled");
    }
    enter(CompactionPhase::cut);
    host_->at("before the cut");
    // The report as it is after the cut is written with it, so it is made now.
    auto after = report_;
    after.phase = CompactionPhase::reclaim;
    after.first_version_after = report_.up_to_version.next();
    const auto cut = co_await answer_of<result<CutFacts>>(
        [](Reply<result<CutFacts>> reply, std::shared_ptr<CompactionHost> host,
           CompactionReport confirmed, std::uint32_t revision, std::uint64_t mark) {
            const auto stores = host->enter();
            auto done = posting(host, std::move(reply));
            if (!stores) {
                done(storage_errc::closed);
                return;
            }
            CutTerms terms;
            terms.anchor_state = confirmed.snapshot->state_hash;
            // The transaction may be tried more than once.
            const auto confirmed_once = std::make_shared<bool>(false);
            terms.decide = [host, confirmed, revision, mark,
                            confirmed_once](const CutFacts& facts) {
                auto kept = confirmed;
                kept.events_deleted = facts.events;
                kept.bytes_deleted = facts.bytes;
                if (std::exchange(*confirmed_once, false)) {
                    host->cut_ended(kept, std::nullopt);
                }
                auto documents = facts.first_version == kept.first_version_before
                                     ? host->confirm_cut(kept, revision, mark)
                                     : result<std::vector<DocumentText>>(actor_errc::plan_changed);
                *confirmed_once = documents.has_value();
                return documents;
            };
            stores.events().begin_cut(
                confirmed.stream, confirmed.up_to_version, std::move(terms),
                [host, confirmed, confirmed_once, done = std::move(done)](result<CutFacts> made) {
                    if (*confirmed_once) {
                        host->cut_ended(confirmed,
                                        made ? std::optional(made->position) : std::nullopt);
                    }
                    done(std::move(made));
                });
        },
        &aborted<CutFacts>, host_, after, by_->revision, blockers_mark_);
    host_->at("after the cut");
    if (cut && cut->events > 0) {
        report_ = after;
        report_.events_deleted = cut->events;
        report_.bytes_deleted = cut->bytes;
        anchor_written_ = no_version;
        control_->publish(report_);
        co_return Next::go_on;
    }
    control_->cut_refused();
    if (cut || cut.error() == actor_errc::plan_changed ||
        cut.error() == storage_errc::stream_deleted) {
        co_return Next::plan_again;
    }
    if (cut.error() == storage_errc::anchor_missing) {
        co_return fail_suspect("the anchor does not check any more");
    }
    co_return fail(cut.error(), "cutting");
}

// What a cut would take away, asked in a transaction that is given up.
boost::asio::awaitable<Compaction::Next> Compaction::size_up() {
    const auto sized = std::make_shared<std::optional<CutFacts>>();
    const auto cut = co_await answer_of<result<CutFacts>>(
        [](Reply<result<CutFacts>> reply, std::shared_ptr<CompactionHost> host,
           CompactionReport report, std::shared_ptr<std::optional<CutFacts>> facts) {
            const auto stores = host->enter();
            auto done = posting(host, std::move(reply));
            if (!stores) {
                done(storage_errc::closed);
                return;
            }
            CutTerms terms;
            terms.decide = [facts](const CutFacts& found) {
                *facts = found;
                return result<std::vector<DocumentText>>(actor_errc::plan_changed);
            };
            stores.events().begin_cut(report.stream, report.up_to_version, std::move(terms),
                                      std::move(done));
        },
        &aborted<CutFacts>, host_, report_, sized);
    if (*sized) {
        report_.events_deleted = (*sized)->events;
        report_.bytes_deleted = (*sized)->bytes;
        report_.first_version_after = report_.up_to_version.next();
        co_return end(CompactionStatus::succeeded, {});
    }
    co_return cut ? Next::plan_again : fail(cut.error(), "looking at what would go");
}

boost::asio::awaitable<Compaction::Next> Compaction::reclaim() {
    enter(CompactionPhase::reclaim);
    for (;;) {
        const auto began = Clock::now();
        {
            const auto stores = host_->enter();
            if (!stores) {
                co_return Next::closed;
            }
            const auto reclaimed = stores.events().is_reclaimed(report_.stream);
            if (reclaimed && *reclaimed) {
                break;
            }
        }
        const auto progress = co_await answer_of<result<ReclaimProgress>>(
            [](Reply<result<ReclaimProgress>> reply, std::shared_ptr<CompactionHost> host) {
                const auto stores = host->enter();
                auto done = posting(host, std::move(reply));
                if (!stores) {
                    done(storage_errc::closed);
                    return;
                }
                stores.events().begin_reclaim(reclaim_events, std::move(done));
            },
            &aborted<ReclaimProgress>, host_);
        host_->at("reclaiming");
        if (!progress) {
            if (is_closed(progress.error())) {
                co_return Next::closed;
            }
            // The events are gone for readers; their bytes go when the store can write again.
            report_.reason = "the space is given back later: " + progress.error().message();
            break;
        }
        co_await host_->yield_after(Clock::now() - began);
    }
    host_->at("reclaimed");
    co_return end(CompactionStatus::succeeded, std::move(report_.reason));
}

// An anchor that is not in effect goes; a client's snapshot that it took the place of comes back.
boost::asio::awaitable<void> Compaction::take_anchor_back() {
    const auto version = std::exchange(anchor_written_, no_version);
    if (version == no_version) {
        co_return;
    }
    (void)co_await answer_of<result<void>>(
        [](Reply<result<void>> reply, std::shared_ptr<CompactionHost> host, StreamName stream,
           Version at) {
            const auto stores = host->enter();
            auto done = saved(host, std::move(reply));
            if (!stores) {
                done(storage_errc::closed);
                return;
            }
            auto copies = stores.snapshots().anchor(stream, at);
            stores.snapshots().remove(
                stream, at, [host, stream, copies = std::move(copies), done](error_code error) {
                    const auto* anchor = !copies          ? nullptr
                                         : copies->first  ? &*copies->first
                                         : copies->second ? &*copies->second
                                                          : nullptr;
                    // Not here: the store's thread must not wait for the store.
                    if (error || anchor == nullptr || anchor->facts.decider_kind != "external") {
                        done(error);
                        return;
                    }
                    host->post([host, stream, client = *anchor, done]() mutable {
                        client.facts.kind = SnapshotKind::client;
                        if (const auto again = host->enter()) {
                            again.snapshots().save(stream, std::move(client), 2, done);
                        } else {
                            done(storage_errc::closed);
                        }
                    });
                });
        },
        &aborted_save, host_, report_.stream, version);
}

void Compaction::enter(CompactionPhase phase) {
    report_.phase = phase;
    control_->publish(report_);
}

Compaction::Next Compaction::end(CompactionStatus status, std::string reason) {
    report_.status = status;
    report_.reason = std::move(reason);
    if (status == CompactionStatus::succeeded || status == CompactionStatus::skipped) {
        report_.phase = CompactionPhase::done;
    }
    return Next::over;
}

Compaction::Next Compaction::fail(std::string reason) {
    return end(CompactionStatus::failed, std::move(reason));
}

Compaction::Next Compaction::fail_suspect(std::string reason) {
    suspect_ = true;
    return fail(std::move(reason));
}

Compaction::Next Compaction::fail(const error_code& error, std::string_view doing) {
    if (is_closed(error)) {
        return Next::closed;
    }
    suspect_ = suspect_ || error == storage_errc::corrupt;
    return fail(std::string(doing) + " failed: " + error.message());
}

}  // namespace firn
