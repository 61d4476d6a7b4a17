#include "service/cli/import/import_line.hpp"
#include "service/cli/exit_code.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {
namespace {

ImportEvent parse(std::string_view line) {
    return parse_import_line(line, {.id = "stream"});
}

std::string refusal_of(std::string_view line) {
    try {
        static_cast<void>(parse(line));
    } catch (const CommandFailure& failure) {
        BOOST_TEST((failure.code() == ExitCode::bad_input));
        return failure.what();
    }
    return "(none)";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_line_of_an_import)

BOOST_AUTO_TEST_CASE(when_it_has_data_then_the_bytes_are_kept) {
    const auto event =
        parse(R"( {"stream":"src\/a","type":"T","data":{ "x" : 1.50e1, "y":"\u00e9" }} )");
    BOOST_TEST(event.stream == "src/a");
    BOOST_TEST(event.members == R"("type":"T","data":{ "x" : 1.50e1, "y":"\u00e9" })");
    BOOST_TEST(event.left_out.empty());
}

BOOST_AUTO_TEST_CASE(when_it_has_no_data_then_the_other_members_are_the_data) {
    const auto event =
        parse(R"({"a":1, "stream":"s", "b\n": [1, 2], "type":"T", "metadata":{"u":1}, "c":null})");
    BOOST_TEST(event.members ==
               R"("type":"T","data":{"a":1,"b\n":[1, 2],"c":null},"metadata":{"u":1})");
    BOOST_TEST(parse(R"({"stream":"s","type":"T"})").members == R"("type":"T","data":{})");
}

BOOST_AUTO_TEST_CASE(when_members_stand_beside_data_then_the_first_is_named_as_left_out) {
    const auto event = parse(R"({"stream":"s","at":"now","type":"T","data":1,"by":"me"})");
    BOOST_TEST(event.members == R"("type":"T","data":1)");
    BOOST_TEST(event.left_out == "at");
}

BOOST_AUTO_TEST_CASE(when_it_cannot_be_an_event_then_the_reason_is_told) {
    BOOST_TEST(refusal_of("[1]").find("not a JSON object") != std::string::npos);
    BOOST_TEST(refusal_of("not JSON").find("not a JSON object") != std::string::npos);
    BOOST_TEST(refusal_of(R"({"stream":"s",)").find("not good JSON") != std::string::npos);
    BOOST_TEST(refusal_of(R"({"stream":"s","type":"T","data":1e400})").find("not good JSON") !=
               std::string::npos);
    BOOST_TEST(refusal_of(R"({"type":"T"})").find("no member \"stream\"") != std::string::npos);
    BOOST_TEST(refusal_of(R"({"stream":7,"type":"T"})").find("\"stream\" is not a string") !=
               std::string::npos);
    BOOST_TEST(refusal_of(R"({"stream":"..","type":"T"})").find("does not name a stream") !=
               std::string::npos);
    BOOST_TEST(refusal_of(R"({"stream":"s"})").find("no member \"type\"") != std::string::npos);
    BOOST_TEST(refusal_of(R"({"stream":"s","type":""})").find("empty") != std::string::npos);
    BOOST_TEST(refusal_of(R"({"stream":"s","type":"T","metadata":1})").find("not an object") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
