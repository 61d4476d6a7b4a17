// A page of the global order in the making: limits, filters by name, and where the page ends.
// Thread: one. Errors: none.
#pragma once

#include "storage/feed_filter.hpp"

#include <algorithm>
#include <memory>

namespace firn {

// Entries come in the order of positions.
class PageMaker {
public:
    // The more at once, the more events of a chunk are taken in one go.
    static constexpr std::size_t fetch_most = 1u << 18;

    PageMaker(const FeedQuery& query, FeedPage& page) : query_(query), page_(page) {}

    [[nodiscard]] bool is_full() const noexcept { return full_; }
    [[nodiscard]] std::uint32_t room() const noexcept {
        return query_.limit - static_cast<std::uint32_t>(page_.events.size());
    }
    [[nodiscard]] bool passes_name(const StreamName& name) const {
        return firn::passes_name(query_, name);
    }
    // False: it does not fit any more, and neither does anything after it.
    bool add(FeedEvent entry, std::size_t encoded_bytes) {
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
        page_.events.push_back(std::move(entry));
        full_ = page_.events.size() == query_.limit;
        return true;
    }
    // Nothing up to here is left out.
    void looked_at(Position position) {
        if (!full_) {
            page_.next_after = std::max(page_.next_after, position);
        }
    }
    // How many events to fetch at once, so that large ones do not fill the memory.
    [[nodiscard]] std::size_t fetch_max() const noexcept {
        if (page_.events.empty()) {
            return 64;
        }
        const auto average = bytes_ / page_.events.size() + 1;
        return std::clamp<std::size_t>((query_.bytes_max - bytes_) / average, 64, fetch_most);
    }

private:
    const FeedQuery& query_;
    FeedPage& page_;
    std::uint64_t bytes_ = 0;
    bool full_ = false;
};

[[nodiscard]] inline FeedEvent stand_in(FeedEvent::Kind kind,
                                        std::shared_ptr<const StreamName> name, Position position,
                                        Version version, Timestamp recorded_at) {
    FeedEvent entry{kind, std::move(name), {}};
    entry.event.position = position;
    entry.event.version = version;
    entry.event.recorded_at = recorded_at;
    return entry;
}

}  // namespace firn
