#include "actors/fold.hpp"

#include "actors/deciders/interrupted.hpp"
#include "storage/chain_hash.hpp"

#include <algorithm>

namespace firn {

namespace {

// A state may take this much more memory than its JSON text may have bytes; what takes more is
// stopped at the event, before its text is ever asked for.
constexpr std::uint64_t memory_factor = 16;
constexpr std::uint64_t memory_base = 1u << 20;

}  // namespace

Fold::Text Fold::json() const {
    std::string text;
    if (const auto reason = state_->write_json(text)) {
        return FoldFailure{version_, *reason};
    }
    if (text.size() > by_->state_bytes_max) {
        return FoldFailure{version_, "the state has " + std::to_string(text.size()) +
                                         " bytes, more than state_bytes_max, which is " +
                                         std::to_string(by_->state_bytes_max)};
    }
    text.shrink_to_fit();
    return std::make_shared<const std::string>(std::move(text));
}

std::unique_ptr<FoldFailure> Fold::evolve(const EventView& event) {
    try {
        if (const auto reason = state_->evolve(event)) {
            return std::make_unique<FoldFailure>(FoldFailure{event.version, *reason});
        }
    } catch (const Interrupted& interrupted) {
        throw FoldInterrupted(FoldFailure{event.version, interrupted.what()});
    }
    const auto bytes_max = by_->state_bytes_max * memory_factor + memory_base;
    if (state_->memory_bytes() > bytes_max) {
        return std::make_unique<FoldFailure>(
            FoldFailure{event.version, "the state takes more than " + std::to_string(bytes_max) +
                                           " bytes of memory; limits.state_bytes_max is " +
                                           std::to_string(by_->state_bytes_max)});
    }
    version_ = event.version;
    last_recorded_at_ = event.recorded_at;
    return nullptr;
}

std::unique_ptr<FoldFailure> Fold::apply(const CommittedEvents& committed, const TurnTime& time) {
    if (committed.first_version > version_.next() || committed.last_version() <= version_) {
        return nullptr;
    }
    EventDecoder decoder(committed.events->bytes());
    const auto count = committed.events->count();
    for (std::uint32_t i = 0; i != count; ++i) {
        EventView event;
        event.version = committed.first_version.plus(i);
        if (committed.position != no_position) {
            event.position = Position{committed.position.value() - (count - 1 - i)};
        }
        event.recorded_at = committed.recorded_at;
        if (!decoder.decode_next(event)) {
            return std::make_unique<FoldFailure>(
                FoldFailure{event.version, "the event does not decode"});
        }
        if (event.version <= version_) {
            continue;
        }
        if (auto failure = evolve(event)) {
            return failure;
        }
        if (time.is_up()) {
            break;
        }
    }
    return nullptr;
}

Fold::Slice Fold::read(const EventStore& store, const StreamName& stream, Version up_to,
                       const TurnTime& time, Hash* chain) {
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
        if ((slice.failure = evolve(event))) {
            return slice;
        }
        if (chain != nullptr) {
            *chain = chain_next(*chain, event);
        }
        ++slice.applied;
        if (time.is_up()) {
            break;
        }
    }
    slice.at_end = version_ >= std::min(up_to, slice.head);
    if (!slice.at_end && slice.applied == 0) {
        // Events below the head that no page holds: going on would never end.
        slice.error = storage_errc::corrupt;
    }
    return slice;
}

}  // namespace firn
