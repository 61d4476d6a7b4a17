// Expected: D::evolve must be callable as static State evolve(State, const Event&)
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken {
    using State = Count;
    using Event = Counted;
    static State initial() { return {}; }
    static State evolve(State state) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
