#include "actors/version_read.hpp"

#include "actors/fold_start.hpp"

namespace firn {

VersionRead::VersionRead(std::shared_ptr<ActorContext> context, std::shared_ptr<StreamActor> actor,
                         Version version, Reply<StateResult> reply)
    : context_(std::move(context)),
      actor_(std::move(actor)),
      version_(version),
      reply_(std::move(reply)) {}

VersionRead::~VersionRead() {
    actor_->end_read();
}

void VersionRead::schedule() {
    auto slice = [self = shared_from_this()] { self->run_slice(); };
    context_->executor.post(slice);
}

void VersionRead::run_slice() {
    std::optional<StateResult> answer;
    try {
        answer = next_slice();
    } catch (const FoldInterrupted& interrupted) {
        answer = StateFailure{actor_errc::fold_failed, {}, interrupted.failure};
    } catch (const std::exception& exception) {
        answer = StateFailure{actor_errc::fold_failed, {}, FoldFailure{{}, exception.what()}};
    }
    if (answer) {
        std::move(reply_).answer(std::move(*answer));
    } else {
        schedule();
    }
}

std::optional<StateResult> VersionRead::next_slice() {
    const auto pass = context_->gate.enter();
    if (!pass) {
        return StateFailure{actor_errc::closed, {}, {}};
    }
    if (!fold_) {
        auto start =
            start_fold(*pass, actor_->name(), version_, actor_->category(), context_->counters);
        if (!start.fold) {
            return start.failure;
        }
        fold_ = std::move(start.fold);
    }
    if (fold_->version() != version_) {
        auto slice = fold_->read(*pass, actor_->name(), version_);
        context_->counters.events_applied.add(slice.applied);
        if (slice.error == storage_errc::compacted) {
            // What it started from was compacted away meanwhile: is there still a way?
            fold_.reset();
            return std::nullopt;
        }
        if (slice.error) {
            return StateFailure{slice.error, {}, {}};
        }
        if (slice.failure) {
            return StateFailure{actor_errc::fold_failed, {}, std::move(*slice.failure)};
        }
        if (slice.at_end && fold_->version() < version_) {
            return StateFailure{storage_errc::version_not_found, slice.head, {}};
        }
    }
    if (fold_->version() != version_) {
        return std::nullopt;
    }
    auto json = fold_->json();
    if (!json) {
        return StateFailure{actor_errc::fold_failed, {}, std::move(json.error())};
    }
    context_->counters.states_served.add();
    return StateView{version_, std::move(*json), std::string(fold_->by().decider_kind()),
                     fold_->by().revision};
}

}  // namespace firn
