#include "storage/lmdb/store_record.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"

namespace firn::lmdb {

std::string StoreRecord::encode() const {
    std::string out;
    put_int(out, std::uint64_t{0});  // the checksum's place
    put_int(out, format);
    put_int(out, store);
    put_int(out, settled_sequence);
    put_int(out, settled_position.value());
    put_int(out, last_stream.value());
    put_int(out, streams);
    put_int(out, events);
    put_int(out, labels);
    put_int(out, static_cast<std::uint64_t>(last_time.time_since_epoch().count()));
    const auto check = checksum(std::string_view(out).substr(8));
    std::memcpy(out.data(), &check, sizeof(check));
    return out;
}

std::optional<StoreRecord> StoreRecord::decode(std::string_view bytes) {
    ByteReader in(bytes);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest())) {
        return std::nullopt;
    }
    StoreRecord record;
    record.format = in.take_int<std::uint32_t>();
    record.store = in.take_int<std::uint64_t>();
    record.settled_sequence = in.take_int<std::uint64_t>();
    record.settled_position = Position{in.take_int<std::uint64_t>()};
    record.last_stream = StreamNumber{in.take_int<std::uint64_t>()};
    record.streams = in.take_int<std::uint64_t>();
    record.events = in.take_int<std::uint64_t>();
    record.labels = in.take_int<std::uint32_t>();
    record.last_time = Timestamp{
        std::chrono::microseconds{static_cast<std::int64_t>(in.take_int<std::uint64_t>())}};
    if (!in.ok()) {
        return std::nullopt;
    }
    return record;
}

}  // namespace firn::lmdb
