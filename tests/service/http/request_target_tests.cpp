#include "service/http/request_target.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

BOOST_AUTO_TEST_SUITE(given_a_request_target)

BOOST_AUTO_TEST_CASE(when_a_slash_is_encoded_then_it_is_part_of_its_segment) {
    RequestTarget target;
    BOOST_TEST(target.parse("/v1/streams/file/src%2FMakefile") == "");
    BOOST_TEST(target.size() == 4u);
    BOOST_TEST(target.segment(3) == "src/Makefile");
    BOOST_TEST(target.raw_path() == "/v1/streams/file/src%2FMakefile");
}

BOOST_AUTO_TEST_CASE(when_it_holds_a_plus_or_dots_then_nothing_is_normalised) {
    RequestTarget target;
    BOOST_TEST(target.parse("/a+b/./../c//d?x=1+2") == "");
    BOOST_TEST(target.size() == 6u);
    BOOST_TEST(target.segment(0) == "a+b");
    BOOST_TEST(target.segment(2) == "..");
    BOOST_TEST(target.segment(4) == "");
    BOOST_TEST(target.parameters()[0].value == "1+2");
}

BOOST_AUTO_TEST_CASE(when_parameters_are_encoded_then_they_are_decoded_after_splitting) {
    RequestTarget target;
    BOOST_TEST(target.parse("/p?a=1%262&b&&%63=%3D") == "");
    BOOST_REQUIRE(target.parameters().size() == 3u);
    BOOST_TEST(target.parameters()[0].value == "1&2");
    BOOST_TEST(target.parameters()[1].value == "");
    BOOST_TEST(target.parameters()[2].name == "c");
    BOOST_TEST(target.parameters()[2].value == "=");
}

BOOST_AUTO_TEST_CASE(when_encoding_is_broken_then_it_is_refused) {
    RequestTarget target;
    for (const auto* raw : {"/a%", "/a%2", "/a%zz", "/%00", "/%ff", "/%C0%80", "/%ED%A0%80"}) {
        BOOST_TEST(target.parse(raw) != "", raw);
        BOOST_TEST(target.culprit() == "path", raw);
    }
    BOOST_TEST(target.parse("/a?limit=%") != "");
    BOOST_TEST(target.culprit() == "limit");
}

BOOST_AUTO_TEST_CASE(when_it_is_in_absolute_form_then_the_authority_is_told) {
    RequestTarget target;
    BOOST_TEST(target.parse("http://example.com:80/v1?x") == "");
    BOOST_TEST(target.authority() == "example.com:80");
    BOOST_TEST(target.segment(0) == "v1");
    BOOST_TEST(target.parse("http:///v1") != "");
    BOOST_TEST(target.parse("http://host") != "");
}

BOOST_AUTO_TEST_CASE(when_it_is_of_no_form_then_it_is_refused) {
    RequestTarget target;
    BOOST_TEST(target.parse("v1/streams") != "");
    BOOST_TEST(target.parse("host:443") != "");
    BOOST_TEST(target.parse("/a#b") != "");
    BOOST_TEST(target.parse("*") == "");
    BOOST_TEST(target.is_asterisk());
}

BOOST_AUTO_TEST_CASE(when_it_has_more_segments_than_any_route_then_it_says_so) {
    RequestTarget target;
    BOOST_TEST(target.parse("/1/2/3/4/5/6/7/8/9") == "");
    BOOST_TEST(target.too_deep());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
