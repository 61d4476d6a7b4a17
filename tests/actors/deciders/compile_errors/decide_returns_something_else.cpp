// Expected: D::decide must return std::vector<Event> or boost::system::result
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken : Counter {
    static Event decide(const State&, const Command& command) { return {command.by}; }
};

const auto engine = firn::make_native_engine<Mistaken>();
