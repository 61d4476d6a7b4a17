#include "storage/journal/record.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"

#include <boost/assert.hpp>

namespace firn::journal {

namespace {

constexpr std::uint32_t record_magic = 0x314A5246;  // "FRJ1"

// As it stands in the file; little-endian, no padding.
struct RawHeader {
    std::uint32_t magic;
    std::uint32_t payload_bytes;
    std::uint64_t epoch;
    std::uint64_t sequence;
    std::uint64_t first_position;
    std::int64_t recorded_at;
    std::uint32_t events;
    std::uint32_t reserved;
    std::uint64_t reserved_too;
    std::uint64_t check;  // over the fields before it and the payload
};
static_assert(sizeof(RawHeader) == record_header_bytes);

std::uint64_t record_check(const RawHeader& raw, std::string_view payload) noexcept {
    const std::string_view fields(reinterpret_cast<const char*>(&raw), offsetof(RawHeader, check));
    return checksum(payload, checksum(fields));
}

template <class T>
char* put(char* out, T value) noexcept {
    std::memcpy(out, &value, sizeof(T));
    return out + sizeof(T);
}

char* put(char* out, std::string_view bytes) noexcept {
    if (!bytes.empty()) {
        std::memcpy(out, bytes.data(), bytes.size());
    }
    return out + bytes.size();
}

constexpr std::size_t entry_prefix_bytes = 1 + 8;    // kind, stream
constexpr std::size_t append_bytes = 8 + 8 + 4 + 4;  // version, position, count, size
constexpr std::size_t create_bytes = 1 + 1;          // two lengths
constexpr std::size_t category_bytes_max = 64;       // is_valid_category
constexpr std::size_t delete_bytes = 8;              // version

}  // namespace

void seal_record(const RecordHeader& header, char* record) noexcept {
    RawHeader raw{};
    raw.magic = record_magic;
    raw.payload_bytes = header.payload_bytes;
    raw.epoch = header.epoch;
    raw.sequence = header.sequence;
    raw.first_position = header.first_position.value();
    raw.recorded_at = header.recorded_at.time_since_epoch().count();
    raw.events = header.events;
    raw.check = record_check(raw, {record + record_header_bytes, header.payload_bytes});
    std::memcpy(record, &raw, sizeof(raw));
}

std::optional<std::size_t> record_bytes(std::string_view start) noexcept {
    if (start.size() < record_header_bytes) {
        return std::nullopt;
    }
    RawHeader raw;
    std::memcpy(&raw, start.data(), sizeof(raw));
    if (raw.magic != record_magic) {
        return std::nullopt;
    }
    return record_header_bytes + raw.payload_bytes;
}

std::optional<RecordView> open_record(std::string_view bytes) noexcept {
    const auto size = record_bytes(bytes);
    if (!size || *size > bytes.size()) {
        return std::nullopt;
    }
    RawHeader raw;
    std::memcpy(&raw, bytes.data(), sizeof(raw));
    const auto payload = bytes.substr(record_header_bytes, raw.payload_bytes);
    if (raw.check != record_check(raw, payload)) {
        return std::nullopt;
    }
    return RecordView{
        .header = {.payload_bytes = raw.payload_bytes,
                   .epoch = raw.epoch,
                   .sequence = raw.sequence,
                   .first_position = Position{raw.first_position},
                   .recorded_at = Timestamp{std::chrono::microseconds{raw.recorded_at}},
                   .events = raw.events},
        .payload = payload};
}

std::size_t encoded_bytes(const Entry& entry) noexcept {
    switch (entry.kind) {
        case EntryKind::append: return entry_prefix_bytes + append_bytes + entry.events.size();
        case EntryKind::create_stream:
            return entry_prefix_bytes + create_bytes + entry.category.size() + entry.id.size();
        case EntryKind::delete_stream: return entry_prefix_bytes + delete_bytes;
    }
    return 0;
}

char* encode_entry(const Entry& entry, char* out) noexcept {
    out = put(out, static_cast<std::uint8_t>(entry.kind));
    out = put(out, entry.stream.value());
    switch (entry.kind) {
        case EntryKind::append:
            out = put(out, entry.version.value());
            out = put(out, entry.position.value());
            out = put(out, entry.count);
            out = put(out, static_cast<std::uint32_t>(entry.events.size()));
            return put(out, entry.events);
        case EntryKind::create_stream:
            BOOST_ASSERT(entry.category.size() <= category_bytes_max && entry.id.size() <= 255);
            out = put(out, static_cast<std::uint8_t>(entry.category.size()));
            out = put(out, static_cast<std::uint8_t>(entry.id.size()));
            out = put(out, entry.category);
            return put(out, entry.id);
        case EntryKind::delete_stream: return put(out, entry.version.value());
    }
    return out;
}

bool EntryDecoder::next(Entry& entry) noexcept {
    ByteReader in(rest_);
    rest_ = {};
    entry = Entry{};
    const auto kind = in.take_int<std::uint8_t>();
    entry.stream = StreamNumber{in.take_int<std::uint64_t>()};
    entry.kind = static_cast<EntryKind>(kind);
    switch (entry.kind) {
        case EntryKind::append: {
            entry.version = Version{in.take_int<std::uint64_t>()};
            entry.position = Position{in.take_int<std::uint64_t>()};
            entry.count = in.take_int<std::uint32_t>();
            entry.events = in.take(in.take_int<std::uint32_t>());
            break;
        }
        case EntryKind::create_stream: {
            const auto category_bytes = in.take_int<std::uint8_t>();
            const auto id_bytes = in.take_int<std::uint8_t>();
            if (category_bytes > category_bytes_max) {
                return false;
            }
            entry.category = in.take(category_bytes);
            entry.id = in.take(id_bytes);
            break;
        }
        case EntryKind::delete_stream: entry.version = Version{in.take_int<std::uint64_t>()}; break;
        default: return false;
    }
    if (!in.ok()) {
        return false;
    }
    rest_ = in.rest();
    return true;
}

}  // namespace firn::journal
