// Several transactions that were handed over together, and the one who waits for all of them.
// Thread: as CommitRequest.
#pragma once

#include "actors/write_call.hpp"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace firn {

class Gathering {
public:
    using Outcomes = std::vector<TransactionOutcome>;

    Gathering(std::size_t count, Reply<Outcomes> reply)
        : outcomes_(count), left_(count), reply_(std::move(reply)) {}

    void take(std::size_t index, TransactionOutcome outcome) {
        outcomes_[index] = std::move(outcome);
        // Whoever is last sees what all the others wrote.
        if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            std::move(reply_).post(std::move(outcomes_));
        }
    }

private:
    Outcomes outcomes_;
    std::atomic<std::size_t> left_;
    Reply<Outcomes> reply_;
};

class GatheredWrite final : public WriteRequest {
public:
    GatheredWrite(Transaction transaction, std::shared_ptr<Gathering> gathering, std::size_t index)
        : WriteRequest(std::move(transaction)), gathering_(std::move(gathering)), index_(index) {}

    void answer(TransactionOutcome outcome) override {
        gathering_->take(index_, std::move(outcome));
    }

private:
    void answer_refusal(error_code error) override {
        gathering_->take(index_, WriteCall<TransactionOutcome>::refusal(error));
    }

    std::shared_ptr<Gathering> gathering_;
    std::size_t index_;
};

}  // namespace firn
