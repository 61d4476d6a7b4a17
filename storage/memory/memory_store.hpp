// The reference model of EventStore: everything in memory, nothing clever, lost at the end.
//
// What a backend should do is decided here first; tests/model runs the others against it.
// Thread: as EventStore; one mutex covers every call. Errors: as EventStore; it never fails for
// want of a disk.
#pragma once

#include "storage/event_store.hpp"

#include <functional>
#include <memory>

namespace firn {

struct MemoryConfig {
    std::uint32_t remembered_ids = 10'000;  // client ids remembered per stream, exactly
    std::function<Timestamp()> clock = now;
};

[[nodiscard]] std::unique_ptr<EventStore> make_memory_store(MemoryConfig config = {});

}  // namespace firn
