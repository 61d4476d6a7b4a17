// Where the feed came to hold a stand-in lately, so that who knows a stretch of it to be without
// matching events can tell up to where that still holds: a stand-in passes every type filter, and
// takes the place of an event that may have passed none.
//
// Whatever makes one reports it here after it is durable: the deletion of a stream, a cut.
// Thread: any. Errors: none. Bounded: who looks away for longer than it remembers knows nothing.
#pragma once

#include "storage/types.hpp"

#include <array>
#include <atomic>
#include <mutex>

namespace firn {

class StandIns {
public:
    // Take one before the look at the feed that finds the stretch empty.
    using Mark = std::uint64_t;
    [[nodiscard]] Mark mark() const noexcept { return count_.load(std::memory_order_acquire); }

    void add(Position position);
    // One may have come anywhere.
    void add_unknown() { add(no_position); }

    // Of (after, empty_to], found empty at `mark`: the end of what still is; `after` if nothing.
    [[nodiscard]] Position still_empty_to(Mark mark, Position after, Position empty_to) const;

private:
    static constexpr std::size_t remembered = 1024;

    mutable std::mutex mutex_;  // guards positions_
    std::array<Position, remembered> positions_{};
    std::atomic<Mark> count_{0};
};

}  // namespace firn
