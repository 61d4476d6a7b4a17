#include "storage/kept_entry.hpp"

#include <boost/assert.hpp>

#include <cstring>

namespace firn {

namespace {

constexpr std::size_t line_bytes = 64;

}  // namespace

KeptEntry KeptEntry::keep(PageMemory& memory, const FeedEvent& entry, std::string_view encoded) {
    const auto& event = entry.event;
    const Place place{entry.stream,
                      event.version,
                      event.position,
                      event.recorded_at,
                      static_cast<std::uint32_t>(encoded.size()),
                      entry.kind};
    char* const at = memory.make_room(sizeof(place) + encoded.size());
    std::memcpy(at, &place, sizeof(place));
    if (!encoded.empty()) {
        std::memcpy(at + sizeof(place), encoded.data(), encoded.size());
    }
    return KeptEntry(at);
}

std::size_t KeptEntry::take(FeedEvent& entry) const noexcept {
    Place place;
    std::memcpy(&place, at_, sizeof(place));
    entry.kind = place.kind;
    entry.stream = place.stream;
    // Names come in no order either, and are looked at after some more entries.
    const auto* const name = reinterpret_cast<const char*>(place.stream);
    __builtin_prefetch(name);
    __builtin_prefetch(name + line_bytes);
    if (place.kind == FeedEvent::Kind::event) {
        EventDecoder decoder(std::string_view(at_ + sizeof(place), place.size));
        [[maybe_unused]] const bool decoded = decoder.decode_next(entry.event);
        BOOST_ASSERT(decoded);
    } else {
        entry.event = {};
    }
    entry.event.version = place.version;
    entry.event.position = place.position;
    entry.event.recorded_at = place.recorded_at;
    return place.size;
}

void KeptEntry::prefetch(std::size_t bytes) const noexcept {
    for (std::size_t i = 0; i < bytes; i += line_bytes) {
        __builtin_prefetch(at_ + i);
    }
}

}  // namespace firn
