// The functions below take the place of the C library's in the whole program. They allocate
// nothing, since allocating is among what they decide on.
#include "tests/support/fault_injection.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FIRN_TEST_ALLOCATIONS 0
#else
#define FIRN_TEST_ALLOCATIONS 1
#endif

namespace firn::test {

namespace {

// The C library knows no object to ask, so this state is the program's.
struct State {
    std::atomic<bool> armed{false};
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> strikes{0};
    FaultyCall call{};
    std::uint64_t nth = 0;
    bool and_all_after = false;
    int error = 0;
    FaultPlan::Effect effect{};
    char path_part[64] = {};
    bool refuse_direct = false;
    std::atomic<bool> waits_for_sync{false};
};
State state;
thread_local int spared = 0;

bool is_armed() noexcept {
    return state.armed.load(std::memory_order_acquire) && spared == 0;
}

// Whether this call is to fail.
bool strikes(FaultyCall call) noexcept {
    if (!is_armed() || call != state.call) {
        return false;
    }
    const auto number = state.calls.fetch_add(1) + 1;
    if (number != state.nth && !(state.and_all_after && number > state.nth)) {
        return false;
    }
    state.strikes.fetch_add(1);
    return true;
}

bool path_matches(const char* path) noexcept {
    return state.path_part[0] == '\0' || std::strstr(path, state.path_part) != nullptr;
}

bool strikes_file(FaultyCall call, int fd) noexcept {
    if (!is_armed() || call != state.call || state.waits_for_sync) {
        return false;
    }
    if (state.path_part[0] != '\0') {
        char link[64];
        char path[512];
        std::snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        const auto size = ::readlink(link, path, sizeof(path) - 1);
        if (size < 0) {
            return false;
        }
        path[size] = '\0';
        if (!path_matches(path)) {
            return false;
        }
    }
    return strikes(call);
}

bool strikes_path(FaultyCall call, const char* path) noexcept {
    return is_armed() && path_matches(path) && strikes(call);
}

template <class Function>
Function real(std::atomic<void*>& known, const char* name) noexcept {
    auto* found = known.load(std::memory_order_relaxed);
    if (found == nullptr) {
        found = ::dlsym(RTLD_NEXT, name);
        known.store(found, std::memory_order_relaxed);
    }
    return reinterpret_cast<Function>(found);
}

#define FIRN_TEST_REAL(name)                                      \
    ([]() noexcept {                                              \
        static std::atomic<void*> known{nullptr};                 \
        return firn::test::real<decltype(&::name)>(known, #name); \
    }())

ssize_t failing_pwrite(int fd, const void* bytes, std::size_t size, off_t offset) noexcept {
    if (state.effect == FaultPlan::Effect::half) {
        // Whole sectors, as a disk writes them.
        size = size / 2 / 512 * 512;
    }
    if (state.effect != FaultPlan::Effect::nothing && size > 0) {
        (void)FIRN_TEST_REAL(pwrite)(fd, bytes, size, offset);
    }
    errno = state.error;
    return -1;
}

int failing() noexcept {
    errno = state.error;
    return -1;
}

}  // namespace

Injection::Injection(const FaultPlan& plan) {
    state.calls = 0;
    state.strikes = 0;
    state.call = plan.call;
    state.nth = plan.nth;
    state.and_all_after = plan.and_all_after;
    state.error = plan.error;
    state.effect = plan.effect;
    state.refuse_direct = plan.refuse_direct;
    state.waits_for_sync = plan.after_sync;
    std::snprintf(state.path_part, sizeof(state.path_part), "%s", plan.path_part.c_str());
    state.armed.store(true, std::memory_order_release);
}

void Injection::lift() noexcept {
    state.armed.store(false, std::memory_order_release);
}
std::uint64_t Injection::calls() const noexcept {
    return state.calls;
}
std::uint64_t Injection::strikes() const noexcept {
    return state.strikes;
}
bool Injection::can_fail_allocations() noexcept {
    return FIRN_TEST_ALLOCATIONS != 0;
}

Spared::Spared() noexcept {
    ++spared;
}
Spared::~Spared() {
    --spared;
}

}  // namespace firn::test

using firn::test::FaultyCall;
using namespace firn::test;

extern "C" {

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
    return strikes_file(FaultyCall::write, fd) ? failing_pwrite(fd, bytes, size, offset)
                                               : FIRN_TEST_REAL(pwrite)(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
    return strikes_file(FaultyCall::write, fd) ? failing_pwrite(fd, bytes, size, offset)
                                               : FIRN_TEST_REAL(pwrite)(fd, bytes, size, offset);
}

ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
    return strikes_file(FaultyCall::write, fd) ? failing()
                                               : FIRN_TEST_REAL(pwritev)(fd, parts, count, offset);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    return strikes_file(FaultyCall::write, fd) ? failing()
                                               : FIRN_TEST_REAL(writev)(fd, parts, count);
}

ssize_t write(int fd, const void* bytes, size_t size) {
    return strikes_file(FaultyCall::write, fd) ? failing() : FIRN_TEST_REAL(write)(fd, bytes, size);
}

int fsync(int fd) {
    if (strikes_file(FaultyCall::sync, fd)) {
        return failing();
    }
    state.waits_for_sync = false;
    return FIRN_TEST_REAL(fsync)(fd);
}

int fdatasync(int fd) {
    if (strikes_file(FaultyCall::sync, fd)) {
        return failing();
    }
    state.waits_for_sync = false;
    return FIRN_TEST_REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t size) noexcept {
    return strikes_file(FaultyCall::truncate, fd) ? failing() : FIRN_TEST_REAL(ftruncate)(fd, size);
}

int rename(const char* from, const char* to) noexcept {
    return strikes_path(FaultyCall::rename, to) ? failing() : FIRN_TEST_REAL(rename)(from, to);
}

int open(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const auto mode = flags & O_CREAT ? va_arg(rest, mode_t) : mode_t{};
    va_end(rest);
    if (is_armed() && state.refuse_direct && (flags & O_DIRECT) != 0) {
        errno = EINVAL;
        return -1;
    }
    return strikes_path(FaultyCall::open, path) ? failing()
                                                : FIRN_TEST_REAL(open)(path, flags, mode);
}

#if FIRN_TEST_ALLOCATIONS

// The C library's own, by the names under which it exports them besides: asking dlsym for them
// would allocate.
void* __libc_malloc(size_t size) noexcept;
void* __libc_calloc(size_t count, size_t size) noexcept;
void* __libc_realloc(void* old, size_t size) noexcept;
void* __libc_memalign(size_t alignment, size_t size) noexcept;

static void* no_memory() noexcept {
    errno = ENOMEM;
    return nullptr;
}

void* malloc(size_t size) noexcept {
    return strikes(FaultyCall::allocate) ? no_memory() : __libc_malloc(size);
}

void* calloc(size_t count, size_t size) noexcept {
    return strikes(FaultyCall::allocate) ? no_memory() : __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) noexcept {
    return strikes(FaultyCall::allocate) ? no_memory() : __libc_realloc(old, size);
}

void* aligned_alloc(size_t alignment, size_t size) noexcept {
    return strikes(FaultyCall::allocate) ? no_memory() : __libc_memalign(alignment, size);
}

// glibc ends the program when it has no memory to note that a thread_local wants destroying, which
// no program can prevent. So that allocation goes through.
int __cxa_thread_atexit_impl(void (*destroy)(void*), void* object, void* library) noexcept {
    const Spared allocations;
    using Register = int (*)(void (*)(void*), void*, void*);
    static std::atomic<void*> known{nullptr};
    return real<Register>(known, "__cxa_thread_atexit_impl")(destroy, object, library);
}

int posix_memalign(void** result, size_t alignment, size_t size) noexcept {
    if (strikes(FaultyCall::allocate)) {
        return ENOMEM;
    }
    *result = __libc_memalign(alignment, size);
    return *result == nullptr ? ENOMEM : 0;
}

#endif
}
