// How far an import is; the run counts, the progress bar looks.
// Thread: any.
#pragma once

#include <atomic>
#include <cstdint>

namespace firn::cli {

struct ImportCounters {
    std::atomic<std::uint64_t> events{0};        // that the server is done with:
    std::atomic<std::uint64_t> appended{0};      // by this run
    std::atomic<std::uint64_t> skipped{0};       // there already
    std::atomic<std::uint64_t> input_offset{0};  // bytes of the input sent, and its size:
    std::atomic<std::uint64_t> input_size{0};    // 0 if it has none
};

}  // namespace firn::cli
