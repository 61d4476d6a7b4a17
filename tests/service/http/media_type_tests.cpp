#include "service/http/media_type.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

constexpr std::string_view offers[] = {"application/json", "application/x-ndjson"};

std::size_t chosen(std::optional<std::string_view> accept) {
    return choose_media_type(accept, offers).value_or(99);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_two_formats_to_offer)

BOOST_AUTO_TEST_CASE(when_nothing_is_asked_for_then_the_first_is_chosen) {
    BOOST_TEST(chosen(std::nullopt) == 0u);
    BOOST_TEST(chosen("*/*") == 0u);
    BOOST_TEST(chosen("") == 0u);
}

BOOST_AUTO_TEST_CASE(when_one_is_named_then_it_is_chosen_in_any_case_and_with_parameters) {
    BOOST_TEST(chosen("application/x-ndjson") == 1u);
    BOOST_TEST(chosen("Application/X-NDJSON; charset=utf-8") == 1u);
    BOOST_TEST(chosen("text/html, application/x-ndjson;q=0.9") == 1u);
}

BOOST_AUTO_TEST_CASE(when_weights_differ_then_the_heavier_one_is_chosen) {
    BOOST_TEST(chosen("application/json;q=0.5, application/x-ndjson;q=0.8") == 1u);
    BOOST_TEST(chosen("application/x-ndjson;q=0.5, */*") == 0u);
    BOOST_TEST(chosen("application/json;q=0, application/*;q=0.1") == 1u);
    BOOST_TEST(chosen("application/json;q=0, *;q=0.1") == 1u);
}

BOOST_AUTO_TEST_CASE(when_none_is_acceptable_then_none_is_chosen) {
    BOOST_TEST(chosen("text/event-stream") == 99u);
    BOOST_TEST(chosen("*/*;q=0") == 99u);
    BOOST_TEST(chosen("application/json;q=nonsense") == 99u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_content_type)

BOOST_AUTO_TEST_CASE(when_it_names_json_in_utf8_then_it_is_json) {
    BOOST_TEST(is_media_type("application/json", "application/json"));
    BOOST_TEST(is_media_type("application/JSON ; charset=\"UTF-8\"", "application/json"));
}

BOOST_AUTO_TEST_CASE(when_it_names_something_else_then_it_is_not_json) {
    BOOST_TEST(!is_media_type("application/json; charset=latin1", "application/json"));
    BOOST_TEST(!is_media_type("text/plain", "application/json"));
    BOOST_TEST(!is_media_type("", "application/json"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
