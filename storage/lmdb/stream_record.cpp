#include "storage/lmdb/stream_record.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"

namespace firn::lmdb {

std::string StreamRecord::encode() const {
    std::string out;
    out.reserve(128 + name.category.size() + name.id.size());
    put_int(out, std::uint64_t{0});  // the checksum's place
    put_int(out, static_cast<std::uint8_t>(deleted ? 1 : 0));
    put_int(out, version.value());
    put_int(out, first_version.value());
    put_int(out, last_chunk.value());
    put_int(out, last_position.value());
    put_int(out, static_cast<std::uint64_t>(last_recorded_at.time_since_epoch().count()));
    put_int(out, marker.value());
    put_int(out, bytes);
    put_int(out, client_ids);
    put_int(out, category_label);
    out.append(reinterpret_cast<const char*>(chain_hash.data()), chain_hash.size());
    put_varint(out, name.category.size());
    out.append(name.category);
    put_varint(out, name.id.size());
    out.append(name.id);
    const auto check = checksum(std::string_view(out).substr(8));
    std::memcpy(out.data(), &check, sizeof(check));
    return out;
}

std::optional<StreamRecord> StreamRecord::decode(std::string_view encoded) {
    ByteReader in(encoded);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest())) {
        return std::nullopt;
    }
    StreamRecord record;
    const auto flags = in.take_int<std::uint8_t>();
    record.deleted = (flags & 1) != 0;
    record.version = Version{in.take_int<std::uint64_t>()};
    record.first_version = Version{in.take_int<std::uint64_t>()};
    record.last_chunk = Version{in.take_int<std::uint64_t>()};
    record.last_position = Position{in.take_int<std::uint64_t>()};
    record.last_recorded_at = Timestamp{
        std::chrono::microseconds{static_cast<std::int64_t>(in.take_int<std::uint64_t>())}};
    record.marker = Position{in.take_int<std::uint64_t>()};
    record.bytes = in.take_int<std::uint64_t>();
    record.client_ids = in.take_int<std::uint64_t>();
    record.category_label = in.take_int<std::uint32_t>();
    const auto hash = in.take(record.chain_hash.size());
    if (in.ok()) {
        std::memcpy(record.chain_hash.data(), hash.data(), hash.size());
    }
    record.name.category = in.take_framed();
    record.name.id = in.take_framed();
    if (!in.ok() || !in.at_end() || (flags & ~1) != 0) {
        return std::nullopt;
    }
    return record;
}

}  // namespace firn::lmdb
