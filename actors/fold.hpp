// One stream's state at some version, moved forward by events.
//
// A fold starts at version 0 with the decider's initial state. It takes events from the store, a
// slice at a time, or from memory, when they were just committed. After a failure it is void.
// Thread: one at a time.
// Errors: storage_errc of the read, or the FoldFailure of the event that could not be folded.
#pragma once

#include "actors/deciders/decider.hpp"
#include "storage/event_store.hpp"

#include <memory>

namespace firn {

// Durable events as they left the commit queue.
struct CommittedEvents {
    std::shared_ptr<const EncodedEvents> events;
    Version first_version;
    Position position;  // of the last one
    Timestamp recorded_at;

    [[nodiscard]] Version last_version() const noexcept {
        return Version{first_version.value() + events->count() - 1};
    }
};

class Fold {
public:
    // Events read from the store in one go. More would keep a thread from other streams for long.
    static constexpr std::uint32_t slice_events_max = 1000;

    explicit Fold(const Decider& decider) : state_(decider.initial()) {}

    [[nodiscard]] Version version() const noexcept { return version_; }
    [[nodiscard]] const FoldedState& state() const noexcept { return *state_; }

    // Applies those that come next; events that would leave a gap, or are known, are passed over.
    [[nodiscard]] std::unique_ptr<FoldFailure> apply(const CommittedEvents& committed);

    struct Slice {
        error_code error;
        std::unique_ptr<FoldFailure> failure;
        Version head;         // of the stream, when the slice was read
        bool at_end = false;  // arrived at `up_to` or at the head
        std::uint32_t applied = 0;
    };
    // Reads and applies the next events, not beyond up_to.
    [[nodiscard]] Slice read(const EventStore& store, const StreamName& stream, Version up_to);

private:
    std::unique_ptr<FoldedState> state_;
    Version version_;
};

}  // namespace firn
