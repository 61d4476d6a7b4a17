// A caller's write on its way: the transaction, the actors it touches, and who waits.
// Thread: as CommitRequest.
#pragma once

#include "actors/commit_request.hpp"
#include "actors/reply.hpp"
#include "actors/stream_actor.hpp"

#include <boost/container/small_vector.hpp>

#include <type_traits>

namespace firn {

// Outcome is what the caller waits for: TransactionOutcome, or AppendOutcome of one stream.
template <class Outcome>
class WriteCall final : public CommitRequest {
public:
    using Actors = boost::container::small_vector<std::shared_ptr<StreamActor>, 1>;

    // The actors, one per write, have counted it (begin_write).
    WriteCall(Transaction transaction, Actors actors, Reply<Outcome> reply)
        : CommitRequest(std::move(transaction)),
          actors_(std::move(actors)),
          reply_(std::move(reply)) {}

    void committed(const Transaction& transaction,
                   const TransactionOutcome& outcome) noexcept override {
        for (std::size_t i = 0; i != actors_.size(); ++i) {
            actors_[i]->end_write(transaction.writes[i], outcome.error,
                                  outcome.error ? nullptr : &outcome.streams[i]);
        }
        // Let go here: what waits for its answer need not keep actors from leaving.
        actors_.clear();
    }

    void answer(TransactionOutcome outcome) override {
        std::move(reply_).answer(shaped(std::move(outcome)));
    }

    // The queue refused it.
    void refuse(error_code error) {
        for (const auto& actor : actors_) {
            actor->withdraw_write();
        }
        actors_.clear();
        std::move(reply_).post(refusal(error));
    }

    static Outcome refusal(error_code error) {
        Outcome outcome;
        outcome.error = error;
        return outcome;
    }

    // What a cancelled wait ends with; the write goes on.
    static Outcome cancelled() { return refusal(boost::asio::error::operation_aborted); }

private:
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

    Actors actors_;
    Reply<Outcome> reply_;
};

}  // namespace firn
