#include "storage/journaled/settler.hpp"

#include "storage/lmdb/deletion.hpp"

#include <algorithm>
#include <future>

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
    // What was there before is no arrival, and the store has been quiet only from now on.
    rate_head_ = unsettled_.head_position();
    last_publication_ = std::chrono::steady_clock::now();
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

void Settler::post(Task task, When when, std::function<void(error_code)> done,
                   std::function<void()> begins) {
    auto step = [this, task = std::move(task), begins = std::move(begins)] {
        if (begins) {
            begins();
        }
        error_code refused;
        const auto attempt = [&] {
            auto transaction = environment_.write();
            refused = task(transaction);
            if (!refused) {
                transaction.commit();
            }
        };
        // By reference: to copy it would allocate, before anything is guarded.
        const auto error = guarded(std::ref(attempt));
        return error ? error : refused;
    };
    queue({std::move(step), std::move(done)}, when);
}

result<void> Settler::between_writes(std::function<error_code()> step) {
    std::promise<error_code> done;
    auto outcome = done.get_future();
    auto quiet = [this, step = std::move(step)] {
        error_code refused;
        const auto error = guarded_quietly([&] { refused = step(); });
        return error ? error : refused;
    };
    queue({std::move(quiet), [&done](error_code error) { done.set_value(error); }}, When::soon);
    const auto error = outcome.get();
    return error ? result<void>(error) : result<void>();
}

void Settler::queue(QueuedTask task, When when) {
    error_code error;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            error = storage_errc::closed;
        } else if (when == When::soon) {
            tasks_.push_back(std::move(task));
        } else if (condition_) {
            error = condition_->error;
        } else {
            settling_tasks_.push_back(std::move(task));
            asked_ = true;
        }
    }
    if (error) {
        task.done(error);
    } else {
        wake_.notify_one();
    }
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
        auto tasks = std::exchange(tasks_, {});
        auto settling_tasks = std::exchange(settling_tasks_, {});
        lock.unlock();
        run_tasks(std::move(tasks));
        write_ready();
        if (round) {
            if (const auto error = settle_round()) {
                answer_all(std::move(settling_tasks), error);
            } else {
                run_tasks(std::move(settling_tasks));
            }
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
            // Tasks that came in since are answered by post() itself or here.
            tasks = std::exchange(tasks_, {});
            settling_tasks = std::exchange(settling_tasks_, {});
            lock.unlock();
            answer_all(std::move(tasks), storage_errc::closed);
            answer_all(std::move(settling_tasks), storage_errc::closed);
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
    if (asked_ || !settling_tasks_.empty()) {
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

error_code Settler::settle_round() {
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
    } else {
        // Another step that works says nothing of settling.
        clear_condition();
    }
    {
        const std::scoped_lock lock(mutex_);
        may_have_garbage_ = true;
        if (!error) {
            ++rounds_ended_;
        } else {
            // Whoever waits still does, even if something else clears the condition.
            asked_ = true;
        }
    }
    changed_.notify_all();
    return error;
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

void Settler::run_tasks(Tasks tasks) {
    if (tasks.empty()) {
        return;
    }
    for (auto& queued : tasks) {
        queued.done(queued.step());
    }
    const std::scoped_lock lock(mutex_);
    may_have_garbage_ = true;
}

void Settler::answer_all(Tasks tasks, error_code error) {
    for (auto& queued : tasks) {
        queued.done(error);
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
