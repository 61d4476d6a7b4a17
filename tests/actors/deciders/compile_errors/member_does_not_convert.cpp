// Expected: each alternative of D::Event and D::Command must convert to JSON and back
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Plain {
    std::int64_t by = 0;
};
struct Nested {
    static constexpr std::string_view type = "Nested";
    std::vector<Plain> parts;
};
BOOST_DESCRIBE_STRUCT(Nested, (), (parts))

struct Mistaken {
    using State = Count;
    using Event = Nested;
    static State initial() { return {}; }
    static State evolve(State state, const Event&) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
