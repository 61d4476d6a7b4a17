// How far an import is; the senders count, the progress bar looks.
// Thread: any.
#pragma once

#include <atomic>
#include <cstdint>

namespace firn::cli {

struct ImportCounters {
    std::atomic<std::uint64_t> read{0};          // events
    std::atomic<std::uint64_t> streams{0};       // met in the input
    std::atomic<std::uint64_t> appended{0};      // events, by this run
    std::atomic<std::uint64_t> skipped{0};       // events that were there already
    std::atomic<std::uint64_t> input_offset{0};  // bytes of the input read, and its size:
    std::atomic<std::uint64_t> input_size{0};    // 0 if it has none
    std::atomic<std::uint64_t> waits{0};         // times the server was too busy
};

}  // namespace firn::cli
