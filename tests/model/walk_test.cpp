// A store that is to behave like the memory model is walked beside it. The size is
// FIRN_MODEL_OPERATIONS; each program states its own default.
#include "tests/model/random_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace firn::test;

BOOST_AUTO_TEST_SUITE(given_a_store_beside_the_model)

BOOST_AUTO_TEST_CASE(when_random_operations_are_done_to_both_then_every_answer_is_the_same) {
    const char* stated = std::getenv("FIRN_MODEL_OPERATIONS");
    const std::uint64_t operations =
        stated ? std::strtoull(stated, nullptr, 10) : FIRN_MODEL_OPERATIONS_DEFAULT;
    const auto tested = make_store_under_test({});
    RandomWalk walk(*tested, Random::announced("random walk"));
    try {
        walk.steps(operations);
    } catch (const Mismatch& mismatch) {
        BOOST_FAIL(mismatch.what());
    }
    BOOST_TEST(operations > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
