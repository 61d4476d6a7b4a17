// One stream's state at some version, moved forward by events.
//
// A fold starts from a snapshot, or at version 0 with the decider's initial state (fold_start.hpp).
// It takes events from the store, a slice at a time, or from memory, when they were just
// committed or are about to be. After a failure it is void.
// Thread: one at a time.
// Errors: storage_errc of the read, or the FoldFailure of the event that could not be folded.
// Throws FoldInterrupted.
#pragma once

#include "actors/categories/category.hpp"
#include "actors/turn_time.hpp"
#include "storage/event_store.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace firn {

// Events as they left the commit queue, or will enter it.
struct CommittedEvents {
    std::shared_ptr<const EncodedEvents> events;
    Version first_version;
    Position position;  // of the last one; none before they are committed
    Timestamp recorded_at;

    [[nodiscard]] Version last_version() const noexcept {
        return Version{first_version.value() + events->count() - 1};
    }
};

// Folding was stopped at an event for a reason that lies not in it (Interrupted).
class FoldInterrupted : public std::exception {
public:
    explicit FoldInterrupted(FoldFailure at) : failure(std::move(at)) {}
    [[nodiscard]] const char* what() const noexcept override { return failure.reason.c_str(); }

    const FoldFailure failure;
};

class Fold {
public:
    // Events read from the store in one go. Few, so that they lie in the processor's own cache
    // while they are folded, and little was read in vain when the time is up among them.
    static constexpr std::uint32_t slice_events_max = 256;

    // `by` has an engine.
    Fold(std::shared_ptr<const CategoryInEffect> by, std::unique_ptr<FoldedState> state, Version at)
        : by_(std::move(by)), state_(std::move(state)), version_(at) {}

    [[nodiscard]] Version version() const noexcept { return version_; }
    [[nodiscard]] const CategoryInEffect& by() const noexcept { return *by_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return state_->memory_bytes(); }
    // Of the newest event that was folded here; zero if there was none.
    [[nodiscard]] Timestamp last_recorded_at() const noexcept { return last_recorded_at_; }

    // The state as JSON text, if it is one and not larger than the category allows.
    using Text = boost::system::result<std::shared_ptr<const std::string>, FoldFailure>;
    [[nodiscard]] Text json() const;
    [[nodiscard]] Decision decide(const Command& command) { return state_->decide(command); }

    // Applies those that come next, until the time is up; events that would leave a gap, or are
    // known, are passed over.
    [[nodiscard]] std::unique_ptr<FoldFailure> apply(const CommittedEvents& committed,
                                                     const TurnTime& time = TurnTime());

    struct Slice {
        error_code error;
        std::unique_ptr<FoldFailure> failure;
        Version head;         // of the stream, when the slice was read
        bool at_end = false;  // arrived at `up_to` or at the head
        std::uint32_t applied = 0;
    };
    // Reads and applies the next events, one at least, not beyond up_to. The stream's chain hash,
    // if one is given, moves along with the version.
    [[nodiscard]] Slice read(const EventStore& store, const StreamName& stream, Version up_to,
                             const TurnTime& time = TurnTime(), Hash* chain = nullptr);

private:
    [[nodiscard]] std::unique_ptr<FoldFailure> evolve(const EventView& event);

    std::shared_ptr<const CategoryInEffect> by_;
    std::unique_ptr<FoldedState> state_;
    Version version_;
    Timestamp last_recorded_at_{};
};

}  // namespace firn
