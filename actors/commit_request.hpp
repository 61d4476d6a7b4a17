// One transaction on its way through the commit queue, and lists of them.
//
// Thread: made by a caller, then owned by the queue; committed() runs on the journal thread,
// answer() on the executor.
#pragma once

#include "storage/event_store.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace firn {

class CommitRequest {
public:
    explicit CommitRequest(Transaction transaction) : transaction_(std::move(transaction)) {
        for (const auto& write : transaction_.writes) {
            bytes_ += write.events ? write.events->bytes().size() : 0;
            bytes_ += write.anchor ? write.anchor->state.size() : 0;
        }
    }
    virtual ~CommitRequest() = default;
    CommitRequest(const CommitRequest&) = delete;
    CommitRequest& operator=(const CommitRequest&) = delete;

    // In queue order, before any request of the group is answered: what the outcome means for
    // the actors. Short, because the next group waits.
    virtual void committed(const Transaction& transaction,
                           const TransactionOutcome& outcome) noexcept = 0;
    virtual void answer(TransactionOutcome outcome) = 0;

    [[nodiscard]] const Transaction& transaction() const noexcept { return transaction_; }
    // Of the events.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    friend class CommitQueue;
    friend class CommitRequests;

    Transaction transaction_;
    TransactionOutcome outcome_;
    std::size_t bytes_ = 0;
    std::chrono::steady_clock::time_point queued_at_;
    CommitRequest* next_ = nullptr;
};

// Owns requests in order; linked through them, so that queueing allocates nothing.
class CommitRequests {
public:
    CommitRequests() = default;
    CommitRequests(CommitRequests&& other) noexcept
        : first_(std::exchange(other.first_, nullptr)),
          last_(std::exchange(other.last_, nullptr)) {}
    CommitRequests& operator=(CommitRequests&&) = delete;
    ~CommitRequests() {
        while (pop_front()) {
        }
    }

    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] CommitRequest* first() const noexcept { return first_; }

    void push_back(std::unique_ptr<CommitRequest> request) noexcept {
        (last_ != nullptr ? last_->next_ : first_) = request.get();
        last_ = request.release();
    }

    std::unique_ptr<CommitRequest> pop_front() noexcept {
        std::unique_ptr<CommitRequest> front(first_);
        if (front) {
            first_ = std::exchange(front->next_, nullptr);
            last_ = first_ != nullptr ? last_ : nullptr;
        }
        return front;
    }

    void append(CommitRequests&& tail) noexcept {
        if (tail.first_ != nullptr) {
            (last_ != nullptr ? last_->next_ : first_) = std::exchange(tail.first_, nullptr);
            last_ = std::exchange(tail.last_, nullptr);
        }
    }

private:
    CommitRequest* first_ = nullptr;
    CommitRequest* last_ = nullptr;
};

}  // namespace firn
