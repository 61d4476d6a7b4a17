#include "storage/lmdb/position_block.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"

namespace firn::lmdb {

std::string encode_position_block(Position first, std::span<const IndexEntry> entries) {
    std::string out;
    put_int(out, std::uint64_t{0});  // the checksum's place
    put_varint(out, entries.size());
    for (const auto& entry : entries) {
        put_varint(out, entry.stream.value());
        put_varint(out, entry.version.value());
        put_varint(out, entry.category_label);
        put_varint(out, entry.type_label);
    }
    const auto check = checksum(std::string_view(out).substr(8), first.value());
    std::memcpy(out.data(), &check, sizeof(check));
    return out;
}

std::optional<std::vector<IndexEntry>> decode_position_block(Position first,
                                                             std::string_view bytes) {
    ByteReader in(bytes);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest(), first.value())) {
        return std::nullopt;
    }
    const auto count = in.take_varint();
    if (count > block_positions_max) {
        return std::nullopt;
    }
    std::vector<IndexEntry> entries(count);
    for (auto& entry : entries) {
        entry.stream = StreamNumber{in.take_varint()};
        entry.version = Version{in.take_varint()};
        entry.category_label = static_cast<std::uint32_t>(in.take_varint());
        entry.type_label = static_cast<std::uint32_t>(in.take_varint());
    }
    if (!in.ok() || !in.at_end()) {
        return std::nullopt;
    }
    return entries;
}

}  // namespace firn::lmdb
