// A chunk: consecutive events of one stream in one LMDB value, so that a stream lies together.
//
//   chunk := checksum count events_bytes chain_before frame*
//   frame := position recorded_at size event
// storage/FORMAT.md gives it byte by byte. The checksum covers the key too, so a chunk under a
// wrong key is found. The chain hash in front makes the chain at any version the walk of one chunk,
// and lets a stream whose beginning was deleted still be checked.
// Thread: plain values. Errors: decoding stops and says corrupt where bytes do not check.
#pragma once

#include "storage/event.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::lmdb {

struct ChunkHeader {
    std::uint32_t count = 0;
    std::uint64_t events_bytes = 0;  // of the encoded events in it
    Hash chain_before{};             // the stream's chain hash before its first event
};

// Checksum and header.
inline constexpr std::size_t chunk_header_bytes = 8 + 4 + 8 + sizeof(Hash);

// How many events it says it has; 0 if it is too short to say. Nothing is checked.
[[nodiscard]] std::uint32_t chunk_count(std::string_view chunk) noexcept;

// Of the encoded events it says it has, likewise.
[[nodiscard]] std::uint64_t chunk_events_bytes(std::string_view chunk) noexcept;

// Builds a chunk, from nothing or as an extension of a stored one.
class ChunkBuilder {
public:
    ChunkBuilder() { start({}); }
    // An empty chunk, whose first event follows this chain hash.
    void start(const Hash& chain_before);
    // Takes a stored chunk to extend it. False: it does not check.
    [[nodiscard]] bool resume(StreamNumber stream, Version first, std::string_view chunk);

    // `encoded` is the event's binary form; `event` its decoded facts.
    void add(const EventView& event, std::string_view encoded);
    // Bytes that the chunk would have with one more event of this size.
    [[nodiscard]] std::size_t bytes_with(std::size_t encoded_bytes) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return header_.count == 0; }
    [[nodiscard]] std::uint32_t count() const noexcept { return header_.count; }
    // The finished chunk; valid until the builder changes.
    [[nodiscard]] std::string_view finish(StreamNumber stream, Version first);

private:
    ChunkHeader header_;
    Position last_position_;
    Timestamp last_recorded_at_;
    std::string bytes_;
};

// Walks a chunk's events in order.
class ChunkReader {
public:
    // Empty: it does not check.
    [[nodiscard]] static std::optional<ChunkReader> open(StreamNumber stream, Version first,
                                                         std::string_view chunk) noexcept;
    [[nodiscard]] const ChunkHeader& header() const noexcept { return header_; }
    [[nodiscard]] Version end_version() const noexcept { return first_.plus(header_.count); }
    // False at the end, or where bytes are no event (then is_corrupt() holds).
    [[nodiscard]] bool next(EventView& event) noexcept;
    // Passes over events up to this one, whose bytes are then last_encoded() and not decoded yet.
    // `event` gets version, position and time. False as above, and where it lies behind.
    [[nodiscard]] bool go_to(Version version, EventView& event) noexcept;
    [[nodiscard]] std::string_view last_encoded() const noexcept { return last_; }
    [[nodiscard]] bool is_corrupt() const noexcept { return corrupt_; }
    [[nodiscard]] Version next_version() const noexcept { return next_version_; }

private:
    [[nodiscard]] bool next_frame() noexcept;

    ChunkHeader header_;
    Version first_;
    Version next_version_;
    Position position_;
    Timestamp recorded_at_;
    std::string_view rest_;
    std::string_view last_;
    bool corrupt_ = false;
};

}  // namespace firn::lmdb
