// Rounds of kills, as many as FIRN_CRASH_ROUNDS says, or else the test program.
// Thread: the test's. Errors: failed checks, and what a run throws.
#pragma once

#include "tests/crash/crash_run.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdlib>

namespace firn::test {

// Each Run, made from a Random&, serves up to CrashRun::rounds_max rounds.
template <class Run>
void crash_again_and_again(const char* purpose, std::uint64_t rounds_by_default) {
    const char* stated = std::getenv("FIRN_CRASH_ROUNDS");
    const auto rounds = stated ? std::strtoull(stated, nullptr, 10) : rounds_by_default;
    auto random = Random::announced(purpose);
    for (std::uint64_t done = 0; done < rounds;) {
        Run run(random);
        for (std::uint64_t i = 0; i < CrashRun::rounds_max && done < rounds; ++i, ++done) {
            BOOST_TEST_CONTEXT("FIRN_TEST_SEED=" << random.seed() << ", round " << done + 1) {
                run.round();
            }
        }
        run.finish();
    }
    BOOST_TEST(rounds > 0u);
}

}  // namespace firn::test
