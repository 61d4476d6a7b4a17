// Expected: each alternative of D::Event and D::Command must convert to JSON and back
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Plain {
    static constexpr std::string_view type = "Plain";
    std::int64_t by = 0;
};

struct Mistaken {
    using State = Count;
    using Event = std::variant<Counted, Plain>;
    static State initial() { return {}; }
    static State evolve(State state, const Event&) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
