// How Boost.Test prints the errors of actors when a check fails.
#pragma once

#include "actors/errors.hpp"

#include <ostream>

namespace firn {

inline std::ostream& operator<<(std::ostream& out, actor_errc error) {
    return out << make_error_code(error).message();
}

}  // namespace firn
