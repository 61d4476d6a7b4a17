// What a lua decider may use. Instructions come first, since they are the same on every machine;
// the clock catches what they do not see.
// Thread: plain value. Errors: none.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace firn {

struct LuaLimits {
    std::size_t memory_bytes_max = 64u << 20;     // of one state's VM, the state included
    std::uint64_t instructions_max = 10'000'000;  // of one call: some 0.1 s
    std::chrono::milliseconds time_max{2000};     // of one call
};

}  // namespace firn
