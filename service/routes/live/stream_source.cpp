#include "service/routes/live/stream_source.hpp"

#include "actors/stand_in_states.hpp"
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
        if (page.error() == storage_errc::compacted && append_snapshot(out)) {
            return Came::more;
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
        if (event.version >= next_ && *entry.event->stream == stream_) {
            take(*entry.event, out);
        }
        place_ = event.position;
        if (out.size() - begin >= live_piece_bytes) {
            return;
        }
    }
    place_ = batch.last();
}

void StreamSource::take(const FeedEvent& entry, std::string& out) {
    switch (entry.kind) {
        case FeedEvent::Kind::event:
            append_stream_message(out, entry.event);
            next_ = entry.event.version.next();
            break;
        case FeedEvent::Kind::snapshot:
            // Events that it has not seen are gone.
            append_snapshot(out);
            break;
        case FeedEvent::Kind::deleted: break;  // has_ended() says so
    }
}

bool StreamSource::append_snapshot(std::string& out) {
    for (;;) {
        const auto facts = service_.store().facts(stream_);
        if (!facts || facts->deleted || facts->first_version <= next_) {
            return false;
        }
        FeedEvent stand_in;
        stand_in.kind = FeedEvent::Kind::snapshot;
        stand_in.stream = &stream_;
        stand_in.event.version = Version{facts->first_version.value() - 1};
        const auto data = stand_in_data(service_.store(), stream_, stand_in.event.version);
        if (!data) {
            throw boost::system::system_error(data.error(), "the stream");
        }
        if (*data) {
            stand_in.event.data = **data;
            append_stand_in_message(out, stand_in);
            next_ = facts->first_version;
            return true;
        }
    }
}

bool StreamSource::has_ended(std::string& out) {
    const auto facts = service_.store().facts(stream_);
    if (!facts || !facts->deleted) {
        return false;
    }
    // The feed holds what stands in for the stream.
    FeedQuery query;
    query.after = Position{facts->last_position.value() - 1};
    query.limit = 1;
    query.scan_max = 1;
    const auto page = service_.store().feed(query);
    if (!page) {
        throw boost::system::system_error(page.error(), "the feed");
    }
    for (const auto& stand_in : page->events) {
        append_stand_in_message(out, stand_in);
    }
    return true;
}

}  // namespace firn
