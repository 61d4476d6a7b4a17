// The default EventStore: appends are one journal write and one sync, and settle later, sorted by
// stream, into LMDB. storage/README.md says why; storage/FORMAT.md what is on disk.
//
// Thread: as EventStore. The store owns one thread, the settler's, which is LMDB's only writer.
// Errors: opening throws StorageFailure with a sentence for a person.
#pragma once

#include "storage/event_store.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace firn {

struct JournaledConfig {
    std::filesystem::path directory;
    std::size_t segment_bytes = 64u << 20;
    std::size_t segments = 4;                   // kept for reuse; more are made under pressure
    std::size_t pending_bytes_max = 64u << 20;  // durable but unsettled; then commit() waits
    std::uint32_t remembered_ids = 10'000;      // client ids remembered per stream, at least
    std::size_t map_bytes = std::size_t{64} << 30;
    std::size_t heads_max = 100'000;  // settled streams whose head stays in memory
    // A pending event settles after at most this long when the store is otherwise quiet.
    std::chrono::milliseconds settle_after{1000};
    // Documents and snapshots that wait to be written, each; past it they answer overloaded.
    std::uint64_t waiting_writes_max = 100'000;
    std::uint64_t waiting_bytes_max = 64u << 20;
    // Deleted versions are given back in the background; off only in tests that call reclaim().
    bool reclaim_in_background = true;
    // A sentence about something that a person should know; called from any thread.
    std::function<void(std::string_view)> report = {};
};

[[nodiscard]] std::unique_ptr<EventStore> open_journaled_store(JournaledConfig config);

}  // namespace firn
