// The position index as a whole: it only ever grows at its end.
// Thread: the settler's. Errors: LmdbError; CorruptRecord where the newest block does not check.
#pragma once

#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/position_block.hpp"

#include <span>

namespace firn::lmdb {

// Writes what stands at `first` and behind it; nothing stands there yet. Few entries fill up the
// newest block.
void append_positions(WriteTransaction& transaction, Position first,
                      std::span<const IndexEntry> entries);

}  // namespace firn::lmdb
