// A caller's write on its way: the transaction, the actors it touches, and who waits.
// Thread: as CommitRequest.
#pragma once

#include "actors/commit_request.hpp"
#include "actors/reply.hpp"
#include "actors/stream_actor.hpp"

#include <boost/container/small_vector.hpp>

#include <type_traits>

namespace firn {

class WriteRequest : public CommitRequest {
public:
    using CommitRequest::CommitRequest;
    using Actors = boost::container::small_vector<std::shared_ptr<StreamActor>, 1>;

    // It stood behind a stream's commands.
    void set_waited() noexcept { has_waited_ = true; }
    [[nodiscard]] bool has_waited() const noexcept { return has_waited_; }

    // What must hold until the outcome is known.
    void hold(std::shared_ptr<void> guard) { guard_ = std::move(guard); }

    // One per write, in their order; each has counted it (begin_write).
    void set_actors(Actors actors) { actors_ = std::move(actors); }

    void committed(const Transaction& transaction,
                   const TransactionOutcome& outcome) noexcept override {
        for (std::size_t i = 0; i != actors_.size(); ++i) {
            actors_[i]->end_write(transaction.writes[i], outcome.error,
                                  outcome.error ? nullptr : &outcome.streams[i]);
        }
        // Let go here: what waits for its answer need not keep actors from leaving.
        actors_.clear();
    }

    // It was not taken: answered with the error, later.
    void refuse(error_code error) {
        for (const auto& actor : actors_) {
            actor->withdraw_write();
        }
        actors_.clear();
        answer_refusal(error);
    }

private:
    virtual void answer_refusal(error_code error) = 0;

    Actors actors_;
    std::shared_ptr<void> guard_;
    bool has_waited_ = false;
};

// Outcome is what the caller waits for: TransactionOutcome, or AppendOutcome of one stream.
template <class Outcome>
class WriteCall final : public WriteRequest {
public:
    WriteCall(Transaction transaction, Reply<Outcome> reply)
        : WriteRequest(std::move(transaction)), reply_(std::move(reply)) {}

    void answer(TransactionOutcome outcome) override {
        std::move(reply_).answer(shaped(std::move(outcome)));
    }

    static Outcome refusal(error_code error) {
        Outcome outcome;
        outcome.error = error;
        return outcome;
    }

    // What a cancelled wait ends with; the write goes on.
    static Outcome cancelled() { return refusal(boost::asio::error::operation_aborted); }

private:
    void answer_refusal(error_code error) override { std::move(reply_).post(refusal(error)); }

    static Outcome shaped(TransactionOutcome outcome) {
        if constexpr (std::is_same_v<Outcome, TransactionOutcome>) {
            return outcome;
        } else {
            Outcome shaped{outcome.error, {}, {}};
            if (!outcome.error) {
                shaped.appended = outcome.streams.front();
            } else if (!outcome.conflicts.empty()) {
                shaped.conflict = outcome.conflicts.front();
            }
            return shaped;
        }
    }

    Reply<Outcome> reply_;
};

}  // namespace firn
