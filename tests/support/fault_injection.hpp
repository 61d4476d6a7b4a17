// Makes calls into the C library fail on purpose: writes, syncs, opens, renames, allocations.
//
// A test program that compiles fault_injection.cpp defines these functions itself, so its shared
// libraries (LMDB) meet the faults, too. While no Injection lives, everything goes through.
// Thread: one Injection at a time, made and ended by the test's thread; it counts and strikes the
// calls of every thread but those that hold a Spared. Errors: none.
#pragma once

#include <cstdint>
#include <string>

namespace firn::test {

enum class FaultyCall : std::uint8_t {
    write,     // write, pwrite, writev, pwritev
    sync,      // fsync, fdatasync
    open,      // open, for whatever
    rename,    // rename
    truncate,  // ftruncate
    allocate,  // malloc and its kin; without effect under sanitizers
};

struct FaultPlan {
    FaultyCall call = FaultyCall::write;
    std::uint64_t nth = 1;  // the first call to fail, from 1
    bool and_all_after = false;
    int error = 5;  // EIO
    // What a failing write leaves behind.
    enum class Effect : std::uint8_t { nothing, half, whole } effect = Effect::nothing;
    std::string path_part = {};  // only files whose path has this in it
    bool after_sync = false;     // only once a file was synced: that write is LMDB's root page
    bool refuse_direct = false;  // opening with O_DIRECT answers EINVAL, as some file systems do
};

class Injection {
public:
    explicit Injection(const FaultPlan& plan);
    ~Injection() { lift(); }
    Injection(const Injection&) = delete;
    Injection& operator=(const Injection&) = delete;

    // Everything goes through from now on.
    void lift() noexcept;
    // Calls of the planned kind so far.
    [[nodiscard]] std::uint64_t calls() const noexcept;
    [[nodiscard]] std::uint64_t strikes() const noexcept;

    [[nodiscard]] static bool can_fail_allocations() noexcept;
};

// What this thread does meanwhile is the test's own business.
class Spared {
public:
    Spared() noexcept;
    ~Spared();
    Spared(const Spared&) = delete;
    Spared& operator=(const Spared&) = delete;
};

}  // namespace firn::test
