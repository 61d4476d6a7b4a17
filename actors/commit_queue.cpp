#include "actors/commit_queue.hpp"

#include <boost/assert.hpp>

namespace firn {

CommitQueue::CommitQueue(EventStore& store, ServiceConfig::Commit bounds, Counters& counters,
                         Hooks hooks)
    : store_(store),
      bounds_(bounds),
      counters_(counters),
      hooks_(std::move(hooks)),
      journal_([this] { run(); }) {}

CommitQueue::~CommitQueue() {
    close();
    join();
}

error_code CommitQueue::submit(std::unique_ptr<CommitRequest>& request) {
    CommitRequests one;
    one.push_back(std::move(request));
    const auto error = submit_all(one);
    if (error) {
        request = one.pop_front();
    }
    return error;
}

error_code CommitQueue::submit_all(CommitRequests& requests) {
    std::size_t count = 0;
    std::size_t bytes = 0;
    const auto time = std::chrono::steady_clock::now();
    for (auto* request = requests.first(); request != nullptr; request = request->next_) {
        ++count;
        bytes += request->bytes_;
        request->queued_at_ = time;
    }
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            return actor_errc::closed;
        }
        // What is larger than a bound by itself passes when nothing else waits.
        const bool too_many = unanswered_ + count > bounds_.waiting_max;
        const bool too_many_bytes = unanswered_bytes_ + bytes > bounds_.waiting_bytes_max;
        if (unanswered_ != 0 && (too_many || too_many_bytes)) {
            return actor_errc::overloaded;
        }
        unanswered_ += count;
        unanswered_bytes_ += bytes;
        waiting_.append(std::move(requests));
        wake = std::exchange(sleeping_, false);
    }
    // Only a sleeping thread costs a system call.
    if (wake) {
        work_.notify_one();
    }
    return {};
}

void CommitQueue::answer_all(CommitRequests& group) {
    std::size_t answered = 0;
    std::size_t bytes = 0;
    for (const auto* request = group.first(); request != nullptr; request = request->next_) {
        ++answered;
        bytes += request->bytes_;
    }
    {
        // Before the answers: whoever is answered may append again at once.
        const std::lock_guard lock(mutex_);
        unanswered_ -= answered;
        unanswered_bytes_ -= bytes;
    }
    while (auto request = group.pop_front()) {
        auto outcome = std::move(request->outcome_);
        request->answer(std::move(outcome));
    }
}

void CommitQueue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        sleeping_ = false;
    }
    work_.notify_one();
}

void CommitQueue::join() {
    std::call_once(joined_, [this] { journal_.join(); });
}

std::size_t CommitQueue::waiting() const {
    const std::lock_guard lock(mutex_);
    return unanswered_;
}

std::size_t CommitQueue::waiting_bytes() const {
    const std::lock_guard lock(mutex_);
    return unanswered_bytes_;
}

void CommitQueue::run() {
    for (;;) {
        auto group = take_group();
        if (group.empty()) {
            break;
        }
        commit(group);
        hooks_.hand_over(std::move(group));
    }
    hooks_.ended();
}

CommitRequests CommitQueue::take_group() {
    std::unique_lock lock(mutex_);
    while (waiting_.empty() && !closed_) {
        sleeping_ = true;
        work_.wait(lock, [this] { return !sleeping_; });
    }
    CommitRequests group;
    std::size_t bytes = 0;
    while (const auto* next = waiting_.first()) {
        bytes += next->bytes_;
        if (!group.empty() && bytes > bounds_.group_bytes_max) {
            break;
        }
        group.push_back(waiting_.pop_front());
    }
    return group;
}

void CommitQueue::commit(CommitRequests& group) {
    group_.clear();
    for (auto* request = group.first(); request != nullptr; request = request->next_) {
        group_.push_back(std::move(request->transaction_));
    }
    auto outcomes = commit_in_store();
    BOOST_ASSERT(outcomes.size() == group_.size());
    counters_.commits.add();
    const auto time = std::chrono::steady_clock::now();
    std::size_t index = 0;
    for (auto* request = group.first(); request != nullptr; request = request->next_) {
        request->outcome_ = std::move(outcomes[index]);
        count(group_[index], request->outcome_);
        counters_.append_latency.add(time - request->queued_at_, time);
        request->committed(group_[index], request->outcome_);
        ++index;
    }
    group_.clear();
}

std::vector<TransactionOutcome> CommitQueue::commit_in_store() noexcept {
    try {
        return store_.commit(group_);
    } catch (...) {
        // A store that throws has a bug or no memory; the callers still need an answer.
        std::vector<TransactionOutcome> outcomes(group_.size());
        for (auto& outcome : outcomes) {
            outcome.error = storage_errc::io_failed;
        }
        return outcomes;
    }
}

void CommitQueue::count(const Transaction& transaction, const TransactionOutcome& outcome) {
    if (outcome.error) {
        const bool conflict = outcome.error == storage_errc::wrong_version ||
                              outcome.error == storage_errc::duplicate_event;
        counters_.conflicts.add(conflict ? 1 : 0);
        return;
    }
    counters_.appends.add();
    for (std::size_t i = 0; i != outcome.streams.size(); ++i) {
        if (outcome.streams[i].replayed) {
            counters_.replays.add();
        } else if (transaction.writes[i].events) {
            counters_.events_appended.add(transaction.writes[i].events->count());
        }
    }
}

}  // namespace firn
