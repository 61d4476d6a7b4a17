#include "storage/lmdb/chunk.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"

#include <boost/assert.hpp>

namespace firn::lmdb {

namespace {

std::uint64_t chunk_check(StreamNumber stream, Version first, std::string_view body) noexcept {
    return checksum(body, stream.value() * 0x9E3779B97F4A7C15u + first.value());
}

std::int64_t micros(Timestamp time) noexcept {
    return time.time_since_epoch().count();
}

// Two's complement differences wrap and come back, whatever times an import states.
std::int64_t wrapping_difference(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

void ChunkBuilder::start(const Hash& chain_before) {
    header_ = {.chain_before = chain_before};
    last_position_ = {};
    last_recorded_at_ = {};
    bytes_.assign(chunk_header_bytes, '\0');
}

bool ChunkBuilder::resume(StreamNumber stream, Version first, std::string_view chunk) {
    start({});
    auto reader = ChunkReader::open(stream, first, chunk);
    if (!reader) {
        return false;
    }
    EventView event;
    while (reader->next(event)) {
        last_position_ = event.position;
        last_recorded_at_ = event.recorded_at;
    }
    if (reader->is_corrupt()) {
        return false;
    }
    header_ = reader->header();
    bytes_.assign(chunk);
    return true;
}

std::size_t ChunkBuilder::bytes_with(std::size_t encoded_bytes) const noexcept {
    // Position and time are deltas of a few bytes each.
    constexpr std::size_t frame_bytes = 3 + 4 + 2;
    return bytes_.size() + frame_bytes + encoded_bytes;
}

void ChunkBuilder::add(const EventView& event, std::string_view encoded) {
    BOOST_ASSERT(event.position > last_position_);
    put_varint(bytes_, event.position.since(last_position_));
    put_varint(bytes_,
               zigzag(wrapping_difference(micros(event.recorded_at), micros(last_recorded_at_))));
    put_varint(bytes_, encoded.size());
    bytes_.append(encoded);
    last_position_ = event.position;
    last_recorded_at_ = event.recorded_at;
    ++header_.count;
    header_.events_bytes += encoded.size();
}

std::string_view ChunkBuilder::finish(StreamNumber stream, Version first) {
    std::memcpy(bytes_.data() + 8, &header_.count, sizeof(header_.count));
    std::memcpy(bytes_.data() + 12, &header_.events_bytes, sizeof(header_.events_bytes));
    std::memcpy(bytes_.data() + 20, header_.chain_before.data(), header_.chain_before.size());
    const auto check = chunk_check(stream, first, std::string_view(bytes_).substr(8));
    std::memcpy(bytes_.data(), &check, sizeof(check));
    return bytes_;
}

std::uint32_t chunk_count(std::string_view chunk) noexcept {
    std::uint32_t count = 0;
    if (chunk.size() >= chunk_header_bytes) {
        std::memcpy(&count, chunk.data() + 8, sizeof(count));
    }
    return count;
}

std::uint64_t chunk_events_bytes(std::string_view chunk) noexcept {
    std::uint64_t bytes = 0;
    if (chunk.size() >= chunk_header_bytes) {
        std::memcpy(&bytes, chunk.data() + 12, sizeof(bytes));
    }
    return bytes;
}

std::optional<ChunkReader> ChunkReader::open(StreamNumber stream, Version first,
                                             std::string_view chunk) noexcept {
    ByteReader in(chunk);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != chunk_check(stream, first, in.rest())) {
        return std::nullopt;
    }
    ChunkReader reader;
    reader.header_.count = in.take_int<std::uint32_t>();
    reader.header_.events_bytes = in.take_int<std::uint64_t>();
    const auto chain = in.take(reader.header_.chain_before.size());
    if (!in.ok()) {
        return std::nullopt;
    }
    std::memcpy(reader.header_.chain_before.data(), chain.data(), chain.size());
    reader.first_ = first;
    reader.next_version_ = first;
    reader.rest_ = in.rest();
    return reader;
}

bool ChunkReader::next_frame() noexcept {
    if (corrupt_ || next_version_ == end_version()) {
        corrupt_ = corrupt_ || !rest_.empty();
        return false;
    }
    ByteReader in(rest_);
    position_ = position_.plus(in.take_varint());
    recorded_at_ = Timestamp{
        std::chrono::microseconds{wrapping_sum(micros(recorded_at_), unzigzag(in.take_varint()))}};
    last_ = in.take_framed();
    rest_ = in.rest();
    next_version_ = next_version_.next();
    corrupt_ = !in.ok();
    return !corrupt_;
}

bool ChunkReader::next(EventView& event) noexcept {
    if (!next_frame()) {
        return false;
    }
    event.version = Version{next_version_.value() - 1};
    event.position = position_;
    event.recorded_at = recorded_at_;
    EventDecoder decoder(last_);
    corrupt_ = !decoder.decode_next(event) || !decoder.at_end();
    return !corrupt_;
}

bool ChunkReader::go_to(Version version, EventView& event) noexcept {
    if (version < next_version_) {
        return false;
    }
    while (next_version_ <= version) {
        if (!next_frame()) {
            return false;
        }
    }
    event.version = version;
    event.position = position_;
    event.recorded_at = recorded_at_;
    return true;
}

}  // namespace firn::lmdb
