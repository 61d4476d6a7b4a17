// Expected: D::State must be a type: what the events of a stream add up to
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken {
    using Event = Counted;
    static Count initial() { return {}; }
    static Count evolve(Count state, const Event&) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
