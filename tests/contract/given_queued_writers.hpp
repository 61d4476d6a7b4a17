// Writers on threads of their own, whose transactions meet in a commit queue before the store.
//
// Thread: commit_queued() from any; the rest by the test's. Errors: in the outcomes.
#pragma once

#include "actors/commit_queue.hpp"
#include "tests/contract/given_a_store.hpp"

#include <future>
#include <thread>

namespace firn::test {

class GivenQueuedWriters : public GivenAStore {
public:
    static constexpr std::size_t writers = 4;

    // Waits for its outcome.
    TransactionOutcome commit_queued(Transaction transaction) {
        auto waiting = std::make_unique<WaitingRequest>(std::move(transaction));
        auto outcome = waiting->outcome();
        std::unique_ptr<CommitRequest> request = std::move(waiting);
        if (const auto error = queue_.submit(request)) {
            TransactionOutcome refused;
            refused.error = error;
            return refused;
        }
        return outcome.get();
    }

    // Runs write(0) … write(writers - 1), each on a thread of its own.
    template <class Write>
    void race(const Write& write) {
        std::vector<std::thread> threads;
        for (std::size_t writer = 0; writer < writers; ++writer) {
            threads.emplace_back([&write, writer] { write(writer); });
        }
        for (auto& thread : threads) {
            thread.join();
        }
    }

private:
    class WaitingRequest final : public CommitRequest {
    public:
        using CommitRequest::CommitRequest;
        std::future<TransactionOutcome> outcome() { return outcome_.get_future(); }
        void committed(const Transaction&, const TransactionOutcome&) noexcept override {}
        void answer(TransactionOutcome outcome) override { outcome_.set_value(std::move(outcome)); }

    private:
        std::promise<TransactionOutcome> outcome_;
    };

    Counters counters_;
    // Answered by the journal's thread itself: there is no executor here.
    CommitQueue queue_{store(),
                       {},
                       counters_,
                       {[this](CommitRequests group) { queue_.answer_all(group); }, [] {}}};
};

}  // namespace firn::test
