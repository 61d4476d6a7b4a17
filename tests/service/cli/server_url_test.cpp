#include "service/cli/server_url.hpp"
#include "service/cli/exit_code.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/refusal.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {

BOOST_AUTO_TEST_SUITE(given_the_url_of_a_server)

BOOST_AUTO_TEST_CASE(when_it_is_good_then_its_parts_come_apart) {
    const auto usual = parse_server_url(default_url);
    BOOST_TEST(usual.host == "127.0.0.1");
    BOOST_TEST(usual.port == "7070");
    BOOST_TEST(usual.prefix == "");
    BOOST_TEST(usual.authority() == "127.0.0.1:7070");
    const auto other = parse_server_url("http://[::1]/firn//");
    BOOST_TEST(other.host == "::1");
    BOOST_TEST(other.authority() == "[::1]");
    BOOST_TEST(other.text() == "http://[::1]/firn");
}

BOOST_AUTO_TEST_CASE(when_it_is_not_good_then_it_is_refused) {
    for (const char* text : {"", "localhost:7070", "https://a", "http://", "http://:1", "http://a:",
                             "http://a:0", "http://a:x", "http://[::1", "http://[::1]x",
                             "http://u@a", "http://a?b", "http://a b", "http://a\r\nX: y"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW(static_cast<void>(parse_server_url(text)), CommandFailure);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_paths_are_made_then_names_are_one_segment_each) {
    BOOST_TEST(stream_path("file", "src/a b+c?") == "/v1/streams/file/src%2Fa%20b%2Bc%3F");
    BOOST_TEST(Query().add("from", 3u).add("prefix", "a&b").text() == "?from=3&prefix=a%26b");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_answers_to_show)

BOOST_AUTO_TEST_CASE(when_json_is_indented_then_its_numbers_and_strings_stay) {
    BOOST_TEST(indent_json(R"({"a":[1.50,{"b":"x\",{"}],"c":{},"d":[ ]})") ==
               "{\n  \"a\": [\n    1.50,\n    {\n      \"b\": \"x\\\",{\"\n    }\n  ],\n"
               "  \"c\": {},\n  \"d\": []\n}");
    BOOST_TEST(indent_json("not JSON") == "not JSON");
    BOOST_TEST(indent_json("\"[\"") == "\"[\"");
}

BOOST_AUTO_TEST_CASE(when_an_object_is_flattened_then_inner_names_carry_the_outer) {
    const auto rows = flatten_json(R"({"a":1,"b":{"c":2,"d":{"e":"x"}}})");
    BOOST_REQUIRE(rows.size() == 3u);
    BOOST_TEST(rows[1].first == "b.c");
    BOOST_TEST(rows[2].first == "b.d.e");
    BOOST_TEST(rows[2].second == "\"x\"");
}

BOOST_AUTO_TEST_CASE(when_a_problem_comes_back_then_title_and_detail_are_told) {
    HttpAnswer answer;
    answer.status = 404;
    answer.body =
        R"({"type":"urn:firn:problem:stream-not-found","title":"No stream","detail":"c/x."})";
    BOOST_TEST(read_problem(answer).slug == "stream-not-found");
    BOOST_TEST(refusal(answer).what() == std::string("No stream: c/x."));
    BOOST_CHECK_THROW(require_success(answer), CommandFailure);
    answer.status = 201;
    BOOST_CHECK_NO_THROW(require_success(answer));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
