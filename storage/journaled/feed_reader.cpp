#include "storage/journaled/feed_reader.hpp"

#include "storage/journaled/pending_feed.hpp"
#include "storage/journaled/settled_feed.hpp"

#include <algorithm>

namespace firn {

namespace {

Position end_of(const FeedQuery& query, Position head) {
    return query.after.plus(
        std::min<std::uint64_t>(std::max(query.scan_max, 1u), head.since(query.after)));
}

}  // namespace

void FeedReader::read_settled(const FeedQuery& query, const Unsettled::FeedWindow& window,
                              Position end, FeedPage& page, PageMaker& maker) const {
    std::vector<KeptEntry> kept;
    SettledFeed settled(environment_, query, window.deletions, kept, page.memory);
    const auto looked_at = settled.run(page.next_after, end, {maker.room(), maker.bytes_left()});
    page.events.reserve(page.events.size() + kept.size());
    FeedEvent entry;
    for (const auto& one : kept) {
        const auto bytes = one.take(entry);
        if (!maker.add(entry, bytes)) {
            return;
        }
    }
    maker.looked_at(looked_at);
}

result<FeedPage> FeedReader::read(const FeedQuery& query) const {
    FeedPage page;
    page.next_after = query.after;
    PageMaker maker(query, page);
    auto window = unsettled_.feed_window(query.after, query.limit);
    page.head = window.head;
    if (query.limit == 0 || query.after >= page.head) {
        return page;
    }
    const auto end = end_of(query, page.head);
    while (!maker.is_full() && page.next_after < end) {
        const auto after = page.next_after;
        if (after < window.settled) {
            read_settled(query, window, std::min(end, window.settled), page, maker);
        } else {
            PendingFeed(environment_, unsettled_, query, page, maker).run(window, after, end);
        }
        window = unsettled_.feed_window(page.next_after, maker.room() + 1024);
    }
    return page;
}

result<FeedWindow> FeedReader::gather(const FeedQuery& query, FeedWindow window) const {
    const auto unsettled = unsettled_.feed_window(query.after, 0);
    if (query.limit == 0 || query.after >= unsettled.settled) {
        // What has not settled lies in memory, in its order.
        auto page = read(query);
        if (!page) {
            return page.error();
        }
        return FeedWindow(*std::move(page));
    }
    const auto kept = window.clear();
    SettledFeed settled(environment_, query, unsettled.deletions, kept.entries, kept.memory);
    const auto end = std::min(end_of(query, unsettled.head), unsettled.settled);
    const auto next_after = settled.run(query.after, end, {query.limit, query.bytes_max});
    window.end(next_after, unsettled.head, settled.bytes());
    return window;
}

}  // namespace firn
