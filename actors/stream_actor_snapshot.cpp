// How an actor hands the state it has to the snapshot store.
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "actors/stream_actor_work.hpp"

#include <chrono>

namespace firn {

void StreamActor::save_snapshot(Slice& slice, const Fold::Text& text) {
    using Replies = std::vector<Reply<SnapshotAnswer>>;
    auto replies = std::make_shared<Replies>();
    const auto version = fold_->version();
    bool due = false;
    bool due_again = false;
    {
        const std::lock_guard lock(mutex_);
        if (work_) {
            replies->swap(work_->snapshots);
        }
        due = std::exchange(snapshot_asked_, false);
        if (due) {
            // Of an append that crossed since this turn began, nobody was told.
            due_again = crosses_policy(version.next(), head_);
            snapshot_due_ = due_again;
        }
    }
    slice.snapshot_handed_over = slice.snapshot_handed_over || due;
    if (due_again) {
        tell_snapshot_due();
    }
    const auto pass = context_.gate.enter();
    if (!text || !pass || version == no_version) {
        slice.failed_snapshots.swap(*replies);
        slice.snapshot_failure = !pass   ? StateFailure{actor_errc::closed, {}, {}}
                                 : !text ? StateFailure{actor_errc::fold_failed, {}, text.error()}
                                         : StateFailure{storage_errc::stream_not_found, {}, {}};
        return;
    }
    const auto began = std::chrono::steady_clock::now();
    const auto& by = fold_->by();
    Snapshot snapshot;
    snapshot.facts.version = version;
    snapshot.facts.kind = replies->empty() ? SnapshotKind::automatic : SnapshotKind::manual;
    snapshot.facts.decider_kind = by.decider_kind();
    snapshot.facts.revision = by.revision;
    snapshot.facts.created_at = now();
    const auto value = parse_json(**text);
    if (!value) {
        slice.failed_snapshots.swap(*replies);
        slice.snapshot_failure = StateFailure{
            actor_errc::fold_failed,
            {},
            FoldFailure{version, "the state is not JSON: " + described(value.error())}};
        return;
    }
    snapshot.facts.state_hash = state_hash(*value);
    snapshot.state = **text;
    category_->costs.snapshot_bytes.add(snapshot.state.size());
    auto done = [context = context_.shared_from_this(), name = name_, replies, due,
                 version](error_code error) {
        (error ? context->counters.snapshots_failed : context->counters.snapshots_taken).add();
        if (const auto host = error && due ? context->host.lock() : nullptr) {
            host->snapshot_failed(name);
        }
        if (replies->empty()) {
            return;
        }
        auto answer = [replies, error, version] {
            for (auto& reply : *replies) {
                std::move(reply).answer(error ? SnapshotAnswer(StateFailure{error, {}, {}})
                                              : SnapshotAnswer(version));
            }
        };
        context->executor.post(answer);
    };
    pass->snapshots().save(name_, std::move(snapshot), policy(*category_->in_effect()).keep,
                           std::move(done));
    category_->costs.snapshots_made.add(1, std::chrono::steady_clock::now() - began);
}

}  // namespace firn
