// Folds a stream's events again, independently of everything that serves it: from its base, as
// read from the store, in sandboxes made for this alone (every state of an engine has its own).
//
// At two points on the way the state is written out, and the fold goes on from the text in another
// fresh sandbox; so a decider that keeps something beside its state comes out otherwise here than
// where it ran on, and is found. The chain hash is computed again on the way.
// Thread: one at a time. Errors: of the read, compacted if the base was cut meanwhile; the
// FoldFailure of an event. Throws FoldInterrupted.
#pragma once

#include "actors/fold.hpp"
#include "storage/snapshot_store.hpp"

#include <optional>

namespace firn {

// What a fold begins with.
struct ReplayBase {
    Version version;    // 0: with the initial state
    std::string state;  // the anchor's, if there is one
    Hash chain_hash{};  // at version
};

class Replay {
public:
    // `by` has an engine.
    Replay(StreamName stream, std::shared_ptr<const CategoryInEffect> by, ReplayBase base,
           Version up_to);

    struct Step {
        error_code error;
        std::optional<FoldFailure> failure;
        bool done = false;
    };
    // Goes on until the time is up.
    [[nodiscard]] Step step(const EventStore& store, const TurnTime& time);

    [[nodiscard]] Version version() const noexcept { return version_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return version_.since(base_.version); }
    // At version().
    [[nodiscard]] const Hash& chain_hash() const noexcept { return chain_; }
    // After the last step: the state at up_to, as text, and its hash.
    [[nodiscard]] const std::string& state() const noexcept { return state_; }
    [[nodiscard]] const Hash& state_hash() const noexcept { return state_hash_; }

private:
    [[nodiscard]] std::optional<FoldFailure> restart();
    [[nodiscard]] std::optional<FoldFailure> write_out();
    [[nodiscard]] Version next_stop() const noexcept;

    const StreamName stream_;
    const std::shared_ptr<const CategoryInEffect> by_;
    const ReplayBase base_;
    const Version up_to_;

    std::optional<Fold> fold_;
    Version version_;
    Hash chain_;
    std::string state_;
    Hash state_hash_{};
};

}  // namespace firn
