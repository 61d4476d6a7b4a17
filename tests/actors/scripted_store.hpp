// A memory store whose commits can be held back or made to fail, and whose reads are counted.
//
// The service owns the store and destroys it when it stops; the script is the test's and stays.
// Thread: as EventStore; the script's functions from any.
#pragma once

#include "storage/memory/memory_store.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace firn::test {

class StoreScript {
public:
    // Commits that arrive from now on wait for release().
    void hold() {
        const std::lock_guard lock(mutex_);
        held_ = true;
    }
    void release() {
        // Notified under the lock: the store may die as soon as it is let go.
        const std::lock_guard lock(mutex_);
        held_ = false;
        changed_.notify_all();
    }
    // Returns when a commit waits for release().
    void wait_until_held() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_; });
    }
    // Commits answer this error and do nothing, until it is empty again.
    void fail_with(error_code error) {
        const std::lock_guard lock(mutex_);
        failure_ = error;
    }
    // Commits do their work and then answer this error, as when a sync fails.
    void fail_after_with(error_code error) {
        const std::lock_guard lock(mutex_);
        late_failure_ = error;
    }

    [[nodiscard]] std::uint64_t reads() const { return reads_.load(); }
    [[nodiscard]] std::uint64_t head_reads() const { return head_reads_.load(); }
    [[nodiscard]] std::uint64_t commits() const { return commits_.load(); }

    [[nodiscard]] EventStore& memory() noexcept { return *memory_; }

private:
    friend class ScriptedStore;

    const std::unique_ptr<EventStore> memory_ = make_memory_store();
    std::atomic<std::uint64_t> reads_{0};
    std::atomic<std::uint64_t> head_reads_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    bool waiting_ = false;
    error_code failure_;
    error_code late_failure_;
};

class ScriptedStore final : public EventStore {
public:
    explicit ScriptedStore(std::shared_ptr<StoreScript> script) : script_(std::move(script)) {}

    [[nodiscard]] std::vector<TransactionOutcome> commit(
        std::span<const Transaction> group) override {
        std::unique_lock lock(script_->mutex_);
        script_->waiting_ = script_->held_;
        script_->changed_.notify_all();
        script_->changed_.wait(lock, [&script = *script_] { return !script.held_; });
        script_->waiting_ = false;
        ++script_->commits_;
        std::vector<TransactionOutcome> outcomes(group.size());
        if (!script_->failure_) {
            outcomes = script_->memory_->commit(group);
        }
        for (auto& outcome : outcomes) {
            if (script_->failure_ || script_->late_failure_) {
                outcome = {};
                outcome.error = script_->failure_ ? script_->failure_ : script_->late_failure_;
            }
        }
        return outcomes;
    }

    [[nodiscard]] result<StreamFacts> facts(const StreamName& stream) const override {
        return script_->memory_->facts(stream);
    }
    [[nodiscard]] result<Version> head_version(const StreamName& stream) const override {
        ++script_->head_reads_;
        return script_->memory_->head_version(stream);
    }
    [[nodiscard]] result<StreamPage> read(const StreamName& stream,
                                          const StreamQuery& query) const override {
        ++script_->reads_;
        return script_->memory_->read(stream, query);
    }
    [[nodiscard]] result<FeedPage> feed(const FeedQuery& query) const override {
        return script_->memory_->feed(query);
    }
    [[nodiscard]] result<StreamList> list(const ListQuery& query) const override {
        return script_->memory_->list(query);
    }
    [[nodiscard]] Position head_position() const override {
        return script_->memory_->head_position();
    }
    [[nodiscard]] StoreStats stats() const override { return script_->memory_->stats(); }
    [[nodiscard]] result<void> cut(const StreamName& stream, Version up_to) override {
        return script_->memory_->cut(stream, up_to);
    }
    [[nodiscard]] result<ReclaimProgress> reclaim(std::uint32_t events_max) override {
        return script_->memory_->reclaim(events_max);
    }

private:
    const std::shared_ptr<StoreScript> script_;
};

}  // namespace firn::test
