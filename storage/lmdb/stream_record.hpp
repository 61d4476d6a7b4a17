// The record of a stream in LMDB: its name, how far it settled, what of it is still held.
// Thread: plain values. Errors: decode answers nothing where the bytes do not check.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::lmdb {

struct StreamRecord {
    StreamName name;
    Version version;               // settled
    Version first_version{1};      // of the events held
    Version last_chunk;            // first version of the newest chunk; 0: there is none
    Position last_position;        // of the event at `version`
    Timestamp last_recorded_at;    // likewise
    Position marker;               // where a $snapshot stands in for what was cut; 0: nowhere
    std::uint64_t bytes = 0;       // of the events held, encoded
    std::uint64_t client_ids = 0;  // ids from clients that were ever settled
    std::uint32_t category_label = 0;
    bool deleted = false;
    Hash chain_hash{};  // at `version`

    [[nodiscard]] std::uint64_t events() const noexcept {
        return version.next().since(first_version);
    }

    [[nodiscard]] std::string encode() const;
    [[nodiscard]] static std::optional<StreamRecord> decode(std::string_view bytes);
};

}  // namespace firn::lmdb
