#include "service/routes/live/live_batch.hpp"

#include "service/routes/live/event_stream.hpp"

namespace firn {

LiveBatch::LiveBatch(Position after, FeedPage page) : after_(after), page_(std::move(page)) {
    std::vector<std::size_t> ends;
    ends.reserve(page_.events.size());
    for (const auto& event : page_.events) {
        append_feed_message(text_, event);
        ends.push_back(text_.size());
    }
    entries_.reserve(ends.size());
    std::size_t begin = 0;
    for (std::size_t i = 0; i != ends.size(); ++i) {
        entries_.push_back(
            {&page_.events[i], std::string_view(text_).substr(begin, ends[i] - begin)});
        begin = ends[i];
    }
    // The page's own bytes are about as many as their text.
    bytes_ = 2 * text_.capacity() + entries_.size() * (sizeof(Entry) + sizeof(FeedEvent)) +
             sizeof(*this);
}

}  // namespace firn
