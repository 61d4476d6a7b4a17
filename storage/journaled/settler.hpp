// The settler: one thread that is LMDB's only writer. It settles pending groups in rounds, runs
// others' write tasks between rounds and the writes of a queue between slices, and gives deleted
// versions back when it has nothing else to do.
//
// When it settles: from half full on (pending bytes or journal segments), when the store has been
// quiet for settle_after, when somebody waits for it, and when it stops.
// When it cannot: a full map grows; a full disk or a failed write is a condition that it reports
// once and tries again every second, while reads go on and appends go on until the bound.
//
// Queued writes share transactions of their own: one that fails takes neither settling nor an
// append with it, sets no condition, and is tried whatever condition there is.
//
// Thread: its own; the functions below from any thread, but never from a task.
// Errors: results with storage_errc.
#pragma once

#include "storage/journal/journal.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "storage/journaled/settle_round.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/journaled/write_queue.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace firn {

class Settler {
public:
    using Task = std::function<error_code(lmdb::WriteTransaction&)>;

    Settler(const JournaledConfig& config, lmdb::Environment& environment,
            journal::Journal& journal, Unsettled& unsettled);
    ~Settler() { stop(); }

    void start();
    // Settles what is pending if it can, and ends the thread.
    void stop();

    // Something was published.
    void nudge();
    // Blocks until one more record may be written; disk_full or store_failed if the settler
    // cannot make room, closed when stopping.
    [[nodiscard]] result<void> wait_for_room(std::size_t record_bytes);
    // Runs the task in a transaction of its own and commits it; an error that it answers undoes
    // it. What waits for settling runs after a round that began since it came. `done` is called
    // once, on the settler's thread or before this returns. `begins`, if any, is called before the
    // transaction is begun: for what is locked before it.
    enum class When : std::uint8_t { soon, after_settling };
    void post(Task task, When when, std::function<void(error_code)> done,
              std::function<void()> begins = {});
    // Runs the step on the settler's thread while nothing is being written; answers what it does.
    [[nodiscard]] result<void> between_writes(std::function<error_code()> step);
    // From such a step: nothing is written any more before this succeeds, which is tried each time.
    void write_only_after(std::function<error_code()> precondition) {
        precondition_ = std::move(precondition);
    }
    // Queues a write; does not block. An urgent one is written as soon as it can be, after a round
    // of settling if it needs one; others when there is a transaction or a round anyway.
    void write(QueuedWrite write);
    [[nodiscard]] SnapshotStats snapshot_stats() const { return writes_.stats(); }

    struct Condition {
        storage_errc error;
        std::string sentence;
    };
    // What keeps it from settling, if anything does.
    [[nodiscard]] std::optional<Condition> condition() const;

private:
    struct QueuedTask {
        std::function<error_code()> step;
        std::function<void(error_code)> done;
    };
    using Tasks = std::list<QueuedTask>;  // made and moved without an allocation
    void queue(QueuedTask task, When when);

    void loop();
    // Asks for a round and waits for its end; `lock` holds mutex_.
    [[nodiscard]] result<void> wait_for_a_round(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] bool wants_round() const;  // under mutex_
    // The error if it failed; the condition says why.
    error_code settle_round();
    // Events a second since it was last asked, at the round before.
    [[nodiscard]] double arrival_rate();
    void settle_groups(std::vector<std::shared_ptr<const Group>> groups);
    void run_tasks(Tasks tasks);
    void answer_all(Tasks tasks, error_code error);
    // What is ready now, in as many transactions as it takes.
    void write_ready();
    void write_urgent();
    void reclaim();
    void drop_stale_readers();
    // Runs a step that writes; mends what can be mended and tries again. Nothing escapes it: it
    // would end the program.
    [[nodiscard]] error_code guarded(const std::function<void()>& step);
    [[nodiscard]] error_code blaming(const std::function<void()>& step);
    // The same for queued writes: without a condition.
    [[nodiscard]] error_code guarded_quietly(const std::function<void()>& step);
    void mending(const std::function<void()>& step);
    void set_condition(storage_errc error, std::string_view sentence);
    void clear_condition();
    void report(std::string_view sentence) const;

    const JournaledConfig& config_;
    lmdb::Environment& environment_;
    journal::Journal& journal_;
    Unsettled& unsettled_;
    lmdb::Labels labels_;
    WriteQueue writes_;
    std::function<error_code()> precondition_;
    Position rate_head_;
    std::chrono::steady_clock::time_point rate_time_ = std::chrono::steady_clock::now();

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable wake_;
    std::condition_variable changed_;
    Tasks tasks_;
    Tasks settling_tasks_;  // after a round
    std::optional<Condition> condition_;
    bool stopping_ = false;
    bool asked_ = false;         // somebody waits for a round
    bool write_urgent_ = false;  // somebody waits for a queued write
    std::uint64_t rounds_ended_ = 0;
    bool may_have_garbage_ = true;
    std::chrono::steady_clock::time_point last_publication_;

    std::thread thread_;
};

}  // namespace firn
