// A journal record: one commit group, written with one write and one sync.
//
//   record  := header payload padding          padded with zeros to a multiple of block_bytes
//   payload := entry*                          in commit order
// storage/FORMAT.md gives both byte by byte.
// Thread: plain values. Errors: decoders never read past the end and refuse what does not check.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace firn::journal {

// Records start at multiples of this: what O_DIRECT needs on every disk we know.
inline constexpr std::size_t block_bytes = 4096;
inline constexpr std::size_t record_header_bytes = 64;

constexpr std::size_t padded(std::size_t bytes) noexcept {
    return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}

struct RecordHeader {
    std::uint32_t payload_bytes = 0;
    std::uint64_t epoch = 0;     // of the segment; stale bytes of a recycled one have another
    std::uint64_t sequence = 0;  // from 1, one more than the record before
    Position first_position;     // of the first event in it; of the next one if there is none
    Timestamp recorded_at;
    std::uint32_t events = 0;
};

// Fills in the first record_header_bytes of `record`, whose payload follows already.
void seal_record(const RecordHeader& header, char* record) noexcept;

struct RecordView {
    RecordHeader header;
    std::string_view payload;
};
// What a record that starts with these bytes takes, unpadded, by what it says itself; nothing if
// no record starts so.
[[nodiscard]] std::optional<std::size_t> record_bytes(std::string_view start) noexcept;
// The record at the start of `bytes`, if it is whole and checks.
[[nodiscard]] std::optional<RecordView> open_record(std::string_view bytes) noexcept;

enum class EntryKind : std::uint8_t {
    append = 1,         // events of one stream
    create_stream = 2,  // gives a stream its number
    delete_stream = 3,  // deletes a stream for good
};

struct Entry {
    EntryKind kind{};
    StreamNumber stream;
    Version version;            // append: of the first event; delete: the head
    Position position;          // append: of the first event
    std::uint32_t count = 0;    // append: events
    std::string_view events;    // append: in their encoded form
    std::string_view category;  // create
    std::string_view id;        // create
};

[[nodiscard]] std::size_t encoded_bytes(const Entry& entry) noexcept;
// Writes encoded_bytes(entry) bytes; returns the end.
char* encode_entry(const Entry& entry, char* out) noexcept;

class EntryDecoder {
public:
    explicit EntryDecoder(std::string_view payload) noexcept : rest_(payload) {}
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    // False: the bytes are not an entry; the decoder is at its end then.
    [[nodiscard]] bool next(Entry& entry) noexcept;

private:
    std::string_view rest_;
};

}  // namespace firn::journal
