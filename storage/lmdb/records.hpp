// Reading and writing whole records of LMDB by their type: the store's, streams', markers',
// labels'.
// Thread: as the transaction. Errors: LmdbError; CorruptRecord where bytes do not check.
#pragma once

#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/id_blocks.hpp"
#include "storage/lmdb/store_record.hpp"
#include "storage/lmdb/stream_record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace firn::lmdb {

// A new store's file holds none yet.
[[nodiscard]] std::optional<StoreRecord> read_store(const Transaction& transaction);
void write_store(WriteTransaction& transaction, const StoreRecord& record);

[[nodiscard]] std::optional<StreamNumber> find_stream(const Transaction& transaction,
                                                      std::string_view name_key);
void write_name(WriteTransaction& transaction, const StreamName& name, StreamNumber stream);
[[nodiscard]] std::optional<StreamRecord> read_stream(const Transaction& transaction,
                                                      StreamNumber stream);
void write_stream(WriteTransaction& transaction, StreamNumber stream, const StreamRecord& record);

// What stands at a position in the place of deleted events.
struct Marker {
    enum class Kind : std::uint8_t { snapshot = 1, deleted = 2 };
    Kind kind{};
    StreamNumber stream;
    Version version;
    Timestamp recorded_at;
};
void write_marker(WriteTransaction& transaction, Position position, const Marker& marker);
[[nodiscard]] Marker decode_marker(std::string_view bytes);

// Small numbers for categories and types, for the position index. There are at most labels_max
// of them, so that types invented without end cost nothing; later ones get 0.
enum class LabelKind : char { category = 'c', type = 't' };
inline constexpr std::uint32_t labels_max = 10'000;

[[nodiscard]] std::uint32_t find_label(const Transaction& transaction, LabelKind kind,
                                       std::string_view text);

// The settler's view of the labels, which also makes new ones.
class Labels {
public:
    // Counts new ones in `store`, which the caller writes with the same transaction.
    [[nodiscard]] std::uint32_t label(WriteTransaction& transaction, StoreRecord& store,
                                      LabelKind kind, std::string_view text);
    // After a transaction that was not committed.
    void forget() {
        known_.clear();
        last_type_label_ = 0;
    }

private:
    std::unordered_map<std::string, std::uint32_t> known_;
    std::string key_;  // reused
    // Neighbours are often of one type.
    std::string last_type_;
    std::uint32_t last_type_label_ = 0;
};

}  // namespace firn::lmdb
