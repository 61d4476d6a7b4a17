// Expected: D::Command must be a type, a struct or a std::variant of structs
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken {
    using State = Count;
    using Event = Counted;
    static State initial() { return {}; }
    static State evolve(State state, const Event&) { return state; }
    static std::vector<Event> decide(const State&, const DoCount&) { return {}; }
};

const auto engine = firn::make_native_engine<Mistaken>();
