#include "storage/feed_window.hpp"

#include <algorithm>

namespace firn {

namespace {

// So many entries ahead of their decoding: what is fetched meanwhile fits into the first cache.
constexpr std::size_t entries_ahead = 8;
constexpr std::size_t prefetched_bytes = KeptEntry::place_bytes + 256;

}  // namespace

std::span<const FeedEvent> FeedWindow::next(std::size_t entries_max) {
    const auto begin = handed_out_;
    if (!page_.events.empty()) {
        handed_out_ += std::min(entries_max, page_.events.size() - begin);
        return std::span(page_.events).subspan(begin, handed_out_ - begin);
    }
    handed_out_ += std::min(entries_max, kept_.size() - begin);
    piece_.resize(handed_out_ - begin);
    for (std::size_t i = 0; i != piece_.size(); ++i) {
        if (begin + i + entries_ahead < kept_.size()) {
            kept_[begin + i + entries_ahead].prefetch(prefetched_bytes);
        }
        (void)kept_[begin + i].take(piece_[i]);
    }
    return piece_;
}

FeedWindow::Kept FeedWindow::clear() noexcept {
    kept_.clear();
    page_.events.clear();
    page_.memory.clear();
    handed_out_ = 0;
    bytes_ = 0;
    return {kept_, page_.memory};
}

void FeedWindow::end(Position next_after, Position head, std::uint64_t bytes) noexcept {
    page_.next_after = next_after;
    page_.head = head;
    bytes_ = bytes;
}

}  // namespace firn
