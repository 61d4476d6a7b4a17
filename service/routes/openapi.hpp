// The OpenAPI 3.1 document of everything that is served: openapi.json, built into the program.
// Thread: constant. Errors: none.
#pragma once

#include <string_view>

namespace firn {

[[nodiscard]] std::string_view openapi_document() noexcept;

}  // namespace firn
