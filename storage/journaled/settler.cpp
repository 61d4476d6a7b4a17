#include "storage/journaled/settler.hpp"

#include "storage/lmdb/deletion.hpp"

#include <fmt/format.h>

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
    : config_(config), environment_(environment), journal_(journal), unsettled_(unsettled) {}

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
    std::future<result<void>> done;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            return storage_errc::closed;
        }
        tasks_.push_back({std::move(task), {}});
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
        const auto ready = [&] { return stopping_ || !tasks_.empty() || wants_round(); };
        if (condition_) {
            wake_.wait_for(lock, retry_after, [&] { return stopping_ || !tasks_.empty(); });
        } else if (!may_have_garbage_ || !config_.reclaim_in_background) {
            wake_.wait_for(lock, config_.settle_after, ready);
        }
        const bool last = stopping_;
        const bool round = wants_round() || condition_ || last;
        lock.unlock();
        run_tasks();
        if (round) {
            settle_round();
        } else if (!last) {
            reclaim();
        }
        if (!last) {
            journal_.prepare();
            drop_stale_readers();
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
    const auto error = guarded([&] {
        auto groups = unsettled_.groups();
        if (groups.empty()) {
            return;
        }
        labels_.forget();
        const auto rate = arrival_rate();
        SettleRound round(environment_, labels_, std::move(groups), config_.remembered_ids);
        while (!round.is_done()) {
            const auto pending = unsettled_.pending().bytes;
            unsettled_.slice_settled(
                round.write_slice(slice_events(rate, pending, config_.pending_bytes_max)));
        }
        unsettled_.round_settled(round.group_count(), round.last_position());
        journal_.release(round.last_sequence());
    });
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
        const auto error = guarded([&] {
            auto transaction = environment_.write();
            queued->task(transaction);
            transaction.commit();
        });
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

error_code Settler::guarded(const std::function<void()>& step) {
    try {
        return mending(step);
    } catch (const std::exception& error) {
        // Most likely there was no memory left to say what went wrong.
        set_condition(storage_errc::store_failed, error.what());
        return storage_errc::store_failed;
    }
}

error_code Settler::mending(const std::function<void()>& step) {
    for (;;) {
        try {
            step();
            clear_condition();
            return {};
        } catch (const lmdb::LmdbError& error) {
            if (error.map_is_full()) {
                try {
                    environment_.grow();
                    continue;
                } catch (const std::exception& grow_error) {
                    set_condition(storage_errc::store_failed, grow_error.what());
                    return storage_errc::store_failed;
                }
            }
            // At once, since readers fail until then.
            if (error.is_fatal() || !environment_.is_usable()) {
                try {
                    environment_.reopen();
                } catch (const std::exception& reopen_error) {
                    set_condition(storage_errc::store_failed, reopen_error.what());
                    return storage_errc::store_failed;
                }
            }
            const auto reason =
                error.disk_is_full() ? storage_errc::disk_full : storage_errc::store_failed;
            set_condition(reason, fmt::format("settling into the store's file failed: {}; it is "
                                              "tried again every second",
                                              error.what()));
            return reason;
        } catch (const lmdb::CorruptRecord& corrupt) {
            set_condition(storage_errc::store_failed,
                          fmt::format("the store is damaged: {}; stop the program and run "
                                      "'firn verify' on the directory",
                                      corrupt.what()));
            return storage_errc::corrupt;
        } catch (const std::bad_alloc&) {
            set_condition(storage_errc::store_failed, "not enough memory to settle");
            return storage_errc::store_failed;
        }
    }
}

void Settler::set_condition(storage_errc error, std::string_view sentence) {
    bool is_new = false;
    {
        const std::scoped_lock lock(mutex_);
        is_new = !condition_ || condition_->sentence != sentence;
        try {
            condition_ = Condition{error, std::string(sentence)};
        } catch (const std::bad_alloc&) {
            condition_ = Condition{error, {}};
        }
    }
    changed_.notify_all();
    if (is_new) {
        report(sentence);
    }
}

void Settler::clear_condition() {
    bool was = false;
    {
        const std::scoped_lock lock(mutex_);
        was = condition_.has_value();
        condition_.reset();
    }
    if (was) {
        report("settling works again");
    }
}

void Settler::report(std::string_view sentence) const {
    if (!config_.report) {
        return;
    }
    try {
        config_.report(sentence);
    } catch (const std::bad_alloc&) {
        // The condition stands in the stats all the same.
    }
}

}  // namespace firn
