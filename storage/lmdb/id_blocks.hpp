// The ids that clients gave their events, per stream, for recognising repeats.
//
// A stream's ids lie in hashed blocks: 1, 32 or 512 of them, as their number grows, so that a
// look-up reads one block and a new id rewrites one. Entries that fell out of the window leave a
// block whenever it is rewritten.
// Thread: as the transaction. Errors: LmdbError; a block that does not check throws
// CorruptRecord.
#pragma once

#include "storage/event.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace firn::lmdb {

class CorruptRecord : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What is remembered of an event whose id came from a client.
struct IdFact {
    ContentDigest digest{};
    Version version;
    Position position;
    Timestamp recorded_at;
};

struct IdEntry {
    EventId id{};
    IdFact fact;
    std::uint64_t ordinal = 0;  // it is the n-th client id of its stream, from 1
};

// `client_ids` is how many ids of the stream ever settled (StreamRecord).
[[nodiscard]] std::optional<IdFact> find_id(const Transaction& transaction, StreamNumber stream,
                                            std::uint64_t client_ids, const EventId& id);

// Adds entries with ordinals client_ids + 1 and on; keeps at least the newest `window`.
void add_ids(WriteTransaction& transaction, StreamNumber stream, std::uint64_t client_ids,
             std::vector<IdEntry> entries, std::uint32_t window);

void erase_ids(WriteTransaction& transaction, StreamNumber stream);

// For verification: the entries of one block.
[[nodiscard]] std::vector<IdEntry> decode_id_block(std::string_view bytes);

}  // namespace firn::lmdb
