// Expected: each alternative of D::Event and D::Command must name itself
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Nameless {
    std::int64_t by = 0;
};
BOOST_DESCRIBE_STRUCT(Nameless, (), (by))

struct Mistaken : Counter {
    using Command = Nameless;
    static std::vector<Event> decide(const State&, const Command&) { return {}; }
};

const auto engine = firn::make_native_engine<Mistaken>();
