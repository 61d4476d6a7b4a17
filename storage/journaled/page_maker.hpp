// A page of the global order in the making: limits, filters by name, and where the page ends.
// Thread: one. Errors: none.
#pragma once

#include "storage/event_store.hpp"
#include "storage/feed_filter.hpp"

#include <algorithm>

namespace firn {

// Entries come in the order of positions.
class PageMaker {
public:
    PageMaker(const FeedQuery& query, FeedPage& page) : query_(query), page_(page) {}

    [[nodiscard]] bool is_full() const noexcept { return full_; }
    [[nodiscard]] std::uint32_t room() const noexcept {
        return query_.limit - static_cast<std::uint32_t>(page_.events.size());
    }
    [[nodiscard]] std::uint64_t bytes_left() const noexcept {
        return query_.bytes_max - std::min(bytes_, query_.bytes_max);
    }
    [[nodiscard]] bool passes_name(const StreamName& name) const {
        return firn::passes_name(query_, name);
    }
    // False: it does not fit any more, and neither does anything after it.
    bool add(const FeedEvent& entry, std::size_t encoded_bytes) {
        if (full_) {
            return false;
        }
        // Stand-ins have no bytes, so they always fit.
        if (encoded_bytes > 0 && !page_.events.empty() &&
            bytes_ + encoded_bytes > query_.bytes_max) {
            page_.next_after = Position{entry.event.position.value() - 1};
            full_ = true;
            return false;
        }
        bytes_ += encoded_bytes;
        page_.next_after = entry.event.position;
        page_.events.push_back(entry);
        full_ = page_.events.size() == query_.limit;
        return true;
    }
    // Nothing up to here is left out.
    void looked_at(Position position) {
        if (!full_) {
            page_.next_after = std::max(page_.next_after, position);
        }
    }

private:
    const FeedQuery& query_;
    FeedPage& page_;
    std::uint64_t bytes_ = 0;
    bool full_ = false;
};

[[nodiscard]] inline FeedEvent stand_in(FeedEvent::Kind kind, const StreamName& name,
                                        Position position, Version version, Timestamp recorded_at) {
    FeedEvent entry{kind, &name, {}};
    entry.event.position = position;
    entry.event.version = version;
    entry.event.recorded_at = recorded_at;
    return entry;
}

}  // namespace firn
