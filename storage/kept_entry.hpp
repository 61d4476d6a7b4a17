// An entry of the feed as a window keeps it: what the place says of it, then its bytes as they are
// on disk, one after another in the window's memory.
// Thread: plain functions. Errors: none; who keeps an event has seen that it decodes, or that the
// checksum is right which was made of it when it did.
#pragma once

#include "storage/feed_page.hpp"

#include <cstddef>
#include <string_view>

namespace firn {

class KeptEntry {
public:
    KeptEntry() = default;

    // Of a stand-in there are no bytes. Of `entry`.event version, position and time are kept.
    [[nodiscard]] static KeptEntry keep(PageMemory& memory, const FeedEvent& entry,
                                        std::string_view encoded);
    [[nodiscard]] explicit operator bool() const noexcept { return at_ != nullptr; }

    // Its size in bytes, encoded.
    [[nodiscard]] std::size_t take(FeedEvent& entry) const noexcept;
    // Has so many bytes of it brought to the processor.
    void prefetch(std::size_t bytes) const noexcept;

private:
    struct Place {
        const StreamName* stream;
        Version version;
        Position position;
        Timestamp recorded_at;
        std::uint32_t size;
        FeedEvent::Kind kind;
    };

public:
    static constexpr std::size_t place_bytes = sizeof(Place);

private:
    explicit KeptEntry(const char* at) noexcept : at_(at) {}

    const char* at_ = nullptr;
};

}  // namespace firn
