// Giving free space back to the file system while the store serves: what it takes, how far it is,
// and the work itself, step by step.
//
// Thread: step() from any thread, one at a time. Errors: results with storage_errc.
#pragma once

#include "storage/errors.hpp"

#include <chrono>
#include <cstdint>

namespace firn {

struct VacuumNeeds {
    std::uint64_t bytes_file = 0;       // the file as it is
    std::uint64_t bytes_live = 0;       // of it in use
    std::uint64_t bytes_needed = 0;     // on disk beside the file, until it is done
    std::uint64_t bytes_available = 0;  // on the file system

    [[nodiscard]] bool has_room() const noexcept { return bytes_needed <= bytes_available; }
};

struct VacuumProgress {
    enum class Phase : std::uint8_t {
        copying,      // what lives goes into a new file
        catching_up,  // and what changed meanwhile
        done,         // the new file is in use, the old one is gone
    };
    Phase phase = Phase::copying;
    std::uint64_t items_copied = 0;
    std::uint64_t items = 0;         // about as many are there, dead ones too
    std::uint64_t bytes_before = 0;  // the file's size when it began
    std::uint64_t bytes_after = 0;   // of the new file, so far

    [[nodiscard]] bool is_done() const noexcept { return phase == Phase::done; }
};

// One vacuum of one store. Appends, reads and everything else go on beside it; what can be read
// never changes. To be destroyed before the store; that abandons it unless it is done, and nothing
// of it stays.
class Vacuum {
public:
    virtual ~Vacuum() = default;

    // Works for about this long. The step that ends it may wait for readers, and for what the
    // store is just writing.
    // disk_full, io_failed, corrupt, closed, overloaded (too much changed between two steps): it
    // is over, the store goes on with the file that it had, and later steps answer the same.
    [[nodiscard]] virtual result<VacuumProgress> step(std::chrono::milliseconds budget) = 0;
};

}  // namespace firn
