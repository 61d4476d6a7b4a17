#include "actors/stream_actor.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn {

namespace {

// Past either bound the events are folded at once; past four times, dropped and read later.
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
    : context_(context), name_(std::move(name)), name_hash_(name_hash) {
    account();
}

StreamActor::~StreamActor() {
    context_.counters.actor_bytes.subtract(cost_);
}

error_code StreamActor::begin_write() {
    const std::lock_guard lock(mutex_);
    if (std::size_t{writes_} + reads_ >= context_.limits.inbox_max) {
        return actor_errc::overloaded;
    }
    ++writes_;
    return {};
}

void StreamActor::withdraw_write() noexcept {
    const std::lock_guard lock(mutex_);
    --writes_;
}

void StreamActor::end_write(const StreamWrite& write, const error_code& error,
                            const StreamOutcome* outcome) noexcept {
    bool turn = false;
    {
        const std::lock_guard lock(mutex_);
        BOOST_ASSERT(writes_ != 0);
        --writes_;
        if (error) {
            if (is_durability_unknown(error)) {
                head_known_ = false;
            }
        } else if (write.kind == StreamWrite::Kind::delete_stream) {
            forget();
        } else {
            head_ = std::max(head_, outcome->version);
            head_known_ = true;
            if (!outcome->replayed && write.events && !write.events->empty()) {
                keep_unfolded({write.events, outcome->first_version, outcome->position,
                               outcome->recorded_at});
            }
        }
        turn = unfolded_full() && !has_turn_;
        has_turn_ = has_turn_ || turn;
    }
    if (turn) {
        schedule_turn();
    }
}

error_code StreamActor::begin_read() {
    const std::lock_guard lock(mutex_);
    if (std::size_t{writes_} + reads_ >= context_.limits.inbox_max) {
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
    if (!json_ || writes_ != 0 || !head_known_ || json_version_ != head_) {
        return std::nullopt;
    }
    return context_.view(json_version_, json_);
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
        turn = !has_turn_;
        has_turn_ = true;
    }
    if (turn) {
        schedule_turn();
    }
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
        // Folding does not keep up. The gap is read from the store when somebody asks.
        unfolded_.clear();
        unfolded_bytes_ = 0;
    }
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
        cost += fold_->state().memory_bytes();
    }
    if (json_) {
        cost += sizeof(std::string) + json_->capacity();
    }
    context_.counters.actor_bytes.add(cost);
    context_.counters.actor_bytes.subtract(cost_);
    cost_ = cost;
}

}  // namespace firn
