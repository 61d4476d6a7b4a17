// What a page of the feed and one of a subscription have in common: how long it may be, how its
// answer waits for something to be on it, and its two forms.
// Thread: the request's. Errors: Problem (400).
#pragma once

#include "service/routes/call.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace firn {

struct FeedPageBounds {
    std::uint32_t limit = 0;
    std::chrono::seconds wait{0};
};

// `limit` and `wait`.
[[nodiscard]] Read<FeedPageBounds> feed_page_bounds_of(const Call& call);

using FeedClock = std::chrono::steady_clock;
// Whether a page without events is answered all the same.
[[nodiscard]] bool has_waited_enough(const Call& call, FeedClock::time_point until);
// After a look at the feed that found nothing: lets others have a turn if there is more to look
// at, else waits a while for news.
boost::asio::awaitable<void> wait_to_look_on(Call call, Position looked_at, Position head,
                                             FeedClock::time_point until);

// As NDJSON, if that is what the request asks for.
[[nodiscard]] bool write_lines_if_asked(const Call& call, const FeedPage& page);
// [{…},{…}]
void append_feed_events(std::string& out, const FeedPage& page);

}  // namespace firn
