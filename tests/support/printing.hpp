// How Boost.Test prints the strong types when a check fails.
#pragma once

#include "storage/errors.hpp"
#include "storage/types.hpp"

#include <ostream>

namespace firn {

template <class Tag>
std::ostream& operator<<(std::ostream& out, Count<Tag> count) {
    return out << count.value();
}

inline std::ostream& operator<<(std::ostream& out, const StreamName& name) {
    return out << name.category << '/' << name.id;
}

inline std::ostream& operator<<(std::ostream& out, storage_errc error) {
    return out << make_error_code(error).message();
}

}  // namespace firn
