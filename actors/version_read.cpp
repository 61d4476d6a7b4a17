#include "actors/version_read.hpp"

namespace firn {

VersionRead::VersionRead(std::shared_ptr<ActorContext> context, std::shared_ptr<StreamActor> actor,
                         Version version, Reply<StateResult> reply)
    : context_(std::move(context)),
      actor_(std::move(actor)),
      version_(version),
      fold_(*context_->decider),
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
    if (fold_.version() != version_) {
        const auto pass = context_->gate.enter();
        if (!pass) {
            return StateFailure{actor_errc::closed, {}, {}};
        }
        auto slice = fold_.read(*pass, actor_->name(), version_);
        context_->counters.events_applied.add(slice.applied);
        if (slice.error) {
            return StateFailure{slice.error, {}, {}};
        }
        if (slice.failure) {
            return StateFailure{actor_errc::fold_failed, {}, std::move(*slice.failure)};
        }
        if (slice.at_end && fold_.version() < version_) {
            return StateFailure{storage_errc::version_not_found, slice.head, {}};
        }
    }
    if (fold_.version() != version_) {
        return std::nullopt;
    }
    std::string json;
    fold_.state().write_json(json);
    context_->counters.states_served.add();
    return context_->view(version_, std::make_shared<const std::string>(std::move(json)));
}

}  // namespace firn
