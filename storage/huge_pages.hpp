// Memory in huge pages, for what is large and visited out of order: fewer faults and fewer misses
// of address translation.
// Thread: plain functions. Errors: where there are none to be had, ordinary pages do as well.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace firn {

inline constexpr std::size_t huge_page_bytes = 2u << 20;

// Asks for huge pages where whole ones lie in this memory.
inline void advise_huge(void* memory, std::size_t bytes) noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(memory);
    const auto begin = (at + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
    const auto end = (at + bytes) / huge_page_bytes * huge_page_bytes;
    if (begin < end) {
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
    }
}

// By std::free(). Null: no memory.
[[nodiscard]] inline void* huge_alloc(std::size_t bytes) noexcept {
    const auto whole = (bytes + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
    void* memory = std::aligned_alloc(huge_page_bytes, whole);
    if (memory != nullptr) {
        advise_huge(memory, whole);
    }
    return memory;
}

}  // namespace firn
