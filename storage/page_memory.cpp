#include "storage/event_store.hpp"

#include <algorithm>
#include <cstring>

namespace firn {

std::string_view PageMemory::copy(std::string_view bytes) {
    // Small copies share a block; a large one gets its own.
    constexpr std::size_t block_bytes = 16 << 10;
    if (block_size_ - block_used_ < bytes.size()) {
        block_size_ = std::max(block_bytes, bytes.size());
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_size_));
        block_used_ = 0;
    }
    if (bytes.empty()) {
        return {};
    }
    char* at = blocks_.back().get() + block_used_;
    std::memcpy(at, bytes.data(), bytes.size());
    block_used_ += bytes.size();
    return {at, bytes.size()};
}

}  // namespace firn
