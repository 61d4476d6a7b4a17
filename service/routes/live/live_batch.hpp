// Some entries of the feed that were committed lately, rendered once for all who follow.
// Thread: made by one, then only read. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

class LiveBatch {
public:
    struct Entry {
        const FeedEvent* event;
        std::string_view text;  // as a server-sent event
    };

    // `page` was read after `after`, without filters.
    LiveBatch(Position after, FeedPage page);

    LiveBatch(const LiveBatch&) = delete;  // entries view their neighbours
    LiveBatch& operator=(const LiveBatch&) = delete;

    [[nodiscard]] Position after() const noexcept { return after_; }
    [[nodiscard]] Position last() const noexcept { return page_.next_after; }
    // Of those past a position, in order.
    [[nodiscard]] auto entries_past(Position position) const {
        const auto first = std::ranges::upper_bound(
            entries_, position, {}, [](const Entry& entry) { return entry.event->event.position; });
        return std::ranges::subrange(first, entries_.end());
    }
    // About what it takes of memory.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    Position after_;
    FeedPage page_;
    std::string text_;
    std::vector<Entry> entries_;
    std::size_t bytes_ = 0;
};

}  // namespace firn
