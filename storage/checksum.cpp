#include "storage/checksum.hpp"

#include <xxhash.h>

namespace firn {

std::uint64_t checksum(std::string_view bytes, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace firn
