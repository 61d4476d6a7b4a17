#include "service/cli/isolated.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace firn::cli {

BOOST_AUTO_TEST_SUITE(given_a_function_in_a_child_process)

BOOST_AUTO_TEST_CASE(when_it_returns_then_its_text_comes_back_whole) {
    const std::string large(1u << 20, 'x');  // past what a pipe holds
    const auto result = run_isolated([&] { return large; });
    BOOST_TEST((result.end == Isolated::End::returned));
    BOOST_CHECK(result.text == large);
}

BOOST_AUTO_TEST_CASE(when_it_throws_then_the_message_comes_back) {
    const auto result =
        run_isolated([]() -> std::string { throw std::runtime_error("not today"); });
    BOOST_TEST((result.end == Isolated::End::threw));
    BOOST_TEST(result.text == "not today");
}

BOOST_AUTO_TEST_CASE(when_it_crashes_then_the_signal_is_told) {
    const auto result = run_isolated([]() -> std::string {
        // What Boost.Test and sanitizers would make of it is not the point here.
        std::signal(SIGBUS, SIG_DFL);
        std::raise(SIGBUS);
        return "unreached";
    });
    BOOST_TEST((result.end == Isolated::End::crashed));
    BOOST_TEST(result.signal == SIGBUS);
}

BOOST_AUTO_TEST_CASE(when_it_leaves_in_another_way_then_that_is_a_crash_too) {
    const auto result = run_isolated([]() -> std::string { std::_Exit(1); });
    BOOST_TEST((result.end == Isolated::End::crashed));
    BOOST_TEST(result.signal == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
