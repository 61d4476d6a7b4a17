// The order in which a window's events lie on disk: by stream, those of one stream as they came,
// which is by version.
// Thread: plain function. Errors: none but std::bad_alloc.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <vector>

namespace firn {

struct WantedEvent {
    StreamNumber stream;
    Version version;
    std::uint32_t slot = 0;  // where it belongs in the window
};

// `scratch` is memory to use again.
void sort_by_stream(std::vector<WantedEvent>& events, std::vector<WantedEvent>& scratch);

}  // namespace firn
