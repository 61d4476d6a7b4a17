// What a stream actor holds only while it has commands or wanted snapshots, and the parts of a
// turn. Private to the actor.
#pragma once

#include "actors/stream_actor.hpp"
#include "actors/write_call.hpp"

namespace firn {

// Under the actor's mutex.
struct StreamActor::Work {
    CommandCalls commands;  // waiting
    CommandCalls batch;     // decided, on their way
    std::size_t batch_unwritten = 0;
    bool batch_voids_fold = false;  // its last command left no state to go on with
    bool deciding = false;          // commands were taken and are not in the queue yet
    std::vector<std::unique_ptr<WriteRequest>> parked;
    std::vector<Reply<SnapshotAnswer>> snapshots;

    [[nodiscard]] bool is_empty() const noexcept {
        return commands.empty() && batch.empty() && parked.empty() && snapshots.empty();
    }
};

// One turn: what it was given under the mutex, and whom it answers at its end.
struct StreamActor::Slice {
    TurnTime time;
    std::vector<CommittedEvents> unfolded;
    bool speculating = false;  // a batch is on its way: nothing to do
    bool must_read = false;    // what memory knows may not be all that is durable
    bool wanted = false;       // somebody waits for the state
    bool decides = false;      // commands may be decided
    bool wants_snapshot = false;
    Version head;
    std::uint32_t writes_ended = 0;  // when it began
    std::unique_ptr<FoldFailure> known_failure;

    std::vector<Reply<StateResult>> answered;
    std::optional<StateResult> answer;
    CommandCalls answered_commands;
    CommandCalls failed_commands;  // for want of a state
    std::vector<Reply<SnapshotAnswer>> failed_snapshots;
    std::optional<StateFailure> snapshot_failure;
    std::vector<std::unique_ptr<WriteRequest>> released;
    bool snapshot_handed_over = false;
};

}  // namespace firn
