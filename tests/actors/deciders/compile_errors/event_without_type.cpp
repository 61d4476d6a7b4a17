// Expected: each alternative of D::Event and D::Command must name itself
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Nameless {
    std::int64_t by = 0;
};
BOOST_DESCRIBE_STRUCT(Nameless, (), (by))

struct Mistaken {
    using State = Count;
    using Event = std::variant<Counted, Nameless>;
    static State initial() { return {}; }
    static State evolve(State state, const Event&) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
