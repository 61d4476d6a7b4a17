#include "service/http/prefer.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

long long wait_of(std::string_view prefer) {
    const auto wait = preferred_wait(prefer);
    return wait ? static_cast<long long>(wait->count()) : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_preferences_of_clients)

BOOST_AUTO_TEST_CASE(when_one_says_how_long_to_wait_then_it_is_found) {
    BOOST_TEST(wait_of("wait=10") == 10);
    BOOST_TEST(wait_of("respond-async, wait=0") == 0);
    BOOST_TEST(wait_of("WAIT = \"7\"; strictly=yes") == 7);
    BOOST_TEST(wait_of("handling=\"a, wait=1\", wait=2, wait=3") == 2);
    BOOST_TEST(wait_of("wait=18446744073709551615") == 365ll * 24 * 3600);
}

BOOST_AUTO_TEST_CASE(when_none_does_then_none_is_found) {
    for (const auto* prefer : {"", "return=minimal", "wait", "wait=", "wait=-1", "wait=1.5",
                               "await=5", "a;wait=5", "wait=18446744073709551616", ",;=\""}) {
        BOOST_TEST(wait_of(prefer) == -1, prefer);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
