// Expected: D::evolve must be callable as static State evolve(State, const Event&)
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken : Counter {
    static void evolve(State& state, const Event& event) { state.value += event.by; }
};

const auto engine = firn::make_native_engine<Mistaken>();
