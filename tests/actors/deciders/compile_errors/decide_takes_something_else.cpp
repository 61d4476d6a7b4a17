// Expected: D::decide must be callable as static std::vector<Event> decide
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken : Counter {
    static std::vector<Event> decide(State&, const Command& command) { return {{command.by}}; }
};

const auto engine = firn::make_native_engine<Mistaken>();
