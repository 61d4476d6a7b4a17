// Expected: nothing
#include "tests/actors/deciders/compile_errors/counter.hpp"

using namespace firn::test;

struct Mistaken : Counter {};

const auto engine = firn::make_native_engine<Mistaken>();
