#include "service/routes/live/feed_source.hpp"

#include "service/routes/live/event_stream.hpp"
#include "storage/feed_filter.hpp"

#include <boost/system/system_error.hpp>

namespace firn {

FeedSource::FeedSource(Service& service, LiveFeed& live, std::chrono::milliseconds heartbeat,
                       FeedQuery query)
    : LiveSource(live, heartbeat), service_(service), query_(std::move(query)) {
    query_.limit = 1'000;
    query_.bytes_max = live_piece_bytes;
    place_ = query_.after;
}

LiveSource::Came FeedSource::read_store(std::string& out) {
    query_.after = place_;
    const auto page = service_.store().feed(query_);
    if (!page) {
        throw boost::system::system_error(page.error(), "the feed");
    }
    for (const auto& event : page->events) {
        append_feed_message(out, event);
    }
    place_ = page->next_after;
    return place_ >= page->head ? Came::caught_up : Came::more;
}

void FeedSource::say_caught_up(std::string& out) {
    append_caught_up(out, place_);
}

void FeedSource::read_batch(const LiveBatch& batch, std::string& out) {
    const auto begin = out.size();
    for (const auto& entry : batch.entries_past(place_)) {
        if (passes_filters(query_, *entry.event)) {
            out.append(entry.text);
        }
        place_ = entry.event->event.position;
        if (out.size() - begin >= live_piece_bytes) {
            return;
        }
    }
    place_ = batch.last();
}

}  // namespace firn
