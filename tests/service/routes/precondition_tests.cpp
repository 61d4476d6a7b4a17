#include "service/routes/precondition.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

// "none", "exists", a version, "-" for nothing stated, "400" for a refusal.
std::string expected(std::optional<std::string_view> if_match,
                     std::optional<std::string_view> if_none_match = std::nullopt) {
    RequestHeaders headers;
    headers.if_match = if_match;
    headers.if_none_match = if_none_match;
    const auto read = expected_by_headers(headers);
    if (!read) {
        return "400";
    }
    if (!*read) {
        return "-";
    }
    switch ((*read)->kind) {
        case Expected::Kind::none: return "none";
        case Expected::Kind::exists: return "exists";
        case Expected::Kind::any: return "any";
        case Expected::Kind::exactly: return std::to_string((*read)->version.value());
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_preconditions_of_a_write)

BOOST_AUTO_TEST_CASE(when_they_are_strong_tags_or_stars_then_they_are_understood) {
    BOOST_TEST(expected(std::nullopt) == "-");
    BOOST_TEST(expected("\"12\"") == "12");
    BOOST_TEST(expected("\"0\"") == "0");
    BOOST_TEST(expected("\"12-3\"") == "12");
    BOOST_TEST(expected("*") == "exists");
    BOOST_TEST(expected(std::nullopt, "*") == "none");
}

BOOST_AUTO_TEST_CASE(when_they_are_weak_unquoted_lists_or_both_then_they_are_refused) {
    for (const auto* tag : {"W/\"12\"", "12", "\"12\", \"13\"", "\"\"", "\"a\"", "\"12", "",
                            "\"-1\"", "\"1-\"", "\"1-2-3\"", "\"18446744073709551616\""}) {
        BOOST_TEST(expected(tag) == "400", tag);
    }
    BOOST_TEST(expected(std::nullopt, "\"12\"") == "400");
    BOOST_TEST(expected("*", "*") == "400");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_if_none_match_of_a_read)

BOOST_AUTO_TEST_CASE(when_it_names_the_tag_in_a_list_weakly_or_by_a_star_then_it_matches) {
    BOOST_TEST(names_tag("\"3-1\"", "\"3-1\""));
    BOOST_TEST(names_tag("\"2-1\" , W/\"3-1\"", "\"3-1\""));
    BOOST_TEST(names_tag("*", "\"3-1\""));
    BOOST_TEST(!names_tag("\"3-10\"", "\"3-1\""));
    BOOST_TEST(!names_tag("3-1", "\"3-1\""));
    BOOST_TEST(!names_tag("", "\"3-1\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
