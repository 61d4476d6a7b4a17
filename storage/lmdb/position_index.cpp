#include "storage/lmdb/position_index.hpp"

#include "storage/lmdb/id_blocks.hpp"
#include "storage/lmdb/keys.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace firn::lmdb {

void append_positions(WriteTransaction& transaction, Position first,
                      std::span<const IndexEntry> entries) {
    if (entries.empty()) {
        return;
    }
    std::vector<IndexEntry> block;
    bool extends = false;
    {
        Cursor cursor(transaction, Table::positions);
        if (cursor.last()) {
            const Position block_first{key_number(cursor.key(), 0)};
            auto stored = decode_position_block(block_first, cursor.value());
            if (!stored) {
                throw CorruptRecord("the newest block of the position index does not check");
            }
            if (stored->size() < block_positions_max && block_first.plus(stored->size()) == first) {
                block = std::move(*stored);
                first = block_first;
                extends = true;
            }
        }
    }
    while (!entries.empty()) {
        const auto room = block_positions_max - block.size();
        const auto some = entries.first(std::min(room, entries.size()));
        block.insert(block.end(), some.begin(), some.end());
        entries = entries.subspan(some.size());
        const auto encoded = encode_position_block(first, block);
        if (std::exchange(extends, false)) {
            transaction.put(Table::positions, position_key(first), encoded);
        } else {
            transaction.append(Table::positions, position_key(first), encoded);
        }
        first = first.plus(block.size());
        block.clear();
    }
}

}  // namespace firn::lmdb
