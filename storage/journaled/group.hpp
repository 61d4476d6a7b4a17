// A commit group that is durable in the journal and waits in memory to settle.
// Thread: immutable once shared.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <string>

namespace firn {

struct Group {
    std::uint64_t sequence = 0;
    Position first_position;  // of its first event; of the next one if it has none
    std::uint32_t events = 0;
    Timestamp recorded_at;
    std::string payload;  // journal entries (storage/journal/record.hpp)

    [[nodiscard]] Position end_position() const noexcept { return first_position.plus(events); }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return payload.size() + sizeof(Group);
    }
};

}  // namespace firn
