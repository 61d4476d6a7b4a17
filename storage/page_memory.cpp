#include "storage/page_memory.hpp"

#include "storage/huge_pages.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace firn {

namespace {

// Small copies share a block; a large one gets its own. Blocks grow with the page, so that a small
// page stays small and a large one lies in huge pages.
constexpr std::size_t first_block_bytes = 16u << 10;
constexpr std::size_t block_bytes_max = huge_page_bytes;

}  // namespace

std::string_view PageMemory::copy(std::string_view bytes) {
    if (bytes.empty()) {
        return {};
    }
    char* at = make_room(bytes.size());
    std::memcpy(at, bytes.data(), bytes.size());
    return {at, bytes.size()};
}

char* PageMemory::make_room(std::size_t bytes) {
    if (free_ < bytes || blocks_used_ == 0) {
        next_block(bytes);
    }
    char* at = blocks_[blocks_used_ - 1].bytes.get() + used_;
    used_ += bytes;
    free_ -= bytes;
    return at;
}

void PageMemory::next_block(std::size_t bytes) {
    const auto before = blocks_used_ == 0 ? 0 : blocks_[blocks_used_ - 1].size;
    // One from an earlier time that is too small is left out.
    while (blocks_used_ < blocks_.size() && blocks_[blocks_used_].size < bytes) {
        ++blocks_used_;
    }
    if (blocks_used_ == blocks_.size()) {
        const auto grown = std::clamp(2 * before, first_block_bytes, block_bytes_max);
        const auto size = std::max(grown, bytes);
        std::unique_ptr<char[], Free> block(
            static_cast<char*>(grown == block_bytes_max ? huge_alloc(size) : std::malloc(size)));
        if (!block) {
            throw std::bad_alloc();
        }
        blocks_.push_back({std::move(block), size});
    }
    used_ = 0;
    free_ = blocks_[blocks_used_].size;
    ++blocks_used_;
}

void PageMemory::clear() noexcept {
    blocks_used_ = 0;
    used_ = 0;
    free_ = 0;
    names_.clear();
    owners_.clear();
}

}  // namespace firn
