#include "storage/journaled/settler.hpp"

#include "storage/lmdb/deletion.hpp"

#include <algorithm>

namespace firn {

namespace {

// Small slices disturb appends least: their p99 was 1.5 ms beside slices of 512 events, 2.2 beside
// 1,024, 4.2 beside 4,096. But each one flushes the disk twice, which appends want for themselves.
// So there are about slices_per_second of them, however fast events come, and larger ones once the
// pending set fills beyond what an ordinary round begins with, which is half.
constexpr std::uint32_t slice_events_min = 256;
constexpr std::uint32_t slice_events_max = 8192;
constexpr double slices_per_second = 128;
constexpr double fill_to_grow_from = 0.6;

std::uint32_t slice_events(double events_per_second, std::uint64_t pending_bytes,
                           std::uint64_t pending_bytes_max) {
    const auto fill = static_cast<double>(pending_bytes) / static_cast<double>(pending_bytes_max);
    const auto grown = (fill - fill_to_grow_from) / (1 - fill_to_grow_from) * slice_events_max;
    const auto steady = events_per_second / slices_per_second;
    return static_cast<std::uint32_t>(
        std::clamp<double>(std::max(grown, steady), slice_events_min, slice_events_max));
}

constexpr std::uint32_t reclaim_events = 2048;
constexpr std::chrono::seconds retry_after{1};

}  // namespace

Settler::Settler(const JournaledConfig& config, lmdb::Environment& environment,
                 journal::Journal& journal, Unsettled& unsettled)
    : config_(config),
      environment_(environment),
      journal_(journal),
      unsettled_(unsettled),
      writes_(unsettled, {config.waiting_writes_max, config.waiting_bytes_max}) {}

void Settler::start() {
    // What was there before is no arrival.
    rate_head_ = unsettled_.head_position();
    thread_ = std::thread([this] { loop(); });
}

void Settler::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Settler::nudge() {
    const auto pending = unsettled_.pending();
    const bool now = pending.bytes * 2 >= config_.pending_bytes_max || journal_.wants_settling();
    {
        const std::scoped_lock lock(mutex_);
        last_publication_ = std::chrono::steady_clock::now();
        if (!now) {
            return;
        }
    }
    wake_.notify_one();
}

result<void> Settler::wait_for_room(std::size_t record_bytes) {
    for (;;) {
        if (unsettled_.pending().bytes < config_.pending_bytes_max &&
            !journal_.is_full(record_bytes)) {
            return {};
        }
        std::unique_lock lock(mutex_);
        if (const auto ended = wait_for_a_round(lock); !ended) {
            return ended;
        }
    }
}

result<void> Settler::settle_all() {
    std::unique_lock lock(mutex_);
    // A round that runs now may have begun before what the caller waits for.
    const auto wanted = rounds_ended_ + 2;
    while (rounds_ended_ < wanted) {
        if (const auto ended = wait_for_a_round(lock); !ended) {
            return ended;
        }
    }
    return {};
}

result<void> Settler::wait_for_a_round(std::unique_lock<std::mutex>& lock) {
    if (stopping_) {
        return storage_errc::closed;
    }
    if (condition_) {
        return condition_->error;
    }
    asked_ = true;
    wake_.notify_one();
    const auto seen = rounds_ended_;
    changed_.wait(lock, [&] { return stopping_ || condition_ || rounds_ended_ != seen; });
    return {};
}

result<void> Settler::run(Task task) {
    return run_queued([this, task = std::move(task)] {
        return guarded([&] {
            auto transaction = environment_.write();
            task(transaction);
            transaction.commit();
        });
    });
}

result<void> Settler::between_writes(std::function<error_code()> step) {
    return run_queued([this, step = std::move(step)] {
        error_code outcome;
        const auto error = guarded_quietly([&] { outcome = step(); });
        return error ? error : outcome;
    });
}

result<void> Settler::run_queued(std::function<error_code()> step) {
    std::future<result<void>> done;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            return storage_errc::closed;
        }
        tasks_.push_back({std::move(step), {}});
        done = tasks_.back().done.get_future();
    }
    wake_.notify_one();
    return done.get();
}

std::optional<Settler::Condition> Settler::condition() const {
    const std::scoped_lock lock(mutex_);
    return condition_;
}

void Settler::loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto wanted = [&] { return stopping_ || write_urgent_ || !tasks_.empty(); };
        const auto ready = [&] { return wanted() || wants_round(); };
        if (condition_) {
            wake_.wait_for(lock, retry_after, wanted);
        } else if (!may_have_garbage_ || !config_.reclaim_in_background) {
            wake_.wait_for(lock, config_.settle_after, ready);
        }
        const bool last = stopping_;
        const bool round = wants_round() || condition_ || last;
        write_urgent_ = false;
        lock.unlock();
        run_tasks();
        write_ready();
        if (round) {
            settle_round();
            write_ready();
        } else if (!last) {
            reclaim();
        }
        if (!last) {
            journal_.prepare();
            drop_stale_readers();
        } else {
            writes_.close();
        }
        lock.lock();
        if (last) {
            // Tasks that came in since are answered by run() itself or below.
            for (auto& queued : tasks_) {
                queued.done.set_value(storage_errc::closed);
            }
            tasks_.clear();
            return;
        }
    }
}

void Settler::drop_stale_readers() {
    try {
        environment_.drop_stale_readers();
    } catch (const std::exception& error) {
        report(error.what());
    }
}

bool Settler::wants_round() const {
    if (asked_) {
        return true;
    }
    const auto pending = unsettled_.pending();
    if (pending.groups == 0) {
        return false;
    }
    return pending.bytes * 2 >= config_.pending_bytes_max || journal_.wants_settling() ||
           std::chrono::steady_clock::now() - last_publication_ >= config_.settle_after;
}

double Settler::arrival_rate() {
    const auto time = std::chrono::steady_clock::now();
    const auto head = unsettled_.head_position();
    const std::chrono::duration<double> since = time - rate_time_;
    const auto events = static_cast<double>(head.since(rate_head_));
    rate_time_ = time;
    rate_head_ = head;
    return since.count() > 0 ? events / since.count() : 0;
}

bool Settler::settle_round() {
    {
        const std::scoped_lock lock(mutex_);
        asked_ = false;
    }
    const auto error = guarded([this] {
        // A write that shared a transaction may have found it so.
        if (!environment_.is_usable()) {
            environment_.reopen();
        }
        auto groups = unsettled_.groups();
        if (groups.empty()) {
            writes_.round_settled(unsettled_.settled_position());
        } else {
            settle_groups(std::move(groups));
        }
    });
    if (error) {
        writes_.round_failed(error);
    }
    const bool settled = !error;
    {
        const std::scoped_lock lock(mutex_);
        may_have_garbage_ = true;
        if (settled) {
            ++rounds_ended_;
        } else {
            // Whoever waits still does, even if something else clears the condition.
            asked_ = true;
        }
    }
    changed_.notify_all();
    return settled;
}

void Settler::settle_groups(std::vector<std::shared_ptr<const Group>> groups) {
    labels_.forget();
    const auto rate = arrival_rate();
    SettleRound round(environment_, labels_, std::move(groups), config_.remembered_ids);
    writes_.round_begins(round.last_position());
    while (!round.is_done()) {
        const auto pending = unsettled_.pending().bytes;
        unsettled_.slice_settled(
            round.write_slice(slice_events(rate, pending, config_.pending_bytes_max)));
        write_urgent();
    }
    unsettled_.round_settled(round.group_count(), round.last_position());
    journal_.release(round.last_sequence());
    writes_.round_settled(round.last_position());
}

void Settler::run_tasks() {
    for (;;) {
        std::optional<QueuedTask> queued;
        {
            const std::scoped_lock lock(mutex_);
            if (tasks_.empty()) {
                return;
            }
            queued = std::move(tasks_.front());
            tasks_.pop_front();
            may_have_garbage_ = true;
        }
        const auto error = queued->step();
        queued->done.set_value(error ? result<void>(error) : result<void>());
    }
}

void Settler::reclaim() {
    if (!config_.reclaim_in_background) {
        return;
    }
    bool more = false;
    (void)guarded([&] {
        auto transaction = environment_.write();
        more = lmdb::garbage_waiting(transaction) > 0;
        if (more) {
            more = lmdb::reclaim_slice(transaction, reclaim_events).more;
            transaction.commit();
        }
    });
    const std::scoped_lock lock(mutex_);
    may_have_garbage_ = more;
}

}  // namespace firn
