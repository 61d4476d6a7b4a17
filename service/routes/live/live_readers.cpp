#include "service/routes/live/live_readers.hpp"

#include "storage/feed_filter.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

namespace firn {

namespace {

void write_key(std::string& key, const StreamName& stream) {
    key.assign(stream.category).push_back('\0');
    key.append(stream.id);
}

}  // namespace

void LiveReaders::list(const std::shared_ptr<LiveReader>& reader, LiveReader::Lists& lists,
                       std::string key) {
    auto& readers = lists[key];
    readers.push_back(reader);
    reader->places.push_back({&lists, std::move(key), std::prev(readers.end())});
}

void LiveReaders::add(const std::shared_ptr<LiveReader>& reader) {
    const auto& [query, stream] = reader->interest;
    if (stream != nullptr) {
        std::string key;
        write_key(key, *stream);
        list(reader, by_stream_, std::move(key));
    } else if (query->categories.empty()) {
        others_.push_back(reader);
        reader->places.push_back({nullptr, {}, std::prev(others_.end())});
    } else {
        // A category may be asked for twice.
        for (const auto& category : std::set(query->categories.begin(), query->categories.end())) {
            list(reader, by_category_, category);
        }
    }
    reader->listed = true;
    ++size_;
    ++added_;
}

void LiveReaders::remove(LiveReader& reader) {
    // Its lists hold it; this keeps it until they all have let go.
    const auto kept = reader.shared_from_this();
    for (const auto& place : reader.places) {
        if (place.lists == nullptr) {
            others_.erase(place.at);
            continue;
        }
        const auto found = place.lists->find(place.key);
        found->second.erase(place.at);
        if (found->second.empty()) {
            place.lists->erase(found);
        }
    }
    reader.places.clear();
    reader.listed = false;
    --size_;
}

void LiveReaders::wake(LiveReader& reader) {
    const auto kept = reader.shared_from_this();
    remove(reader);
    reader.wake();
    ++woken_;
}

void LiveReaders::wake_all() {
    while (!by_stream_.empty()) {
        wake(*by_stream_.begin()->second.front());
    }
    while (!by_category_.empty()) {
        wake(*by_category_.begin()->second.front());
    }
    while (!others_.empty()) {
        wake(*others_.front());
    }
}

void LiveReaders::wake_some(LiveReader::List& readers, const LiveBatch& batch,
                            const FeedEvent& event) {
    for (auto at = readers.begin(); at != readers.end();) {
        auto& reader = **at++;
        const auto* query = reader.interest.query;
        if (query == nullptr || passes_filters(*query, event)) {
            const bool last = readers.size() == 1;
            reader.after = std::max(reader.after, batch.after());
            wake(reader);
            if (last) {
                return;  // the list is gone, or empty
            }
        }
    }
}

void LiveReaders::wake_interested(const LiveBatch& batch) {
    std::string key;
    for (const auto& entry : batch.entries_past(batch.after())) {
        if (size_ == 0) {
            return;
        }
        const auto& event = *entry.event;
        if (!by_stream_.empty()) {
            write_key(key, *event.stream);
            if (const auto found = by_stream_.find(key); found != by_stream_.end()) {
                wake_some(found->second, batch, event);
            }
        }
        if (const auto found = by_category_.find(event.stream->category);
            found != by_category_.end()) {
            wake_some(found->second, batch, event);
        }
        wake_some(others_, batch, event);
    }
}

}  // namespace firn
