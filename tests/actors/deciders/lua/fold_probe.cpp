// Folds all sample streams and prints a hash after each event; the determinism test compares what
// several processes print.
#include "actors/deciders/lua/lua_engine.hpp"
#include "tests/actors/deciders/lua/sample_hashes.hpp"

#include <iostream>

int main() {
    for (const auto& line : firn::test::sample_hashes()) {
        std::cout << line << '\n';
    }
    return std::cout ? 0 : 1;
}
