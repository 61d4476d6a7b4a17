#include "storage/journaled/feed_reader.hpp"

#include "storage/journaled/feed_page.hpp"
#include "storage/journaled/pending_feed.hpp"
#include "storage/journaled/settled_feed.hpp"

#include <algorithm>

namespace firn {

result<FeedPage> FeedReader::read(const FeedQuery& query) const {
    FeedPage page;
    page.next_after = query.after;
    PageMaker maker(query, page);
    auto window = unsettled_.feed_window(query.after, query.limit);
    page.head = window.head;
    if (query.limit == 0 || query.after >= page.head) {
        return page;
    }
    const auto scan =
        std::min<std::uint64_t>(std::max(query.scan_max, 1u), page.head.since(query.after));
    const auto end = query.after.plus(scan);
    while (!maker.is_full() && page.next_after < end) {
        const auto after = page.next_after;
        if (after < window.settled) {
            SettledFeed(environment_, query, window.deletions, page, maker)
                .run(after, std::min(end, window.settled));
        } else {
            PendingFeed(environment_, unsettled_, query, page, maker).run(window, after, end);
        }
        window = unsettled_.feed_window(page.next_after, maker.room() + 1024);
    }
    return page;
}

}  // namespace firn
