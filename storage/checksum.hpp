// The checksum over every record of ours: XXH3, 64 bits (xxHash). Against accidents of disks and
// memory, not against forgery. Thread: plain function.
#pragma once

#include <cstdint>
#include <string_view>

namespace firn {

[[nodiscard]] std::uint64_t checksum(std::string_view bytes, std::uint64_t seed = 0) noexcept;

}  // namespace firn
