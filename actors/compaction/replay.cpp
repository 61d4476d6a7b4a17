#include "actors/compaction/replay.hpp"

#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"

#include <algorithm>

namespace firn {

Replay::Replay(StreamName stream, std::shared_ptr<const CategoryInEffect> by, ReplayBase base,
               Version up_to)
    : stream_(std::move(stream)),
      by_(std::move(by)),
      base_(std::move(base)),
      up_to_(up_to),
      version_(base_.version),
      chain_(base_.chain_hash),
      state_(base_.state) {}

// Where the state is written out: after each third, as far as versions allow.
Version Replay::next_stop() const noexcept {
    const auto events = up_to_.since(base_.version);
    for (const auto stop :
         {base_.version.plus(events / 3), base_.version.plus(events - events / 3)}) {
        if (version_ < stop) {
            return stop;
        }
    }
    return up_to_;
}

std::optional<FoldFailure> Replay::restart() {
    if (version_ == no_version) {
        fold_.emplace(by_, by_->engine->initial(), no_version);
        return std::nullopt;
    }
    auto state = by_->engine->restore(state_);
    if (!state) {
        return FoldFailure{version_, *state.error()};
    }
    fold_.emplace(by_, std::move(*state), version_);
    return std::nullopt;
}

std::optional<FoldFailure> Replay::write_out() {
    auto text = fold_->json();
    if (!text) {
        return text.error();
    }
    const auto value = parse_json(**text);
    if (!value) {
        return FoldFailure{version_, "the state is not JSON: " + described(value.error())};
    }
    state_ = **text;
    state_hash_ = firn::state_hash(*value);
    return std::nullopt;
}

Replay::Step Replay::step(const EventStore& store, const TurnTime& time) {
    Step step;
    do {
        if (!fold_ && (step.failure = restart())) {
            return step;
        }
        const auto stop = next_stop();
        if (version_ < stop) {
            auto slice = fold_->read(store, stream_, stop, time, &chain_);
            version_ = fold_->version();
            if (slice.error) {
                step.error = slice.error;
                return step;
            }
            if (slice.failure) {
                step.failure = *slice.failure;
                return step;
            }
            if (slice.at_end && version_ < stop) {
                step.error = storage_errc::version_not_found;
                return step;
            }
        }
        if (version_ == stop) {
            if ((step.failure = write_out())) {
                return step;
            }
            fold_.reset();
            step.done = version_ == up_to_;
        }
    } while (!step.done && !time.is_up());
    return step;
}

}  // namespace firn
