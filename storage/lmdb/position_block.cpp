#include "storage/lmdb/position_block.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"

namespace firn::lmdb {

std::string encode_position_block(Position first, std::span<const IndexEntry> entries) {
    std::string out;
    put_int(out, std::uint64_t{0});  // the checksum's place
    put_varint(out, entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        put_varint(out, entry.stream.value());
        if (entry.is_hole()) {
            std::size_t run = 1;
            while (i + 1 < entries.size() && entries[i + 1].is_hole()) {
                ++run;
                ++i;
            }
            put_varint(out, run);
            continue;
        }
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
    std::vector<IndexEntry> entries;
    if (!decode_position_block(first, bytes, entries)) {
        return std::nullopt;
    }
    return entries;
}

bool decode_position_block(Position first, std::string_view bytes,
                           std::vector<IndexEntry>& entries) {
    ByteReader in(bytes);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest(), first.value())) {
        return false;
    }
    const auto count = in.take_varint();
    if (count > block_positions_max) {
        return false;
    }
    entries.assign(count, {});
    for (std::size_t i = 0; i < count; ++i) {
        auto& entry = entries[i];
        entry.stream = StreamNumber{in.take_varint()};
        if (entry.is_hole()) {
            const auto run = in.take_varint();
            if (!in.ok() || run == 0 || run > count - i) {
                return false;
            }
            i += run - 1;
            continue;
        }
        entry.version = Version{in.take_varint()};
        entry.category_label = static_cast<std::uint32_t>(in.take_varint());
        entry.type_label = static_cast<std::uint32_t>(in.take_varint());
    }
    return in.ok() && in.at_end();
}

}  // namespace firn::lmdb
