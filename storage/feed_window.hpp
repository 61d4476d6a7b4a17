// A stretch of the global order that was gathered at once, and is handed out piece by piece.
//
// Events lie on disk by stream. The more positions are gathered at once, the more events of a
// stream come with one look; so whoever has far to go reads windows of tens of thousands. An entry
// keeps the bytes that it has on disk, in the order of the disk, and is decoded when its turn
// comes, so that a piece lies in the processor's caches.
// All of it was there at one moment, as in a page; what is cut or deleted later is still in it.
// Thread: one at a time. Errors: none but std::bad_alloc.
#pragma once

#include "storage/feed_page.hpp"
#include "storage/kept_entry.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace firn {

class FeedWindow {
public:
    FeedWindow() = default;
    // Of a page that was read as such.
    explicit FeedWindow(FeedPage page) : page_(std::move(page)) {}
    FeedWindow(FeedWindow&&) = default;
    FeedWindow& operator=(FeedWindow&&) = default;

    // The next entries, at most so many; none: that was all. They live until the next call, and
    // what they view as long as the window.
    [[nodiscard]] std::span<const FeedEvent> next(std::size_t entries_max);

    // The last so many of those that next() gave come again.
    void give_back(std::size_t entries) noexcept { handed_out_ -= entries; }

    // Where the next window goes on, and the last durable position when this one was made.
    [[nodiscard]] Position next_after() const noexcept { return page_.next_after; }
    [[nodiscard]] Position head() const noexcept { return page_.head; }

    // Of its events, encoded; none of a page that was read as such.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

    // --- the store ---
    // What it keeps, in the order of positions, and what keeps it. Forgotten, but not where it lay.
    struct Kept {
        std::vector<KeptEntry>& entries;
        PageMemory& memory;
    };
    [[nodiscard]] Kept clear() noexcept;
    void end(Position next_after, Position head, std::uint64_t bytes) noexcept;

private:
    std::vector<KeptEntry> kept_;
    std::vector<FeedEvent> piece_;
    FeedPage page_;  // its entries only if it was read as a page
    std::size_t handed_out_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace firn
