#include "service/cli/subscribe/event_command.hpp"
#include "tests/service/cli/program_under_test.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {

BOOST_AUTO_TEST_SUITE(given_a_command_for_events)

BOOST_AUTO_TEST_CASE(when_it_reads_its_input_then_it_gets_the_line_however_long) {
    const test::TemporaryDirectory directory;
    const auto file = (directory.path() / "line").string();
    const std::string line(1u << 20, 'x');
    BOOST_TEST(run_event_command("cat > '" + file + "'", line) == 0);
    BOOST_TEST((test::text_of(file) == line + "\n"));
}

BOOST_AUTO_TEST_CASE(when_it_does_not_read_its_input_then_that_is_no_failure) {
    BOOST_TEST(run_event_command("true", std::string(1u << 20, 'x')) == 0);
}

BOOST_AUTO_TEST_CASE(when_it_ends_then_its_exit_code_or_signal_is_told) {
    BOOST_TEST(run_event_command("exit 7", "{}") == 7);
    BOOST_TEST(run_event_command("kill -TERM $$", "{}") == 128 + 15);
    BOOST_TEST(run_event_command("/no/such/program", "{}") == 127);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
