// The position index: which stream and version stands at each position of the global order, with
// the labels of category and type, so that filters need not fetch the events.
// One record holds up to block_positions_max consecutive positions, keyed by the first. Positions
// of events that are gone may be holes, and where a whole record would be holes there is none.
// Thread: plain values. Errors: decoding says so where the bytes do not check.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace firn::lmdb {

// Label 0: the category or type got no label of its own (there are too many); look at the event.
struct IndexEntry {
    StreamNumber stream;
    Version version;
    std::uint32_t category_label = 0;
    std::uint32_t type_label = 0;

    // Nothing stands here any more. Streams are numbered from 1.
    [[nodiscard]] bool is_hole() const noexcept { return stream == StreamNumber{}; }
};

// 128 entries of about 8 bytes: well below LMDB's limit for values inside a page.
inline constexpr std::size_t block_positions_max = 128;

[[nodiscard]] std::string encode_position_block(Position first,
                                                std::span<const IndexEntry> entries);
[[nodiscard]] std::optional<std::vector<IndexEntry>> decode_position_block(Position first,
                                                                           std::string_view bytes);
// Into memory that is used again. False: the bytes do not check; `entries` holds nothing of use.
[[nodiscard]] bool decode_position_block(Position first, std::string_view bytes,
                                         std::vector<IndexEntry>& entries);

}  // namespace firn::lmdb
