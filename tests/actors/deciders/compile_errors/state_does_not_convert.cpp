// Expected: D::State must convert to JSON and back
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken {
    struct State {
        std::int64_t value = 0;
    };
    using Event = Counted;
    static State initial() { return {}; }
    static State evolve(State state, const Event&) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
