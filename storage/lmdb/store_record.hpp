// The one record about the whole store, under key "store" of table meta.
// Thread: plain values. Errors: decode answers nothing where the bytes do not check.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::lmdb {

// Raised with every change of what is on disk; storage/FORMAT.md tells the history. Nothing older
// than the oldest is read.
inline constexpr std::uint32_t format_version = 3;
inline constexpr std::uint32_t format_oldest = 2;

struct StoreRecord {
    std::uint32_t format = format_version;
    std::uint64_t store = 0;             // this store's number, also in its journal
    std::uint64_t settled_sequence = 0;  // journal records up to here are settled
    Position settled_position;           // positions up to here are in the index
    StreamNumber last_stream;            // the newest number that was given
    std::uint64_t streams = 0;           // not deleted
    std::uint64_t events = 0;            // held
    std::uint32_t labels = 0;            // given so far
    Timestamp last_time;                 // of the newest settled commit: the next is not earlier

    [[nodiscard]] std::string encode() const;
    [[nodiscard]] static std::optional<StoreRecord> decode(std::string_view bytes);
};

}  // namespace firn::lmdb
