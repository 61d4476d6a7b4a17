#include "service/version.hpp"

namespace firn {

std::string_view version() noexcept {
    return FIRN_VERSION;
}

}  // namespace firn
