#include "actors/stream_actor.hpp"

#include "actors/stream_actor_work.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn {

namespace {

// Past either bound: folded if anybody asked lately, else dropped. Past four times: dropped.
constexpr std::size_t unfolded_max = 64;
constexpr std::size_t unfolded_bytes_max = 64u << 10;
constexpr std::size_t unfolded_drop_factor = 4;

// What the allocator and the directory's table add to an actor: its node, a bucket, a control
// block, the rounding of each of these.
constexpr std::size_t actor_overhead_bytes = 160;

// Commits that failed without saying whether they are durable.
bool is_durability_unknown(const error_code& error) noexcept {
    return error == storage_errc::io_failed || error == storage_errc::store_failed ||
           error.category() != storage_category();
}

}  // namespace

StreamActor::StreamActor(ActorContext& context, StreamName name, std::size_t name_hash)
    : context_(context),
      name_(std::move(name)),
      name_hash_(name_hash),
      category_(context.categories->find_or_make(name_.category)) {
    set_policy(context.categories->policy(name_));
    account();
}

StreamActor::~StreamActor() {
    context_.counters.actor_bytes.subtract(cost_);
}

bool StreamActor::is_overloaded() const noexcept {
    const auto waiting =
        work_ ? work_->commands.size() + work_->parked.size() + work_->snapshots.size() : 0;
    return std::size_t{writes_} + reads_ + waiting >= context_.limits.inbox_max;
}

StreamActor::Work& StreamActor::work() {
    if (!work_) {
        work_ = std::make_unique<Work>();
    }
    return *work_;
}

StreamActor::Admission StreamActor::begin_write(bool has_waited) {
    const std::lock_guard lock(mutex_);
    if (is_overloaded()) {
        return Admission::overloaded;
    }
    if (work_ && (work_->deciding || (!has_waited && !work_->commands.empty()))) {
        return Admission::wait;
    }
    ++writes_;
    return Admission::admitted;
}

bool StreamActor::park(std::unique_ptr<WriteRequest>& request) {
    const std::lock_guard lock(mutex_);
    if (!work_ || (work_->commands.empty() && !work_->deciding)) {
        return false;
    }
    request->set_waited();
    work_->parked.push_back(std::move(request));
    return true;
}

void StreamActor::withdraw_write() noexcept {
    bool turn = false;
    {
        const std::lock_guard lock(mutex_);
        --writes_;
        turn = wants_commands() && take_turn();
    }
    if (turn) {
        schedule_turn();
    }
}

void StreamActor::end_write(const StreamWrite& write, const error_code& error,
                            const StreamOutcome* outcome) noexcept {
    bool turn = false;
    bool due = false;
    bool policy_ends = false;
    if (write.kind == StreamWrite::Kind::delete_stream) {
        tell_stand_in(error, outcome);
    }
    {
        const std::lock_guard lock(mutex_);
        BOOST_ASSERT(writes_ != 0);
        --writes_;
        ++writes_ended_;
        if (error) {
            if (is_durability_unknown(error)) {
                head_known_ = false;
            }
        } else if (write.kind == StreamWrite::Kind::delete_stream) {
            forget();
            policy_ends = has_own_every_ || has_own_keep_;
        } else if (write.kind == StreamWrite::Kind::begin_compacted) {
            forget();  // that it was never there
        } else if (!outcome->replayed) {
            // A replay's version is the one of long ago; a check may be of no stream at all.
            head_ = std::max(head_, outcome->version);
            head_known_ = head_ != no_version;
            if (write.events && !write.events->empty()) {
                keep_unfolded({write.events, outcome->first_version, outcome->position,
                               outcome->recorded_at});
                due = crosses_policy(outcome->first_version, outcome->version) &&
                      !std::exchange(snapshot_due_, true);
                category_->costs.appended.add(write.events->count());
            }
        }
        if (unfolded_full() && !std::exchange(read_lately_, false)) {
            drop_unfolded();
        }
        turn = (unfolded_full() || wants_commands()) && take_turn();
    }
    if (turn) {
        schedule_turn();
    }
    if (due) {
        tell_snapshot_due();
    }
    if (const auto host = policy_ends ? context_.host.lock() : nullptr) {
        host->policy_ended(name_);
    }
}

// The feed holds one in the stream's place from now on, if the deletion is durable.
void StreamActor::tell_stand_in(const error_code& error, const StreamOutcome* outcome) {
    auto& stand_ins = context_.subscriptions->stand_ins();
    if (!error) {
        stand_ins.add(outcome->position);
    } else if (is_durability_unknown(error)) {
        stand_ins.add_unknown();
    }
}

// Who is not taken asks again at its next interval.
void StreamActor::tell_snapshot_due() {
    const auto host = context_.host.lock();
    if (!host || !host->snapshot_due(name_)) {
        const std::lock_guard lock(mutex_);
        snapshot_due_ = false;
    }
}

// Multiples of the interval: then it need not be known where the last snapshot is.
bool StreamActor::crosses_policy(Version first, Version last) const noexcept {
    const std::uint64_t every = has_own_every_ ? own_every_ : category_->snapshots_every();
    return every != 0 && last.value() / every > (first.value() - 1) / every;
}

void StreamActor::set_policy(const std::optional<SnapshotSettings>& policy) {
    const auto own = policy.value_or(SnapshotSettings{});
    const std::lock_guard lock(mutex_);
    has_own_every_ = own.every.has_value();
    own_every_ = own.every.value_or(0);
    has_own_keep_ = own.keep.has_value();
    own_keep_ = own.keep.value_or(0);
}

SnapshotPolicy StreamActor::policy(const CategoryInEffect& by) const noexcept {
    const std::lock_guard lock(mutex_);
    return {has_own_every_ ? own_every_ : by.snapshots.every,
            has_own_keep_ ? own_keep_ : by.snapshots.keep};
}

error_code StreamActor::begin_read() {
    const std::lock_guard lock(mutex_);
    if (is_overloaded()) {
        return actor_errc::overloaded;
    }
    ++reads_;
    return {};
}

void StreamActor::end_read() noexcept {
    const std::lock_guard lock(mutex_);
    --reads_;
}

std::optional<StateView> StreamActor::cached_state() const {
    const std::lock_guard lock(mutex_);
    if (!json_ || writes_ != 0 || !head_known_ || json_version_ != head_ ||
        generation_ != category_->generation()) {
        return std::nullopt;
    }
    return StateView{json_version_, json_, std::string(json_by_->decider_kind()),
                     json_by_->revision};
}

void StreamActor::state(Reply<StateResult> reply) {
    if (const auto error = begin_read()) {
        context_.counters.overloads.add();
        std::move(reply).post(StateFailure{error, {}, {}});
        return;
    }
    bool turn = false;
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(reply));
        turn = take_turn();
    }
    if (turn) {
        schedule_turn();
    }
}

void StreamActor::snapshot(Reply<SnapshotAnswer> reply) {
    bool turn = false;
    bool refused = false;
    {
        const std::lock_guard lock(mutex_);
        refused = is_overloaded();
        if (!refused) {
            work().snapshots.push_back(std::move(reply));
            turn = take_turn();
        }
    }
    if (refused) {
        context_.counters.overloads.add();
        std::move(reply).post(StateFailure{actor_errc::overloaded, {}, {}});
    }
    if (turn) {
        schedule_turn();
    }
}

void StreamActor::snapshot_by_policy() {
    bool turn = false;
    {
        const std::lock_guard lock(mutex_);
        snapshot_asked_ = true;
        turn = take_turn();
    }
    if (turn) {
        schedule_turn();
    }
}

bool StreamActor::take_turn() noexcept {
    return !std::exchange(has_turn_, true);
}

void StreamActor::schedule_turn() {
    auto turn = [context = context_.shared_from_this(), actor = shared_from_this()] {
        actor->turn();
    };
    context_.executor.post(turn);
}

void StreamActor::keep_unfolded(CommittedEvents committed) {
    // Without a state, whoever asks for one reads them with the rest. With times of their own,
    // only the store knows the times of the others of the batch.
    if (!keeps_state_ || committed.events->has_own_times()) {
        return;
    }
    const auto bytes = committed.events->bytes().size();
    unfolded_bytes_ += bytes;
    cost_ += bytes;
    context_.counters.actor_bytes.add(bytes);
    unfolded_.push_back(std::move(committed));
    if (unfolded_.size() > unfolded_max * unfolded_drop_factor ||
        unfolded_bytes_ > unfolded_bytes_max * unfolded_drop_factor) {
        drop_unfolded();  // folding does not keep up
    }
}

// A stream that is written and not read is not folded: whoever asks for its state, a snapshot for
// one, reads what is missing.
void StreamActor::drop_unfolded() noexcept {
    keeps_state_ = false;
    cost_ -= unfolded_bytes_;
    context_.counters.actor_bytes.subtract(unfolded_bytes_);
    unfolded_.clear();
    unfolded_bytes_ = 0;
}

bool StreamActor::unfolded_full() const noexcept {
    return unfolded_.size() > unfolded_max || unfolded_bytes_ > unfolded_bytes_max;
}

void StreamActor::forget() {
    head_known_ = false;
    json_.reset();
    failure_.reset();
    unfolded_.clear();
    unfolded_bytes_ = 0;
    keeps_state_ = false;
    if (has_turn_) {
        forget_ = true;
    } else {
        fold_.reset();
        account();
    }
}

void StreamActor::account() {
    auto cost = sizeof(StreamActor) + actor_overhead_bytes + name_.category.capacity() +
                name_.id.capacity() + unfolded_bytes_ +
                unfolded_.capacity() * sizeof(CommittedEvents);
    if (fold_) {
        cost += fold_->memory_bytes();
    }
    if (json_) {
        cost += sizeof(std::string) + json_->capacity();
    }
    context_.counters.actor_bytes.add(cost);
    context_.counters.actor_bytes.subtract(cost_);
    cost_ = cost;
}

}  // namespace firn
