#include "storage/lmdb/live_records.hpp"

#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/keys.hpp"

#include <algorithm>

namespace firn::lmdb {

std::optional<std::string_view> LiveRecords::part(Table table, std::string_view key,
                                                  std::string_view record) {
    const auto if_it = [&](bool lives) { return lives ? std::optional(record) : std::nullopt; };
    switch (table) {
        case Table::meta: return store_record(record);
        case Table::chunks: return if_it(is_live_chunk(key, record));
        case Table::positions: return live_positions(key, record);
        case Table::ids: return if_it(!held_of(key_number(key, 0)).deleted);
        case Table::snapshots:
        case Table::anchors: {
            const auto& held = held_of(key_number(key, 0));
            return if_it(!held.deleted && Version{key_number(key, 1)}.next() >= held.first_version);
        }
        default: return record;
    }
}

bool LiveRecords::is_straddling_chunk(std::string_view key) {
    return Version{key_number(key, 1)} < held_of(key_number(key, 0)).first_version;
}

const LiveRecords::Held& LiveRecords::held_of(std::uint64_t stream) {
    // Most tables are sorted by stream.
    if (last_held_ != nullptr && last_stream_ == stream) {
        return *last_held_;
    }
    auto [found, is_new] = held_.try_emplace(stream);
    if (is_new) {
        if (const auto record = read_stream(transaction_, StreamNumber{stream})) {
            found->second = {true, record->deleted, record->first_version,
                             record->deleted ? record->last_position : record->marker};
        }
    }
    last_stream_ = stream;
    last_held_ = &found->second;
    return found->second;
}

bool LiveRecords::is_live_chunk(std::string_view key, std::string_view record) {
    const Version first{key_number(key, 1)};
    const auto& held = held_of(key_number(key, 0));
    if (first >= held.first_version) {
        return true;
    }
    // Only now is it worth reading all of it: what it says of its length decides.
    const StreamNumber stream{key_number(key, 0)};
    const auto chunk = ChunkReader::open(stream, first, record);
    if (!chunk) {
        throw CorruptRecord("a chunk of stream number " + std::to_string(stream.value()) +
                            " at version " + std::to_string(first.value()) + " does not check");
    }
    return chunk->end_version() > held.first_version;
}

std::optional<std::string_view> LiveRecords::live_positions(std::string_view key,
                                                            std::string_view record) {
    const Position first{key_number(key, 0)};
    auto block = decode_position_block(first, record);
    if (!block) {
        throw CorruptRecord("the position index at " + std::to_string(first.value()) +
                            " does not check");
    }
    bool is_changed = false;
    std::size_t end = 0;  // behind the last entry that lives
    for (std::size_t i = 0; i < block->size(); ++i) {
        auto& entry = (*block)[i];
        if (entry.is_hole()) {
            continue;
        }
        if (held_of(entry.stream.value()).holds(first.plus(i), entry.version)) {
            end = i + 1;
        } else {
            entry = {};
            is_changed = true;
        }
    }
    if (end == 0) {
        return std::nullopt;
    }
    if (!is_changed) {
        return record;
    }
    block->resize(end);
    changed_ = encode_position_block(first, *block);
    return changed_;
}

std::string_view LiveRecords::store_record(std::string_view record) {
    auto store = StoreRecord::decode(record);
    if (!store) {
        throw CorruptRecord("the store's own record does not check");
    }
    store->format = format_version;
    changed_ = store->encode();
    return changed_;
}

}  // namespace firn::lmdb
