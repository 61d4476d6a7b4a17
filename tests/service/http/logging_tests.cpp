#include "service/logging.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace firn {

BOOST_AUTO_TEST_SUITE(given_a_log)

BOOST_AUTO_TEST_CASE(when_an_event_is_logged_then_its_line_is_one_json_object) {
    std::vector<std::string> lines;
    const Log log(LogLevel::info, [&](std::string_view line) { lines.emplace_back(line); });
    log.warning("slow_sync", {{"milliseconds", 12u},
                              {"path", "a\"b\nc"},
                              {"ratio", 0.5},
                              {"again", true},
                              {"offset", -3}});
    BOOST_REQUIRE(lines.size() == 1u);
    const auto json = boost::json::parse(lines[0]).as_object();
    BOOST_TEST(json.at("level").as_string() == "warning");
    BOOST_TEST(json.at("event").as_string() == "slow_sync");
    BOOST_TEST(json.at("milliseconds").as_int64() == 12);
    BOOST_TEST(json.at("path").as_string() == "a\"b\nc");
    BOOST_TEST(json.at("again").as_bool());
    BOOST_TEST(json.at("offset").as_int64() == -3);
    BOOST_TEST(json.at("time").as_string().size() == 24u);
}

BOOST_AUTO_TEST_CASE(when_an_event_is_below_the_level_then_nothing_is_written) {
    int lines = 0;
    const Log log(LogLevel::error, [&](std::string_view) { ++lines; });
    log.info("listening");
    log.error("failed");
    BOOST_TEST(lines == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
