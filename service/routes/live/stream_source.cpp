#include "service/routes/live/stream_source.hpp"

#include "service/routes/live/event_stream.hpp"

#include <boost/system/system_error.hpp>

namespace firn {

StreamSource::StreamSource(Service& service, LiveFeed& live, std::chrono::milliseconds heartbeat,
                           StreamName stream, Version from)
    : LiveSource(live, heartbeat), service_(service), stream_(std::move(stream)), next_(from) {}

LiveSource::Came StreamSource::read_store(std::string& out) {
    // Whatever of the stream is up to here is in the pages read from now on: the seam to live.
    const auto head = service_.store().head_position();
    StreamQuery query;
    query.from = next_;
    query.limit = 1'000;
    query.bytes_max = live_piece_bytes;
    const auto page = service_.store().read(stream_, query);
    if (!page) {
        if (has_ended(out)) {
            return Came::ended;
        }
        throw boost::system::system_error(page.error(), "the stream");
    }
    for (const auto& event : page->events) {
        append_stream_message(out, event);
        next_ = event.version.next();
    }
    if (next_ <= page->version) {
        return Came::more;
    }
    place_ = head;
    return Came::caught_up;
}

void StreamSource::say_caught_up(std::string& out) {
    append_caught_up(out, Version{next_.value() - 1});
}

void StreamSource::read_batch(const LiveBatch& batch, std::string& out) {
    const auto begin = out.size();
    for (const auto& entry : batch.entries_past(place_)) {
        const auto& event = entry.event->event;
        // What was read from the store already may come again.
        if (event.version >= next_ && entry.event->kind == FeedEvent::Kind::event &&
            *entry.event->stream == stream_) {
            append_stream_message(out, event);
            next_ = event.version.next();
        }
        place_ = event.position;
        if (out.size() - begin >= live_piece_bytes) {
            return;
        }
    }
    place_ = batch.last();
}

bool StreamSource::has_ended(std::string& out) {
    const auto facts = service_.store().facts(stream_);
    if (!facts || !facts->deleted) {
        return false;
    }
    append_deleted_message(out, *facts);
    return true;
}

}  // namespace firn
