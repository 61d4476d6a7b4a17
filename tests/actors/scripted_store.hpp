// A memory store whose commits, snapshot saves and documents can be held back or made to fail, and
// whose reads are counted.
//
// The service owns the store and destroys it when it stops; the script is the test's and stays.
// Thread: as EventStore; the script's functions from any.
#pragma once

#include "storage/memory/memory_store.hpp"
#include "tests/actors/scripted_documents.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

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

    // Pages of the feed answer this error, until it is empty again.
    void fail_feed_with(error_code error) {
        const std::lock_guard lock(mutex_);
        feed_failure_ = error;
    }

    // The next `count` snapshot saves that would be made answer this error and do nothing.
    void fail_saves(std::uint64_t count, error_code error = storage_errc::io_failed) {
        const std::lock_guard lock(mutex_);
        saves_to_fail_ = count;
        save_failure_ = error;
    }
    // These snapshots do not check any more, until something is saved in their place.
    void corrupt_snapshots(std::vector<Version> versions) {
        const std::lock_guard lock(mutex_);
        corrupt_ = std::move(versions);
    }
    // One copy of the anchors at these versions does not check any more, until they are saved anew.
    void spoil_copies(std::vector<Version> versions) {
        const std::lock_guard lock(mutex_);
        spoiled_ = std::move(versions);
    }
    // The next load answers its snapshot as if it were of this version.
    void misreport_snapshot(Version told) {
        const std::lock_guard lock(mutex_);
        misreported_ = told;
    }
    // Snapshot saves that come from now on are made, or fail, in release_saves(). Those that are
    // held when the store dies answer closed.
    void hold_saves() {
        const std::lock_guard lock(mutex_);
        saves_held_ = true;
    }
    void release_saves() {
        std::vector<std::function<void()>> saves;
        {
            const std::lock_guard lock(mutex_);
            saves_held_ = false;
            saves = take_held();
        }
        for (const auto& save : saves) {
            save();
        }
    }
    // Returns when at least this many saves wait for release_saves().
    void wait_until_saves_are_held(std::size_t count = 1) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return held_saves_.size() >= count; });
    }

    // Saves that came, also those that failed or are held.
    [[nodiscard]] std::uint64_t saves() const { return saves_.load(); }
    [[nodiscard]] std::uint64_t snapshot_loads() const { return snapshot_loads_.load(); }
    [[nodiscard]] std::uint64_t reads() const { return reads_.load(); }
    [[nodiscard]] std::uint64_t head_reads() const { return head_reads_.load(); }
    [[nodiscard]] std::uint64_t commits() const { return commits_.load(); }

    [[nodiscard]] EventStore& memory() noexcept { return *memory_; }
    [[nodiscard]] ScriptedDocuments& documents() noexcept { return documents_; }

private:
    friend class ScriptedStore;
    friend class ScriptedSnapshots;

    struct HeldSave {
        std::function<void()> save;
        std::function<void()> close;
    };

    [[nodiscard]] std::vector<std::function<void()>> take_held() {
        std::vector<std::function<void()>> saves;
        for (auto& held : std::exchange(held_saves_, {})) {
            saves.push_back(std::move(held.save));
        }
        return saves;
    }
    void close_held() {
        std::vector<HeldSave> left;
        {
            const std::lock_guard lock(mutex_);
            left = std::exchange(held_saves_, {});
        }
        for (const auto& held : left) {
            held.close();
        }
    }

    const std::unique_ptr<EventStore> memory_ = make_memory_store();
    ScriptedDocuments documents_{memory_->documents()};
    std::atomic<std::uint64_t> reads_{0};
    std::atomic<std::uint64_t> head_reads_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> saves_{0};
    std::atomic<std::uint64_t> snapshot_loads_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<HeldSave> held_saves_;
    bool saves_held_ = false;
    std::uint64_t saves_to_fail_ = 0;
    std::vector<Version> corrupt_;
    std::vector<Version> spoiled_;
    Version misreported_ = no_version;
    error_code save_failure_;
    bool held_ = false;
    bool waiting_ = false;
    error_code failure_;
    error_code late_failure_;
    error_code feed_failure_;
};

class ScriptedSnapshots final : public SnapshotStore {
public:
    explicit ScriptedSnapshots(StoreScript& script) : script_(script) {}

    void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) override {
        ++script_.saves_;
        {
            const std::lock_guard lock(script_.mutex_);
            if (script_.saves_held_) {
                script_.held_saves_.push_back({[this, stream, snapshot = std::move(snapshot), keep,
                                                done] { make(stream, snapshot, keep, done); },
                                               [done] { done(storage_errc::closed); }});
                script_.changed_.notify_all();
                return;
            }
        }
        make(stream, std::move(snapshot), keep, std::move(done));
    }
    [[nodiscard]] result<SnapshotLoad> load(const StreamName& stream, Version at_most,
                                            std::uint32_t revision) const override {
        ++script_.snapshot_loads_;
        std::uint32_t corrupt = 0;
        for (;;) {
            auto found = sound().load(stream, at_most, revision);
            if (!found || !found->snapshot || !is_corrupt(found->snapshot->facts.version)) {
                if (found) {
                    found->corrupt += corrupt;
                    found->damaged_copy =
                        found->snapshot && has_spoiled_copy(found->snapshot->facts.version);
                    misreport(*found);
                }
                return found;
            }
            ++corrupt;
            at_most = Version{found->snapshot->facts.version.value() - 1};
        }
    }
    [[nodiscard]] result<std::optional<Snapshot>> find(const StreamName& stream,
                                                       Version version) const override {
        if (is_corrupt(version)) {
            return storage_errc::corrupt;
        }
        return sound().find(stream, version);
    }
    [[nodiscard]] result<AnchorCopies> anchor(const StreamName& stream,
                                              Version version) const override {
        auto copies = sound().anchor(stream, version);
        if (is_corrupt(version)) {
            return AnchorCopies{};
        }
        if (copies && has_spoiled_copy(version)) {
            copies->second.reset();
        }
        return copies;
    }
    [[nodiscard]] result<std::vector<SnapshotFacts>> list(const StreamName& stream) const override {
        return sound().list(stream);
    }
    void remove(const StreamName& stream, Version version, Done done) override {
        sound().remove(stream, version, std::move(done));
    }
    [[nodiscard]] SnapshotStats snapshot_stats() const override { return sound().snapshot_stats(); }

private:
    [[nodiscard]] bool is_corrupt(Version version) const {
        const std::lock_guard lock(script_.mutex_);
        return std::find(script_.corrupt_.begin(), script_.corrupt_.end(), version) !=
               script_.corrupt_.end();
    }
    [[nodiscard]] bool has_spoiled_copy(Version version) const {
        const std::lock_guard lock(script_.mutex_);
        return std::find(script_.spoiled_.begin(), script_.spoiled_.end(), version) !=
               script_.spoiled_.end();
    }
    void misreport(SnapshotLoad& load) const {
        const std::lock_guard lock(script_.mutex_);
        if (load.snapshot && script_.misreported_ != no_version) {
            load.snapshot->facts.version = std::exchange(script_.misreported_, no_version);
        }
    }
    [[nodiscard]] SnapshotStore& sound() const { return script_.memory_->snapshots(); }

    void make(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) {
        error_code failure;
        {
            const std::lock_guard lock(script_.mutex_);
            if (script_.saves_to_fail_ > 0) {
                --script_.saves_to_fail_;
                failure = script_.save_failure_;
            } else {
                std::erase(script_.corrupt_, snapshot.facts.version);
                std::erase(script_.spoiled_, snapshot.facts.version);
            }
        }
        if (failure) {
            done(failure);
        } else {
            sound().save(stream, std::move(snapshot), keep, std::move(done));
        }
    }

    StoreScript& script_;
};

class ScriptedStore final : public EventStore {
public:
    explicit ScriptedStore(std::shared_ptr<StoreScript> script)
        : script_(std::move(script)), snapshots_(*script_) {}
    ~ScriptedStore() override {
        script_->close_held();
        script_->documents().close();
    }

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
        {
            const std::lock_guard lock(script_->mutex_);
            if (script_->feed_failure_) {
                return script_->feed_failure_;
            }
        }
        return script_->memory_->feed(query);
    }
    [[nodiscard]] result<StreamList> list(const ListQuery& query) const override {
        return script_->memory_->list(query);
    }
    [[nodiscard]] result<std::optional<RememberedEvent>> find_event(
        const StreamName& stream, const EventId& id) const override {
        return script_->memory_->find_event(stream, id);
    }
    [[nodiscard]] Position head_position() const override {
        return script_->memory_->head_position();
    }
    [[nodiscard]] StoreStats stats() const override { return script_->memory_->stats(); }
    void begin_cut(const StreamName& stream, Version up_to, CutTerms terms, CutDone done) override {
        script_->memory_->begin_cut(stream, up_to, std::move(terms), std::move(done));
    }
    void begin_reclaim(std::uint32_t events_max, ReclaimDone done) override {
        script_->memory_->begin_reclaim(events_max, std::move(done));
    }
    [[nodiscard]] result<bool> is_reclaimed(const StreamName& stream) const override {
        return script_->memory_->is_reclaimed(stream);
    }
    [[nodiscard]] result<VacuumNeeds> vacuum_needs() const override {
        return script_->memory_->vacuum_needs();
    }
    [[nodiscard]] result<std::unique_ptr<Vacuum>> begin_vacuum() override {
        return script_->memory_->begin_vacuum();
    }
    [[nodiscard]] SnapshotStore& snapshots() noexcept override { return snapshots_; }
    [[nodiscard]] DocumentStore& documents() noexcept override { return script_->documents(); }

private:
    const std::shared_ptr<StoreScript> script_;
    ScriptedSnapshots snapshots_;
};

}  // namespace firn::test
