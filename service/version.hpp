// The program's version, as in CMakeLists.txt.
#pragma once

#include <string_view>

namespace firn {

[[nodiscard]] std::string_view version() noexcept;

}  // namespace firn
