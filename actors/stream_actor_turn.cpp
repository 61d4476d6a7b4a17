// How an actor folds: the part of StreamActor that runs in turns on the executor.
#include "actors/fold_start.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "actors/stream_actor_work.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>

namespace firn {

void StreamActor::turn() {
    Slice slice{.time = TurnTime(context_.limits.turn_max)};
    try {
        run_slice(slice);
    } catch (const FoldInterrupted& interrupted) {
        fold_.reset();
        fail(slice, {actor_errc::fold_failed, {}, interrupted.failure});
    } catch (const std::exception& exception) {
        // A decider that throws, or no memory: this stream's state is void, the actor lives on.
        fold_.reset();
        fail(slice, {actor_errc::fold_failed, {}, FoldFailure{{}, exception.what()}});
    }
    for (auto& call : slice.failed_commands) {
        // What was decided once needs no state to be told again.
        auto failure = std::exchange(call.outcome, {});
        if (!call.id || !recall(call) || call.outcome.error) {
            call.outcome = std::move(failure);
        }
        slice.answered_commands.push_back(std::move(call));
    }
    // More goes into another turn, so that other streams get theirs in between.
    if (end_slice(slice)) {
        schedule_turn();
    }
    // Last, because an answer runs the caller's code, and the next turn may run meanwhile.
    answer_all(slice);
    if (const auto host = context_.host.lock()) {
        for (auto& request : slice.released) {
            host->start_write(std::move(request));
        }
        if (slice.snapshot_handed_over) {
            host->snapshot_handed_over();
        }
    } else {
        for (auto& request : slice.released) {
            request->refuse(actor_errc::closed);
        }
    }
}

void StreamActor::run_slice(Slice& slice) {
    begin_slice(slice);
    if (slice.speculating) {
        return;
    }
    if (slice.known_failure) {
        fail(slice, {actor_errc::fold_failed, {}, *slice.known_failure});
        return;
    }
    if (!fold_ && (!slice.wanted || !start(slice))) {
        return;
    }
    if (!apply_unfolded(slice) || !slice.wanted || slice.time.is_up()) {
        return;
    }
    const bool behind = slice.must_read || fold_->version() < slice.head;
    if (!behind || read_slice(slice)) {
        arrive(slice);
    }
}

void StreamActor::begin_slice(Slice& slice) {
    CommandCalls ended;
    bool voids_fold = false;
    {
        const std::lock_guard lock(mutex_);
        if (work_ && !work_->batch.empty()) {
            if (work_->batch_unwritten != 0) {
                slice.speculating = true;
                return;
            }
            ended.swap(work_->batch);
            voids_fold = std::exchange(work_->batch_voids_fold, false);
        }
    }
    if (!ended.empty()) {
        end_batch(slice, std::move(ended), voids_fold);
    }
    const std::lock_guard lock(mutex_);
    if (const auto generation = category_->generation(); generation_ != generation) {
        // Another decider: what was folded by the old one counts for nothing, failures neither.
        generation_ = generation;
        forget_ = true;
        json_.reset();
        failure_.reset();
    }
    if (std::exchange(forget_, false)) {
        fold_.reset();
    }
    slice.unfolded.swap(unfolded_);
    unfolded_bytes_ = 0;
    // An append in flight may be durable already without this actor knowing it.
    slice.must_read = !head_known_ || writes_ != 0;
    slice.head = head_;
    slice.writes_ended = writes_ended_;
    if (failure_) {
        slice.known_failure = std::make_unique<FoldFailure>(*failure_);
    }
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(serving_));
    waiting_.clear();
    slice.decides = wants_commands();
    slice.wants_snapshot = snapshot_asked_ || (work_ && !work_->snapshots.empty());
    slice.wanted = !serving_.empty() || slice.decides || slice.wants_snapshot;
    read_lately_ = read_lately_ || !serving_.empty() || slice.decides;
    // From here on end_write keeps what it brings, also during the load.
    keeps_state_ = !failure_ && (slice.wanted || (fold_ && keeps_state_));
}

// False: there is no state to be had, and the waiting were told.
bool StreamActor::start(Slice& slice) {
    const auto pass = context_.gate.enter();
    if (!pass) {
        fail(slice, {actor_errc::closed, {}, {}});
        return false;
    }
    auto start = start_fold(*pass, name_, Version{std::numeric_limits<std::uint64_t>::max()},
                            *category_, context_.counters);
    if (!start.fold) {
        fail(slice, start.failure);
        return false;
    }
    fold_ = std::move(start.fold);
    loading_ = true;
    load_applied_ = 0;
    bool due = false;
    {
        const std::lock_guard lock(mutex_);
        // A change of decider between begin_slice and here is seen by the next turn.
        generation_ = fold_->by().generation;
        due = start.passed_over && !std::exchange(snapshot_due_, true);
    }
    if (due) {
        tell_snapshot_due();
    }
    return true;
}

// False: the fold failed, and the waiting were told. What there is no time for is read from the
// store when somebody asks.
bool StreamActor::apply_unfolded(Slice& slice) {
    const auto before = fold_->version();
    for (const auto& committed : slice.unfolded) {
        if (auto failure = fold_->apply(committed, slice.time)) {
            fold_.reset();
            fail(slice, {actor_errc::fold_failed, {}, *failure});
            remember_failure(std::move(*failure));
            return false;
        }
        if (slice.time.is_up()) {
            break;
        }
    }
    context_.counters.events_applied.add(fold_->version().since(before));
    return true;
}

// True: the fold has arrived at slice.head, which was the head when this slice was read.
bool StreamActor::read_slice(Slice& slice) {
    const auto pass = context_.gate.enter();
    if (!pass) {
        fail(slice, {actor_errc::closed, {}, {}});
        return false;
    }
    const auto began = std::chrono::steady_clock::now();
    auto read =
        fold_->read(*pass, name_, Version{std::numeric_limits<std::uint64_t>::max()}, slice.time);
    context_.counters.events_applied.add(read.applied);
    category_->costs.events_folded.add(read.applied, std::chrono::steady_clock::now() - began);
    load_applied_ += read.applied;
    if (read.error == storage_errc::stream_not_found && slice.decides) {
        // A command may be what makes the stream exist.
        fail_readers(slice, {read.error, {}, {}});
        return true;
    }
    if (read.error == storage_errc::compacted) {
        // What it started from was compacted away meanwhile. The next turn starts at the anchor.
        fold_.reset();
        return false;
    }
    if (read.error) {
        fold_.reset();
        fail(slice, {read.error, {}, {}});
        return false;
    }
    if (read.failure) {
        fold_.reset();
        fail(slice, {actor_errc::fold_failed, {}, *read.failure});
        remember_failure(std::move(*read.failure));
        return false;
    }
    slice.head = read.head;
    return read.at_end;
}

// The fold is at slice.head: those who wait get what they wait for.
void StreamActor::arrive(Slice& slice) {
    if (std::exchange(loading_, false)) {
        context_.counters.load_events.add(load_applied_);
        category_->costs.loads.add();
        category_->costs.load_events.add(load_applied_);
    }
    if (!serving_.empty() || slice.wants_snapshot) {
        const auto text = text_of_state();
        if (!serving_.empty()) {
            serve(slice, text);
        }
        if (slice.wants_snapshot) {
            save_snapshot(slice, text);
        }
    }
    if (slice.decides && fold_->memory_bytes() > fold_->by().state_bytes_max) {
        if (const auto text = text_of_state(); !text) {
            fail(slice, {actor_errc::fold_failed, {}, text.error()});
            return;
        }
    }
    if (slice.decides) {
        decide_batch(slice);
    }
}

Fold::Text StreamActor::text_of_state() const {
    {
        const std::lock_guard lock(mutex_);
        if (json_ && json_version_ == fold_->version() && !forget_) {
            return json_;
        }
    }
    return fold_->json();
}

void StreamActor::serve(Slice& slice, const Fold::Text& text) {
    slice.answered.swap(serving_);
    if (!text) {
        slice.answer = StateFailure{actor_errc::fold_failed, {}, text.error()};
        return;
    }
    const auto version = fold_->version();
    auto by = category_->in_effect();
    slice.answer =
        StateView{version, *text, std::string(fold_->by().decider_kind()), fold_->by().revision};
    context_.counters.states_served.add(slice.answered.size());
    const std::lock_guard lock(mutex_);
    if (!forget_ && by->generation == fold_->by().generation) {
        head_ = std::max(head_, slice.head);
        // A write that ended since said itself whether it is known.
        head_known_ = head_known_ || writes_ended_ == slice.writes_ended;
        json_ = *text;
        json_by_ = std::move(by);
        json_version_ = version;
    }
}

// Everybody who waits for a state, in whatever way, hears why there is none.
void StreamActor::fail(Slice& slice, const StateFailure& failure) {
    fail_readers(slice, failure);
    const std::lock_guard lock(mutex_);
    if (work_) {
        for (auto& call : work_->commands) {
            call.outcome = {};
            call.outcome.error = failure.error;
            call.outcome.fold = failure.fold;
            slice.failed_commands.push_back(std::move(call));
        }
        work_->commands.clear();
        work_->deciding = false;
        std::move(work_->parked.begin(), work_->parked.end(), std::back_inserter(slice.released));
        work_->parked.clear();
    }
}

void StreamActor::fail_readers(Slice& slice, const StateFailure& failure) {
    std::move(serving_.begin(), serving_.end(), std::back_inserter(slice.answered));
    serving_.clear();
    slice.wants_snapshot = false;
    slice.answer = failure;
    slice.snapshot_failure = failure;
    const std::lock_guard lock(mutex_);
    if (std::exchange(snapshot_asked_, false)) {
        snapshot_due_ = false;
        slice.snapshot_handed_over = true;
    }
    if (work_) {
        slice.failed_snapshots.swap(work_->snapshots);
    }
}

void StreamActor::remember_failure(FoldFailure failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::make_unique<FoldFailure>(std::move(failure));
}

bool StreamActor::end_slice(const Slice& slice) {
    const std::lock_guard lock(mutex_);
    reads_ -= static_cast<std::uint32_t>(slice.answered.size());
    if (work_ && work_->is_empty()) {
        work_.reset();
    }
    if (work_ && !work_->batch.empty()) {
        // The fold is ahead until the batch is durable; its last write brings the next turn.
        keeps_state_ = true;
        account();
        has_turn_ = work_->batch_unwritten == 0;
        return has_turn_;
    }
    if (forget_ || !fold_) {
        fold_.reset();
        forget_ = false;
        keeps_state_ = false;
        json_.reset();
        unfolded_.clear();
        unfolded_bytes_ = 0;
    }
    account();
    has_turn_ = !waiting_.empty() || !serving_.empty() || unfolded_full() || snapshot_asked_ ||
                wants_commands() || (work_ && !work_->snapshots.empty());
    return has_turn_;
}

void StreamActor::answer_all(Slice& slice) {
    while (!slice.answered.empty()) {
        auto reply = std::move(slice.answered.back());
        slice.answered.pop_back();
        std::move(reply).answer(*slice.answer);
    }
    for (auto& reply : slice.failed_snapshots) {
        std::move(reply).answer(*slice.snapshot_failure);
    }
    for (auto& call : slice.answered_commands) {
        std::move(call.reply).answer(std::move(call.outcome));
    }
}

}  // namespace firn
