#include "actors/fold_start.hpp"

#include <chrono>

namespace firn {

namespace {

// Empty: this snapshot is no good.
std::unique_ptr<FoldedState> restored(const EventStore& store, const StreamName& stream,
                                      const Snapshot& snapshot, const DeciderEngine& engine) {
    const auto head = store.head_version(stream);
    if (!head || snapshot.facts.version > *head) {
        return nullptr;
    }
    auto state = engine.restore(snapshot.state);
    return state ? std::move(*state) : nullptr;
}

StateFailure fold_failure(Version version, std::string reason) {
    return {actor_errc::fold_failed, {}, FoldFailure{version, std::move(reason)}};
}

// From an anchor that no snapshot of this revision spares us.
void start_from_anchor(const EventStore& store, const StreamName& stream, Version anchored,
                       const std::shared_ptr<const CategoryInEffect>& by, FoldStart& start) {
    const auto found = store.snapshots().find(stream, anchored);
    if (!found && found.error() != storage_errc::corrupt) {
        start.failure = {found.error(), {}, {}};
        return;
    }
    if (!found || !*found) {
        start.failure = {actor_errc::unrecoverable_state, {}, {}};
        return;
    }
    const auto& anchor = **found;
    if (anchor.facts.revision == by->revision) {
        start.failure = fold_failure(
            anchored, "the decider does not take back the state that its revision " +
                          std::to_string(by->revision) + " left when the events were compacted");
        return;
    }
    if (!by->engine->has_migrate()) {
        start.failure =
            fold_failure(anchored, "the events up to here were compacted under revision " +
                                       std::to_string(anchor.facts.revision) +
                                       " of the decider, and this one has no migrate()");
        return;
    }
    auto state = by->engine->migrate(anchor.state, anchor.facts.revision);
    if (!state) {
        start.failure = fold_failure(anchored, "migrate() failed: " + *state.error());
        return;
    }
    start.fold.emplace(by, std::move(*state), anchored);
}

void start_from_beginning(const EventStore& store, const StreamName& stream, Version asked,
                          const std::shared_ptr<const CategoryInEffect>& by, FoldStart& start) {
    const auto facts = store.facts(stream);
    if (facts && !facts->deleted && facts->first_version > Version{1}) {
        const Version anchored{facts->first_version.value() - 1};
        if (asked < anchored) {
            start.failure = {storage_errc::compacted, {}, {}};
        } else {
            start_from_anchor(store, stream, anchored, by, start);
        }
        return;
    }
    start.fold.emplace(by, by->engine->initial(), no_version);
}

}  // namespace

FoldStart start_fold(EventStore& store, const StreamName& stream, Version at_most,
                     Category& category, Counters& counters) {
    FoldStart start;
    const auto asked = at_most;
    const auto by = category.in_effect();
    if (!by->engine) {
        start.failure = fold_failure({}, by->unavailable);
        return start;
    }
    while (at_most != no_version) {
        const auto began = std::chrono::steady_clock::now();
        const auto found = store.snapshots().load(stream, at_most, by->revision);
        // Where the snapshots cannot be read, the events may still be.
        const auto passed_over = found ? found->corrupt : 1;
        counters.snapshots_passed_over.add(passed_over);
        start.passed_over = start.passed_over || passed_over != 0;
        if (!found || !found->snapshot) {
            break;
        }
        const auto& snapshot = *found->snapshot;
        if (auto state = restored(store, stream, snapshot, *by->engine)) {
            counters.snapshots_used.add();
            category.costs.snapshots_restored.add(1, std::chrono::steady_clock::now() - began);
            start.fold.emplace(by, std::move(state), snapshot.facts.version);
            if (found->damaged_copy) {
                counters.snapshots_passed_over.add();
                store.snapshots().save(stream, snapshot, 1, [](error_code) {});
            }
            return start;
        }
        counters.snapshots_passed_over.add();
        start.passed_over = true;
        at_most = Version{snapshot.facts.version.value() - 1};
    }
    start_from_beginning(store, stream, asked, by, start);
    return start;
}

}  // namespace firn
