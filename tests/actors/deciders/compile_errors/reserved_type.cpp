// Expected: the type of an alternative must have 1 to 255 bytes and not begin with $
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Snapshot {
    static constexpr std::string_view type = "$snapshot";
};

struct Mistaken {
    using State = Count;
    using Event = std::variant<Counted, Snapshot>;
    static State initial() { return {}; }
    static State evolve(State state, const Event&) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
