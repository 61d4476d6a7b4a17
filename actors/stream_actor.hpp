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
// unfolded until a state is asked for or they are too many; a gap is read from the store.
//
// Thread: any, except end_write: journal thread, in queue order.
// Errors: overloaded past inbox_max calls; StateFailure for states.
#pragma once

#include "actors/actor_context.hpp"
#include "actors/fold.hpp"
#include "actors/reply.hpp"

#include <boost/intrusive/list_hook.hpp>

#include <mutex>
#include <optional>
#include <vector>

namespace firn {

class StreamActor : public std::enable_shared_from_this<StreamActor> {
public:
    StreamActor(ActorContext& context, StreamName name, std::size_t name_hash);
    ~StreamActor();
    StreamActor(const StreamActor&) = delete;
    StreamActor& operator=(const StreamActor&) = delete;

    [[nodiscard]] const StreamName& name() const noexcept { return name_; }
    [[nodiscard]] std::size_t name_hash() const noexcept { return name_hash_; }

    // Counts a call against inbox_max: overloaded, or each begin has its end.
    [[nodiscard]] error_code begin_write();
    void withdraw_write() noexcept;  // the queue refused it
    void end_write(const StreamWrite& write, const error_code& error,
                   const StreamOutcome* outcome) noexcept;
    [[nodiscard]] error_code begin_read();
    void end_read() noexcept;

    // The newest state's JSON text if it is ready and nothing is in flight.
    [[nodiscard]] std::optional<StateView> cached_state() const;
    // Answers with the newest state; calls that come together share one load.
    void state(Reply<StateResult> reply);

    // The directory's, under its shard's lock: where the actor stands in the order of eviction.
    boost::intrusive::list_member_hook<> eviction_hook;
    std::uint32_t used_tick = 0;
    bool used_again = false;

private:
    struct Slice;

    void turn();
    void run_slice(Slice& slice);
    void begin_slice(Slice& slice);
    [[nodiscard]] bool apply_unfolded(Slice& slice);
    [[nodiscard]] bool read_slice(Slice& slice);
    void serve(Slice& slice);
    void fail_serving(Slice& slice, StateFailure failure);
    [[nodiscard]] bool end_slice(const Slice& slice);
    static void answer_all(Slice& slice);

    void schedule_turn();
    void keep_unfolded(CommittedEvents committed);
    void forget();
    void account();
    [[nodiscard]] bool unfolded_full() const noexcept;

    ActorContext& context_;
    const StreamName name_;
    const std::size_t name_hash_;

    mutable std::mutex mutex_;
    // Under the mutex.
    Version head_;             // newest durable version, if known
    bool head_known_ = false;  // false: only the store knows
    bool has_turn_ = false;    // a turn is posted or runs; it alone touches the group below
    bool forget_ = false;      // the next turn starts from nothing
    bool keeps_state_ = false;
    std::uint32_t writes_ = 0;  // in flight
    std::uint32_t reads_ = 0;   // waiting, being served, or of old versions
    std::size_t unfolded_bytes_ = 0;
    std::size_t cost_ = 0;  // accounted bytes
    std::vector<CommittedEvents> unfolded_;
    std::vector<Reply<StateResult>> waiting_;
    std::shared_ptr<const std::string> json_;
    Version json_version_;
    std::unique_ptr<FoldFailure> failure_;  // events do not change: it fails until forgotten

    // The turn's.
    std::optional<Fold> fold_;
    std::vector<Reply<StateResult>> serving_;
};

}  // namespace firn
