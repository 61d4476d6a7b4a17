// Groups what many callers append into one durable commit.
//
// Queue order is the serial order. The journal thread takes what waits, up to group_bytes_max,
// as one group; the next group gathers while the sync of this one runs. A group comes back in one
// piece: first every request hears of its outcome on the journal thread, in order (so that actors
// never see outcomes out of order), then the whole group goes to the executor in one post, for
// a post per append would cost more than the append.
//
// Bounded in number and bytes of requests that are not yet handed over; past it: overloaded.
// Thread: submit(), close() and counts from any; join() from any but the journal's.
// Errors: overloaded, closed. If the store throws, the group is answered with io_failed: whether
// it is durable is unknown.
#pragma once

#include "actors/commit_request.hpp"
#include "actors/counters.hpp"
#include "actors/errors.hpp"
#include "actors/service.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace firn {

class CommitQueue {
public:
    // Both run on the journal thread: hand_over for every group, ended once, as the last thing.
    // Whoever gets a group calls answer_all with it, on the executor.
    struct Hooks {
        std::function<void(CommitRequests)> hand_over;
        std::function<void()> ended;
    };

    CommitQueue(EventStore& store, ServiceConfig::Commit bounds, Counters& counters, Hooks hooks);
    ~CommitQueue();

    // Takes the request, or says why not and leaves it with the caller.
    [[nodiscard]] error_code submit(std::unique_ptr<CommitRequest>& request);
    // All of them, to stand together in the queue, or none.
    [[nodiscard]] error_code submit_all(CommitRequests& requests);
    // Answers each request; what a throwing answer leaves stays in `group`.
    void answer_all(CommitRequests& group);

    // No new requests; the thread ends when the waiting ones are committed.
    void close();
    void join();

    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::size_t waiting_bytes() const;

private:
    void run();
    // Waits for work. Empty: closed, and nothing waits.
    [[nodiscard]] CommitRequests take_group();
    void commit(CommitRequests& group);
    [[nodiscard]] std::vector<TransactionOutcome> commit_in_store() noexcept;
    void count(const Transaction& transaction, const TransactionOutcome& outcome);

    EventStore& store_;
    const ServiceConfig::Commit bounds_;
    Counters& counters_;
    const Hooks hooks_;

    mutable std::mutex mutex_;
    std::condition_variable work_;
    CommitRequests waiting_;
    std::size_t unanswered_ = 0;  // waiting, in commit, or on the way to the executor
    std::size_t unanswered_bytes_ = 0;
    bool sleeping_ = false;
    bool closed_ = false;

    std::vector<Transaction> group_;  // journal thread; kept for its memory
    std::once_flag joined_;
    std::thread journal_;  // last: it uses all of the above
};

}  // namespace firn
