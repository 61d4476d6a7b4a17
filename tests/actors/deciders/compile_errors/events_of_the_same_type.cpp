// Expected: no two alternatives of D::Event or of D::Command may have the same type
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct CountedAgain {
    static constexpr std::string_view type = "Counted";
    std::int64_t by = 0;
};
BOOST_DESCRIBE_STRUCT(CountedAgain, (), (by))

struct Mistaken {
    using State = Count;
    using Event = std::variant<Counted, CountedAgain>;
    static State initial() { return {}; }
    static State evolve(State state, const Event&) { return state; }
};

const auto engine = firn::make_native_engine<Mistaken>();
