// The settler's queue of small writes: taking them in, and writing them in shared transactions.
#include "storage/journaled/settler.hpp"

namespace firn {

namespace {

// As long as a slice or two: what waits behind a transaction is the next slice.
constexpr std::size_t shared_writes_max = 1024;
constexpr std::size_t shared_bytes_max = 4u << 20;

// The first few that share a transaction.
WriteQueue::Writes take_some(WriteQueue::Writes& ready) {
    WriteQueue::Writes some;
    for (std::size_t bytes = 0; !ready.empty() && some.size() < shared_writes_max;) {
        bytes += ready.front().bytes();
        if (bytes > shared_bytes_max && !some.empty()) {
            break;
        }
        some.splice(some.end(), ready, ready.begin());
    }
    return some;
}

}  // namespace

void Settler::write(QueuedWrite write) {
    WriteQueue::Writes one;
    auto place = WriteQueue::Place::answered;
    const bool urgent = write.is_urgent();
    try {
        one.push_back(std::move(write));
        place = writes_.push(one);
    } catch (const std::bad_alloc&) {
        const auto& lost = one.empty() ? write : one.front();
        lost.done(make_error_code(boost::system::errc::not_enough_memory));
        return;
    }
    if (!urgent || place == WriteQueue::Place::answered) {
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        write_urgent_ = true;
        asked_ = asked_ || place == WriteQueue::Place::waiting;
    }
    wake_.notify_one();
}

void Settler::write_ready() {
    auto ready = writes_.take_ready();
    while (!ready.empty()) {
        auto some = take_some(ready);
        const auto error = guarded_quietly([this, &some] {
            auto transaction = environment_.write();
            for (auto& write : some) {
                apply(write, transaction);
            }
            transaction.commit();
        });
        for (auto& write : some) {
            write.outcome = error ? error : write.outcome;
            write.saved = write.saved && !error;
        }
        writes_.answer(std::move(some));
    }
}

void Settler::write_urgent() {
    {
        const std::scoped_lock lock(mutex_);
        if (!std::exchange(write_urgent_, false)) {
            return;
        }
    }
    write_ready();
}

}  // namespace firn
