// What of each record lives: a vacuum copies that and leaves the rest behind.
//
//   chunks      dead when all of their events were cut or deleted
//   positions   entries of cut and deleted events become holes, but where a marker stands in for
//               them: the feed finds it there. A block of holes only is dead
//   ids         dead with their stream
//   snapshots   and anchors: dead when nothing finds them any more (storage/lmdb/snapshots.hpp)
//   the store's record states the format that has holes; everything else lives as it is
//
// What is dead stays dead, so what one transaction says holds in each later one.
// Thread: as the transaction. Errors: LmdbError; CorruptRecord where a record that must be looked
// into does not check.
#pragma once

#include "storage/lmdb/position_block.hpp"
#include "storage/lmdb/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace firn::lmdb {

class LiveRecords {
public:
    explicit LiveRecords(const Transaction& transaction) : transaction_(transaction) {}

    // Nothing: it is dead. The answer is valid until the next call.
    [[nodiscard]] std::optional<std::string_view> part(Table table, std::string_view key,
                                                       std::string_view record);

    // A living chunk begins with events that were cut.
    [[nodiscard]] bool is_straddling_chunk(std::string_view key);

private:
    struct Held {
        bool known = false;  // the stream has a record
        bool deleted = false;
        Version first_version;
        Position marker;

        // By the rules above, of an entry in the position index.
        [[nodiscard]] bool holds(Position position, Version version) const noexcept {
            return !known || version >= first_version || position == marker;
        }
    };
    [[nodiscard]] const Held& held_of(std::uint64_t stream);
    [[nodiscard]] bool is_live_chunk(std::string_view key, std::string_view record);
    [[nodiscard]] std::optional<std::string_view> live_positions(std::string_view key,
                                                                 std::string_view record);
    [[nodiscard]] std::string_view store_record(std::string_view record);

    const Transaction& transaction_;
    std::unordered_map<std::uint64_t, Held> held_;
    std::uint64_t last_stream_ = 0;
    const Held* last_held_ = nullptr;
    std::string changed_;
};

}  // namespace firn::lmdb
