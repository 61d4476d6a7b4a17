// firn transact: several streams from the command line.
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {

using test::contains;

namespace {

constexpr char transfer[] = R"({"appends": [
    {"stream": {"category": "account", "id": "ann"}, "expected_version": 0,
     "events": [{"type": "Withdrawn", "id": "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55"}]},
    {"stream": {"category": "account", "id": "bob"}, "expected_version": "none",
     "events": [{"type": "Deposited", "id": "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c56"},
                {"type": "Thanked", "id": "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c57"}]},
    {"stream": {"category": "bank", "id": "rules"}, "expected_version": 0, "events": []}]})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_transaction_in_a_file, test::ServedProgram)

BOOST_AUTO_TEST_CASE(when_it_is_sent_then_what_each_stream_got_is_told) {
    const auto file = write(transfer);
    const auto first = server.run({"transact", file});
    BOOST_TEST(first.code == 0, first.errors);
    BOOST_TEST(first.output ==
               "appended, position 3\n"
               "  account/ann  version 1\n"
               "  account/bob  versions 1 to 2\n"
               "  bank/rules  checked at version 0\n");
    const auto again = server.run({"transact", file});
    BOOST_TEST(contains(again.output, "was there already, position 3"));
    const auto for_programs = server.run({"transact", file, "--json"});
    BOOST_TEST(json_count(for_programs.output, "position") == 3u);
}

BOOST_AUTO_TEST_CASE(when_a_stream_has_moved_then_nothing_is_appended) {
    BOOST_TEST(server.run({"append", "bank", "rules", "--type", "Changed"}).code == 0);
    const auto refused = server.run({"transact", write(transfer)});
    BOOST_TEST(refused.code == 1);
    BOOST_TEST(contains(refused.errors, "bank/rules is at version 1"));
    BOOST_TEST(server.run({"state", "account", "ann"}).code == 1);
}

BOOST_AUTO_TEST_CASE(when_the_file_is_no_transaction_then_it_is_told) {
    BOOST_TEST(server.run({"transact"}).code == 2);
    BOOST_TEST(server.run({"transact", write("{")}).code == 5);
    BOOST_TEST(server.run({"transact", (directory.path() / "none").string()}).code == 5);
    const auto empty = server.run({"transact", write(R"({"appends":[]})")});
    BOOST_TEST(empty.code == 1);
    BOOST_TEST(contains(empty.errors, "at least one event"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
