#include "service/http/query_parameters.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

std::string complaint(std::string_view raw, std::string_view known) {
    RequestTarget target;
    BOOST_REQUIRE(target.parse(raw) == "");
    const auto problem = check_parameters(target, known);
    if (!problem) {
        return {};
    }
    Response response;
    problem->write_to(response);
    BOOST_TEST(response.status == 400);
    const auto at = response.body.find("\"parameter\":\"");
    BOOST_REQUIRE(at != std::string::npos);
    const auto first = at + 13;
    return response.body.substr(first, response.body.find('"', first) - first);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_the_parameters_of_a_route)

BOOST_AUTO_TEST_CASE(when_they_are_known_and_given_once_then_all_is_good) {
    BOOST_TEST(complaint("/x?limit=1&from=2", "from limit") == "");
    BOOST_TEST(complaint("/x", "") == "");
    BOOST_TEST(complaint("/x?type=a&type=b", "limit type*") == "");
}

BOOST_AUTO_TEST_CASE(when_one_is_unknown_or_given_twice_then_it_is_named) {
    BOOST_TEST(complaint("/x?limt=1", "from limit") == "limt");
    BOOST_TEST(complaint("/x?limit=1&limit=1", "from limit") == "limit");
    BOOST_TEST(complaint("/x?lim=1", "limit") == "lim");
    BOOST_TEST(complaint("/x?type*=1", "type*") == "type*");
}

BOOST_AUTO_TEST_CASE(when_a_number_is_read_then_only_digits_within_its_bounds_will_do) {
    RequestTarget target;
    BOOST_REQUIRE(target.parse("/x?a=1&b=10001&c=-1&d=+1&e=1e3&f=&g=18446744073709551616") == "");
    BOOST_TEST(number_parameter(target, "a", 1, 10'000)->value() == 1u);
    BOOST_TEST(!number_parameter(target, "none", 1, 10'000)->has_value());
    for (const auto* name : {"b", "c", "d", "e", "f", "g"}) {
        BOOST_TEST(number_parameter(target, name, 1, 10'000).has_error(), name);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
