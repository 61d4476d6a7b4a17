#include "actors/fold.hpp"

#include <algorithm>

namespace firn {

std::unique_ptr<FoldFailure> Fold::apply(const CommittedEvents& committed) {
    if (committed.first_version > version_.next() || committed.last_version() <= version_) {
        return nullptr;
    }
    EventDecoder decoder(committed.events->bytes());
    const auto count = committed.events->count();
    for (std::uint32_t i = 0; i != count; ++i) {
        EventView event;
        event.version = committed.first_version.plus(i);
        event.position = Position{committed.position.value() - (count - 1 - i)};
        event.recorded_at = committed.recorded_at;
        if (!decoder.decode_next(event)) {
            return std::make_unique<FoldFailure>(
                FoldFailure{event.version, "the event does not decode"});
        }
        if (event.version <= version_) {
            continue;
        }
        if (auto failure = state_->evolve(event)) {
            return failure;
        }
        version_ = event.version;
    }
    return nullptr;
}

Fold::Slice Fold::read(const EventStore& store, const StreamName& stream, Version up_to) {
    Slice slice;
    StreamQuery query;
    query.from = version_.next();
    query.limit = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(slice_events_max, std::max(up_to, version_).since(version_)));
    // One at least, so that a page that must be empty still brings the head.
    query.limit = std::max(query.limit, 1u);
    const auto page = store.read(stream, query);
    if (!page) {
        slice.error = page.error();
        return slice;
    }
    slice.head = page->version;
    for (const auto& event : page->events) {
        if (event.version > up_to) {
            break;
        }
        if (event.version != version_.next()) {
            slice.error = storage_errc::corrupt;
            return slice;
        }
        if ((slice.failure = state_->evolve(event))) {
            return slice;
        }
        version_ = event.version;
        ++slice.applied;
    }
    slice.at_end = version_ >= std::min(up_to, slice.head);
    if (!slice.at_end && slice.applied == 0) {
        // Events below the head that no page holds: going on would never end.
        slice.error = storage_errc::corrupt;
    }
    return slice;
}

}  // namespace firn
