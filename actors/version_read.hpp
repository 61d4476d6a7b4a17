// Folds one stream's state as of an older version, for one caller, beside its actor.
//
// It starts from nothing and goes a slice at a time, each posted to the executor.
// Thread: made by any; then one at a time on the executor.
// Errors: of the read, fold_failed, closed.
#pragma once

#include "actors/stream_actor.hpp"

namespace firn {

class VersionRead : public std::enable_shared_from_this<VersionRead> {
public:
    // The actor has counted the read (begin_read); its end is counted here.
    VersionRead(std::shared_ptr<ActorContext> context, std::shared_ptr<StreamActor> actor,
                Version version, Reply<StateResult> reply);
    ~VersionRead();
    VersionRead(const VersionRead&) = delete;
    VersionRead& operator=(const VersionRead&) = delete;

    void start() { schedule(); }

private:
    void schedule();
    void run_slice();
    [[nodiscard]] std::optional<StateResult> next_slice();

    // In this order: the actor refers to the context.
    std::shared_ptr<ActorContext> context_;
    std::shared_ptr<StreamActor> actor_;
    const Version version_;
    std::optional<Fold> fold_;
    Reply<StateResult> reply_;
};

}  // namespace firn
