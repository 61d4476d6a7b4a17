#include "storage/journaled/write_queue.hpp"

#include <boost/assert.hpp>

#include <utility>

namespace firn {

namespace {

void call_back(WriteQueue::Writes& writes) {
    for (auto& write : writes) {
        write.done(write.outcome);
    }
}

}  // namespace

WriteQueue::Place WriteQueue::push(Writes& one) {
    BOOST_ASSERT(one.size() == 1);
    Writes answered;
    Place place = Place::answered;
    {
        const std::scoped_lock lock(mutex_);
        place = this->place(one, answered);
        // Where it was put nowhere, its outcome says why.
        answered.splice(answered.end(), one);
    }
    call_back(answered);
    return place;
}

WriteQueue::Place WriteQueue::place(Writes& one, Writes& answered) {
    auto& write = one.front();
    if (closed_) {
        write.outcome = storage_errc::closed;
        return Place::answered;
    }
    if (auto* save = std::get_if<SnapshotSave>(&write.write); save != nullptr && !save->settled) {
        // Under the mutex, so that waiting_ is in order and no end of a round is missed.
        write.settles_at = unsettled_.head_position();
        if (write.settles_at > unsettled_.settled_position()) {
            return put_waiting(one, answered);
        }
    } else if (const auto* removal = std::get_if<SnapshotRemoval>(&write.write)) {
        write.outcome = take_back(*removal, answered);
        if (write.outcome) {
            return Place::answered;
        }
    }
    return put(one, ready_);
}

WriteQueue::Place WriteQueue::put(Writes& one, Writes& to) {
    auto& write = one.front();
    auto& load = load_of(write);
    const auto bytes = write.bytes();
    if (load.count >= bounds_.count_max || load.bytes + bytes > bounds_.bytes_max) {
        write.outcome = storage_errc::overloaded;
        return Place::answered;
    }
    ++load.count;
    load.bytes += bytes;
    to.splice(to.end(), one);
    return &to == &waiting_ ? Place::waiting : Place::ready;
}

WriteQueue::Place WriteQueue::put_waiting(Writes& one, Writes& answered) {
    const auto write = one.begin();
    if (write->is_urgent()) {
        return put(one, waiting_);
    }
    const auto& save = std::get<SnapshotSave>(write->write);
    const auto [known, is_first] = newest_.try_emplace(save.stream, write);
    if (is_first) {
        const auto place = put(one, waiting_);
        if (place == Place::answered) {
            newest_.erase(known);
        }
        return place;
    }
    const auto earlier = known->second;
    const auto& facts = std::get<SnapshotSave>(earlier->write).snapshot.facts;
    if (facts.version > save.snapshot.facts.version) {
        return facts.revision == save.snapshot.facts.revision ? Place::answered
                                                              : put(one, waiting_);
    }
    unload(*earlier);
    const auto place = put(one, waiting_);
    if (place == Place::answered) {
        ++snapshots_.count;
        snapshots_.bytes += earlier->bytes();
    } else {
        known->second = write;
        answered.splice(answered.end(), waiting_, earlier);
    }
    return place;
}

error_code WriteQueue::take_back(const SnapshotRemoval& removal, Writes& answered) {
    const auto is_meant = [&](const QueuedWrite& write) {
        const auto* save = std::get_if<SnapshotSave>(&write.write);
        return save != nullptr && save->stream == removal.stream &&
               save->snapshot.facts.version == removal.version;
    };
    for (auto* list : {&waiting_, &settling_}) {
        for (auto it = list->begin(); it != list->end();) {
            const auto at = it++;
            if (!is_meant(*at)) {
                continue;
            }
            if (std::get<SnapshotSave>(at->write).snapshot.facts.kind == SnapshotKind::anchor) {
                return storage_errc::too_late;
            }
            forget_newest(at);
            unload(*at);
            answered.splice(answered.end(), *list, at);
        }
    }
    return {};
}

void WriteQueue::forget_newest(Writes::iterator save) {
    const auto* written = std::get_if<SnapshotSave>(&save->write);
    if (written == nullptr) {
        return;
    }
    const auto found = newest_.find(written->stream);
    if (found != newest_.end() && found->second == save) {
        newest_.erase(found);
    }
}

void WriteQueue::round_begins(Position through) {
    const std::scoped_lock lock(mutex_);
    while (!waiting_.empty() && waiting_.front().settles_at <= through) {
        forget_newest(waiting_.begin());
        settling_.splice(settling_.end(), waiting_, waiting_.begin());
    }
}

void WriteQueue::round_failed(error_code error) {
    Writes failed;
    {
        const std::scoped_lock lock(mutex_);
        for (auto* list : {&settling_, &waiting_}) {
            for (auto it = list->begin(); it != list->end();) {
                const auto at = it++;
                if (at->is_urgent()) {
                    at->outcome = error;
                    failed.splice(failed.end(), *list, at);
                }
            }
        }
    }
    answer(std::move(failed));
}

void WriteQueue::round_settled(Position through) {
    round_begins(through);  // those that came while it ran
    const std::scoped_lock lock(mutex_);
    ready_.splice(ready_.end(), settling_);
}

WriteQueue::Writes WriteQueue::take_ready() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(ready_, {});
}

void WriteQueue::answer(Writes writes) {
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& write : writes) {
            unload(write);
            saved_ += write.saved ? 1 : 0;
        }
    }
    call_back(writes);
}

void WriteQueue::close() {
    Writes left;
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        newest_.clear();
        left.splice(left.end(), ready_);
        left.splice(left.end(), settling_);
        left.splice(left.end(), waiting_);
        for (auto& write : left) {
            write.outcome = storage_errc::closed;
        }
    }
    answer(std::move(left));
}

SnapshotStats WriteQueue::stats() const {
    const std::scoped_lock lock(mutex_);
    return {.saved = saved_, .waiting = snapshots_.count, .waiting_bytes = snapshots_.bytes};
}

void WriteQueue::unload(const QueuedWrite& write) {
    auto& load = load_of(write);
    --load.count;
    load.bytes -= write.bytes();
}

WriteQueue::Load& WriteQueue::load_of(const QueuedWrite& write) {
    return std::holds_alternative<DocumentWrite>(write.write) ? documents_ : snapshots_;
}

}  // namespace firn
