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

}  // namespace

FoldStart start_fold(const EventStore& store, const StreamName& stream, Version at_most,
                     Category& category, Counters& counters) {
    FoldStart start;
    const auto by = category.in_effect();
    if (!by->engine) {
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
            return start;
        }
        counters.snapshots_passed_over.add();
        start.passed_over = true;
        at_most = Version{snapshot.facts.version.value() - 1};
    }
    start.fold.emplace(by, by->engine->initial(), no_version);
    return start;
}

}  // namespace firn
