#include "service/routes/live/feed_source.hpp"

#include "actors/catch_up.hpp"
#include "service/routes/live/event_stream.hpp"
#include "storage/feed_filter.hpp"

#include <boost/system/system_error.hpp>

namespace firn {

namespace {

constexpr std::size_t entries_at_once = 32;

}  // namespace

FeedSource::FeedSource(Service& service, LiveFeed& live, std::chrono::milliseconds heartbeat,
                       FeedQuery query)
    : LiveSource(live, heartbeat), service_(service), query_(std::move(query)) {
    place_ = query_.after;
}

FeedSource::~FeedSource() = default;

LiveSource::Came FeedSource::read_store(std::string& out) {
    if (!reader_ || reader_->looked_at() != place_) {
        query_.after = place_;
        reader_ = service_.catch_up(query_);
    }
    const auto begin = out.size();
    do {
        const auto entries = reader_->next(entries_at_once);
        if (!entries) {
            throw boost::system::system_error(entries.error(), "the feed");
        }
        for (const auto& entry : *entries) {
            append_feed_message(out, entry);
        }
        place_ = reader_->looked_at();
        if (reader_->is_at_head()) {
            reader_.reset();
            return Came::caught_up;
        }
        if (entries->empty()) {
            break;
        }
    } while (out.size() - begin < live_piece_bytes);
    return Came::more;
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
