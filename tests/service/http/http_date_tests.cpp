#include "service/http/http_date.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>
#include <string>

namespace firn {

BOOST_AUTO_TEST_SUITE(given_the_date_header)

BOOST_AUTO_TEST_CASE(when_it_is_written_then_the_c_library_reads_the_current_time_from_it) {
    HttpDate date;
    const std::string text(date.now());
    std::tm parts{};
    const auto* rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    BOOST_REQUIRE(rest != nullptr);
    BOOST_TEST(*rest == '\0');
    const auto difference = std::difftime(std::time(nullptr), timegm(&parts));
    BOOST_TEST(difference >= 0.0);
    BOOST_TEST(difference < 5.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
