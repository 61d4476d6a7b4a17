#include "actors/subscriptions/stand_ins.hpp"

namespace firn {

void StandIns::add(Position position) {
    const std::lock_guard lock(mutex_);
    const auto count = count_.load(std::memory_order_relaxed);
    positions_[count % remembered] = position;
    count_.store(count + 1, std::memory_order_release);
}

Position StandIns::still_empty_to(Mark mark, Position after, Position empty_to) const {
    if (this->mark() == mark) {
        return empty_to;
    }
    const std::lock_guard lock(mutex_);
    const auto count = count_.load(std::memory_order_relaxed);
    if (count - mark > remembered) {
        return after;
    }
    for (auto at = mark; at != count; ++at) {
        const auto position = positions_[at % remembered];
        if (position == no_position) {
            return after;
        }
        if (position > after && position <= empty_to) {
            empty_to = Position{position.value() - 1};
        }
    }
    return empty_to;
}

}  // namespace firn
