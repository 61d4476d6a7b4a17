// The state of a C++ decider, as tests fold it.
// Thread: one. Errors: what must not fail ends the test.
#pragma once

#include "actors/deciders/native.hpp"
#include "tests/actors/deciders/folding.hpp"

namespace firn::test {

template <class D>
struct NativeFolding : Folding {
    NativeFolding() : Folding(make_native_engine<D>()) {}
};

}  // namespace firn::test
