// Thrown by FoldedState::evolve when the machine, not the event, is why it cannot be folded now:
// a script that met the clock, memory that ran out. Another time it may work, so nobody remembers
// it as the event's fault.
#pragma once

#include <stdexcept>

namespace firn {

class Interrupted : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace firn
