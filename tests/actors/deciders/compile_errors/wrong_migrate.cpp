// Expected: D::migrate must be callable as static State migrate
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken : Counter {
    static State migrate(const State& old) { return old; }
};

const auto engine = firn::make_native_engine<Mistaken>();
