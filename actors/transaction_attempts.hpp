// A decision over several streams on its way to durability: what follows from each attempt.
// What is typed in it, the decision and its rejection, stays with execute (typed_transaction.hpp).
// Thread: the coroutine that awaits it. Errors: a TransactFailure.
#pragma once

#include "actors/retry_policy.hpp"
#include "actors/streams_in_hand.hpp"

namespace firn {

// What a decision came to, durable.
struct Transacted {
    struct Stream {
        StreamName stream;
        StreamOutcome outcome;
    };
    std::vector<Stream> streams;  // those appended to, by name; empty: it decided nothing
    std::uint32_t attempts = 1;
    // The key was known: this is what the first one did, to the stream that remembers at least.
    bool replayed = false;
};

// A stream that refused a commit.
struct RefusedStream {
    StreamName stream;
    storage_errc reason{};
    Version current_version;
};

struct TransactFailure {
    // command_rejected; wrong_version: all attempts met conflicts; or as of a read or a commit.
    error_code error;
    std::string reason = {};                    // for a person; may be empty
    std::vector<RefusedStream> conflicts = {};  // of the last attempt
    std::uint32_t attempts = 1;
};

class TransactionAttempts {
public:
    // How the decision itself ended.
    enum class Decided : std::uint8_t { accepted, refused };
    // What is to happen next.
    enum class Next : std::uint8_t {
        done,    // answer done()
        failed,  // answer failure()
        repeat,  // decide anew
        stands,  // the decision refused, and that is the answer
    };

    TransactionAttempts(Service& service, std::optional<CommandKey> key, const RetryPolicy& policy)
        : service_(&service),
          key_(std::move(key)),
          attempts_max_(policy.attempts),
          waits_(policy) {}

    // done, or failed: the command need not be decided. None: it has to be.
    [[nodiscard]] std::optional<Next> recall();
    // Commits what was accepted; waits before a repeat.
    [[nodiscard]] boost::asio::awaitable<Next> settle(const StreamsInHand& streams,
                                                      Decided decided);

    [[nodiscard]] Transacted& done() noexcept { return done_; }
    [[nodiscard]] TransactFailure& failure() noexcept { return failure_; }
    [[nodiscard]] std::uint32_t attempt() const noexcept { return attempt_; }

private:
    Next fail(error_code error, std::string reason = {});
    boost::asio::awaitable<Next> settle_without_commit(const StreamsInHand& streams,
                                                       Decided decided);
    boost::asio::awaitable<Next> commit(Transaction transaction);
    boost::asio::awaitable<Next> wait_for_repeat(std::vector<RefusedStream> conflicts);

    Service* service_;
    std::optional<CommandKey> key_;
    std::uint32_t attempts_max_;
    Backoff waits_;
    std::uint32_t attempt_ = 1;
    Transacted done_;
    TransactFailure failure_;
};

}  // namespace firn
