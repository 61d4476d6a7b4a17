// The state hashes of all sample streams, one after each event.
// Thread: any. Errors: a line that says why there is no hash.
#pragma once

#include <string>
#include <vector>

namespace firn::test {

[[nodiscard]] std::vector<std::string> sample_hashes();

}  // namespace firn::test
