// One stream's actor: the state held in memory, and what is on its way to change it.
//
// Invariant: a state is answered only if it holds every event that was durable when it was asked
// for, and none that is not. So that an answered append is always seen:
//   begin_write (caller) … journal … end_write (journal thread) … answer (executor)
// and from begin_write to end_write no cached state is given out.
//
// Folding happens in turns: one at a time per actor, a slice each, posted to the executor, which
// makes an actor's turns its strand. Bookkeeping is under a mutex held for a few instructions, so
// that an append needs no hop and cached_state() no wait. Events that end_write brings are kept
// unfolded until a state is asked for or they are too many; then they are folded if anybody has
// asked lately, else dropped. A gap is read from the store.
//
// Commands are decided in turns, too, in batches, and only while no other write is in flight:
// each on the state that those before it will leave. While commands wait, writes that come in
// wait behind them (begin_write answers `wait`, park takes them), and from the moment a batch is
// taken until it is in the queue nothing else of the stream gets in. A batch is not taken in a
// turn during which a write has ended: its state is of before. So a command meets no conflict.
// While a batch is on its way the fold is ahead of what is durable; the actor serves nobody then.
//
// Thread: any, except end_write: journal thread, in queue order.
// Errors: overloaded past inbox_max calls; StateFailure for states; CommandOutcome.
#pragma once

#include "actors/actor_context.hpp"
#include "actors/commands/command_call.hpp"
#include "actors/fold.hpp"
#include "actors/reply.hpp"

#include <boost/intrusive/list_hook.hpp>

#include <mutex>
#include <optional>
#include <vector>

namespace firn {

class StreamActor : public std::enable_shared_from_this<StreamActor> {
public:
    // The version of a snapshot that is durable now.
    using SnapshotAnswer = boost::system::result<Version, StateFailure>;

    StreamActor(ActorContext& context, StreamName name, std::size_t name_hash);
    ~StreamActor();
    StreamActor(const StreamActor&) = delete;
    StreamActor& operator=(const StreamActor&) = delete;

    [[nodiscard]] const StreamName& name() const noexcept { return name_; }
    [[nodiscard]] std::size_t name_hash() const noexcept { return name_hash_; }
    [[nodiscard]] Category& category() const noexcept { return *category_; }

    // Counts a call against inbox_max: each begin that admits has its end. Who has waited for
    // commands once does not wait for later ones.
    enum class Admission : std::uint8_t { admitted, wait, overloaded };
    [[nodiscard]] Admission begin_write(bool has_waited);
    void withdraw_write() noexcept;  // the queue refused it
    void end_write(const StreamWrite& write, const error_code& error,
                   const StreamOutcome* outcome) noexcept;
    // Keeps the request until the commands before it are decided, then starts it anew. False:
    // nothing to wait for any more; begin again.
    [[nodiscard]] bool park(std::unique_ptr<WriteRequest>& request);
    [[nodiscard]] error_code begin_read();
    void end_read() noexcept;

    // The newest state's JSON text if it is ready and nothing is in flight.
    [[nodiscard]] std::optional<StateView> cached_state() const;
    // Answers with the newest state; calls that come together share one load.
    void state(Reply<StateResult> reply);
    void execute(CommandCall call);
    // A snapshot of the newest state: asked for by a caller, or due by the policy.
    void snapshot(Reply<SnapshotAnswer> reply);
    void snapshot_by_policy();
    // Nothing: as the category says.
    void set_policy(const std::optional<SnapshotSettings>& policy);

    // The directory's, under its shard's lock: where the actor stands in the order of eviction.
    boost::intrusive::list_member_hook<> eviction_hook;
    std::uint32_t used_tick = 0;
    bool used_again = false;

private:
    struct Slice;
    struct Work;
    class CommandWrite;

    void turn();
    void run_slice(Slice& slice);
    void begin_slice(Slice& slice);
    [[nodiscard]] bool start(Slice& slice);
    [[nodiscard]] bool apply_unfolded(Slice& slice);
    [[nodiscard]] bool read_slice(Slice& slice);
    void arrive(Slice& slice);
    void serve(Slice& slice, const Fold::Text& text);
    [[nodiscard]] Fold::Text text_of_state() const;
    void fail(Slice& slice, const StateFailure& failure);
    void fail_readers(Slice& slice, const StateFailure& failure);
    void remember_failure(FoldFailure failure);
    [[nodiscard]] bool end_slice(const Slice& slice);
    static void answer_all(Slice& slice);

    void save_snapshot(Slice& slice, const Fold::Text& text);
    [[nodiscard]] SnapshotPolicy policy(const CategoryInEffect& by) const noexcept;

    // stream_actor_commands.cpp
    void decide_batch(Slice& slice);
    [[nodiscard]] CommandCalls take_commands(const Slice& slice);
    void give_back(CommandCalls calls);
    [[nodiscard]] bool decide(CommandCall& call);
    [[nodiscard]] bool append_decided(CommandCall& call, const Decision& decision);
    [[nodiscard]] bool recall(CommandCall& call);
    void submit_batch(CommandCalls batch, bool voids_fold);
    void command_written(std::size_t index, TransactionOutcome outcome);
    void end_batch(Slice& slice, CommandCalls batch, bool voids_fold);

    [[nodiscard]] bool take_turn() noexcept;
    void schedule_turn();
    [[nodiscard]] bool wants_commands() const noexcept;
    void keep_unfolded(CommittedEvents committed);
    void drop_unfolded() noexcept;
    void forget();
    void account();
    [[nodiscard]] bool unfolded_full() const noexcept;
    [[nodiscard]] bool is_overloaded() const noexcept;
    [[nodiscard]] Work& work();
    [[nodiscard]] bool crosses_policy(Version first, Version last) const noexcept;
    void tell_snapshot_due();
    void tell_stand_in(const error_code& error, const StreamOutcome* outcome);

    ActorContext& context_;
    const StreamName name_;
    const std::size_t name_hash_;
    const std::shared_ptr<Category> category_;

    mutable std::mutex mutex_;
    // Under the mutex.
    Version head_;                 // newest durable version, if known
    bool head_known_ = false;      // false: only the store knows
    bool has_turn_ = false;        // a turn is posted or runs; it alone touches the group below
    bool forget_ = false;          // the next turn starts from nothing
    bool keeps_state_ = false;     // what is committed is kept for the fold
    bool read_lately_ = false;     // since the fold last kept up, somebody wanted the state
    bool snapshot_asked_ = false;  // by the policy
    bool snapshot_due_ = false;    // the host knows of it
    std::uint32_t writes_ = 0;     // in flight
    std::uint32_t reads_ = 0;      // waiting, being served, or of old versions
    std::uint32_t own_every_ = 0;  // with own_keep_: the stream's own policy
    std::uint32_t own_keep_ = 0;
    std::uint32_t writes_ended_ = 0;  // ever; only whether it changed counts
    bool has_own_every_ = false;
    bool has_own_keep_ = false;
    std::size_t unfolded_bytes_ = 0;
    std::size_t cost_ = 0;          // accounted bytes
    std::uint64_t generation_ = 0;  // of the category, under which all below was folded
    std::vector<CommittedEvents> unfolded_;
    std::vector<Reply<StateResult>> waiting_;
    std::shared_ptr<const std::string> json_;
    std::shared_ptr<const CategoryInEffect> json_by_;
    Version json_version_;
    std::unique_ptr<FoldFailure> failure_;  // events do not change: it fails until forgotten
    std::unique_ptr<Work> work_;            // commands and what waits for them, while there are any

    // The turn's.
    std::optional<Fold> fold_;
    std::vector<Reply<StateResult>> serving_;
    bool loading_ = false;  // the fold has not arrived yet
    std::uint32_t load_applied_ = 0;
};

}  // namespace firn
