// Whether two walks met the same events at the same places, whatever the order: a sum over what
// each of them met. Two that differ have the same sum by chance once in 2^64.
// Thread: plain value. Errors: none.
#pragma once

#include "storage/checksum.hpp"
#include "storage/types.hpp"

#include <cstdint>

namespace firn {

class PlaceSum {
public:
    void add(Position position, StreamNumber stream, Version version) noexcept {
        const std::uint64_t place[] = {position.value(), stream.value(), version.value()};
        sum_ += checksum({reinterpret_cast<const char*>(place), sizeof(place)});
    }
    friend bool operator==(const PlaceSum&, const PlaceSum&) = default;

private:
    std::uint64_t sum_ = 0;
};

}  // namespace firn
