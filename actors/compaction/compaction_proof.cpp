// Steps 2 to 4: the state folded again, the anchor written, and both compared.
#include "actors/compaction/compaction.hpp"
#include "actors/compaction/compaction_store.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"

#include <chrono>

namespace firn {

namespace {

// Small slices: appends wait for none of them long.
constexpr std::chrono::milliseconds slice_max{2};

// Nothing: the text is no JSON.
std::optional<Hash> hash_of(std::string_view state) {
    const auto value = parse_json(state);
    return value ? std::optional(state_hash(*value)) : std::nullopt;
}

}  // namespace

boost::asio::awaitable<Compaction::Next> Compaction::replay() {
    enter(CompactionPhase::replay);
    auto& verification = report_.verification.emplace();
    if (by_->is_external()) {
        const auto stores = host_->enter();
        co_return stores ? take_client_state(stores) : Next::closed;
    }
    Replay replay(report_.stream, by_, base_, report_.up_to_version);
    const FoldSome step = [&](const EventStore& events) {
        auto folded = replay.step(events, TurnTime(slice_max));
        verification.events_replayed = replay.events();
        return Folded{folded.error, std::move(folded.failure), folded.done};
    };
    if (const auto next = co_await fold_in_slices("the events again", step); next != Next::go_on) {
        co_return next;
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

// Others come first between any two slices.
boost::asio::awaitable<Compaction::Next> Compaction::fold_in_slices(std::string_view what,
                                                                    const FoldSome& fold_some) {
    for (;;) {
        if (control_->is_cancelled()) {
            co_return end(CompactionStatus::cancelled, "it was cancelled");
        }
        const auto began = std::chrono::steady_clock::now();
        Folded folded;
        {
            const auto stores = host_->enter();
            if (!stores) {
                co_return Next::closed;
            }
            folded = fold_some(stores.events());
        }
        if (folded.error == storage_errc::compacted ||
            folded.error == storage_errc::stream_deleted) {
            co_return Next::plan_again;
        }
        if (folded.error) {
            co_return fail(folded.error, "reading " + std::string(what));
        }
        if (folded.failure) {
            co_return fail_suspect("folding " + std::string(what) + " failed at " +
                                   at_version(*folded.failure));
        }
        control_->publish(report_);
        co_await host_->yield_after(std::chrono::steady_clock::now() - began);
        if (folded.done) {
            co_return Next::go_on;
        }
    }
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
    const auto saving = co_await save_anchor(host_, report_.stream, std::move(anchor));
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
    const FoldSome step = [&](const EventStore& events) {
        if (fold.version() >= live->version) {
            return Folded{.done = true};
        }
        const auto slice =
            fold.read(events, report_.stream, live->version, TurnTime(slice_max), &chain);
        verification.events_replayed += slice.applied;
        return Folded{slice.error, slice.failure ? std::optional(*slice.failure) : std::nullopt,
                      fold.version() >= live->version};
    };
    if (const auto next = co_await fold_in_slices("the kept events", step); next != Next::go_on) {
        co_return next;
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

}  // namespace firn
