// How an actor folds: the part of StreamActor that runs in turns on the executor.
#include "actors/stream_actor.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace firn {

// One turn: what it was given under the mutex, and whom it answers at its end.
struct StreamActor::Slice {
    std::vector<CommittedEvents> unfolded;
    bool must_read = false;  // what memory knows may not be all that is durable
    Version head;
    std::unique_ptr<FoldFailure> known_failure;

    std::vector<Reply<StateResult>> answered;
    std::optional<StateResult> answer;
};

void StreamActor::turn() {
    Slice slice;
    try {
        run_slice(slice);
    } catch (const std::exception& exception) {
        // A decider that throws, or no memory: this stream's state is void, the actor lives on.
        fold_.reset();
        fail_serving(slice, {actor_errc::fold_failed, {}, FoldFailure{{}, exception.what()}});
    }
    // More goes into another turn, so that other streams get theirs in between.
    if (end_slice(slice)) {
        schedule_turn();
    }
    // Last, because an answer runs the caller's code, and the next turn may run meanwhile.
    answer_all(slice);
}

void StreamActor::run_slice(Slice& slice) {
    begin_slice(slice);
    if (slice.known_failure) {
        fail_serving(slice, {actor_errc::fold_failed, {}, *slice.known_failure});
        return;
    }
    if (!fold_) {
        if (serving_.empty()) {
            return;
        }
        fold_.emplace(*context_.decider);
    }
    if (apply_unfolded(slice) && !serving_.empty()) {
        const bool behind = slice.must_read || fold_->version() < slice.head;
        if (!behind || read_slice(slice)) {
            serve(slice);
        }
    }
}

void StreamActor::begin_slice(Slice& slice) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(forget_, false)) {
        fold_.reset();
    }
    slice.unfolded.swap(unfolded_);
    unfolded_bytes_ = 0;
    // An append in flight may be durable already without this actor knowing it.
    slice.must_read = !head_known_ || writes_ != 0;
    slice.head = head_;
    if (failure_) {
        slice.known_failure = std::make_unique<FoldFailure>(*failure_);
    }
    // From here on end_write keeps what it brings, also during the load.
    keeps_state_ = !failure_ && (fold_ || !waiting_.empty() || !serving_.empty());
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(serving_));
    waiting_.clear();
}

// False: the fold failed, and the waiting were told.
bool StreamActor::apply_unfolded(Slice& slice) {
    const auto before = fold_->version();
    for (const auto& committed : slice.unfolded) {
        if (auto failure = fold_->apply(committed)) {
            fold_.reset();
            fail_serving(slice, {actor_errc::fold_failed, {}, *failure});
            const std::lock_guard lock(mutex_);
            failure_ = std::move(failure);
            return false;
        }
    }
    context_.counters.events_applied.add(fold_->version().since(before));
    return true;
}

// True: the fold has arrived at slice.head, which was the head when this slice was read.
bool StreamActor::read_slice(Slice& slice) {
    const auto pass = context_.gate.enter();
    if (!pass) {
        fail_serving(slice, {actor_errc::closed, {}, {}});
        return false;
    }
    auto read = fold_->read(*pass, name_, Version{std::numeric_limits<std::uint64_t>::max()});
    context_.counters.events_applied.add(read.applied);
    if (read.error) {
        fold_.reset();
        fail_serving(slice, {read.error, {}, {}});
        return false;
    }
    if (read.failure) {
        fold_.reset();
        fail_serving(slice, {actor_errc::fold_failed, {}, *read.failure});
        const std::lock_guard lock(mutex_);
        failure_ = std::move(read.failure);
        return false;
    }
    slice.head = read.head;
    return read.at_end;
}

// The fold is at slice.head: those who wait get its state.
void StreamActor::serve(Slice& slice) {
    const auto version = fold_->version();
    std::shared_ptr<const std::string> json;
    {
        const std::lock_guard lock(mutex_);
        json = json_version_ == version ? json_ : nullptr;
    }
    if (!json) {
        std::string text;
        fold_->state().write_json(text);
        text.shrink_to_fit();
        json = std::make_shared<const std::string>(std::move(text));
    }
    slice.answered.swap(serving_);
    slice.answer = context_.view(version, json);
    context_.counters.states_served.add(slice.answered.size());
    const std::lock_guard lock(mutex_);
    if (!forget_) {
        head_ = std::max(head_, slice.head);
        head_known_ = true;
        json_ = std::move(json);
        json_version_ = version;
    }
}

void StreamActor::fail_serving(Slice& slice, StateFailure failure) {
    slice.answered.swap(serving_);
    slice.answer = std::move(failure);
}

bool StreamActor::end_slice(const Slice& slice) {
    const std::lock_guard lock(mutex_);
    reads_ -= static_cast<std::uint32_t>(slice.answered.size());
    if (forget_ || !fold_) {
        fold_.reset();
        forget_ = false;
        keeps_state_ = false;
        json_.reset();
        unfolded_.clear();
        unfolded_bytes_ = 0;
    }
    account();
    has_turn_ = !waiting_.empty() || !serving_.empty() || unfolded_full();
    return has_turn_;
}

void StreamActor::answer_all(Slice& slice) {
    while (!slice.answered.empty()) {
        auto reply = std::move(slice.answered.back());
        slice.answered.pop_back();
        std::move(reply).answer(*slice.answer);
    }
}

}  // namespace firn
