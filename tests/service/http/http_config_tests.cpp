#include "service/http/http_config.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace firn {

namespace {

template <class Change>
std::string refusal(Change change) {
    HttpConfig config;
    change(config);
    try {
        config.validate();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_an_http_configuration)

BOOST_AUTO_TEST_CASE(when_nothing_is_changed_then_it_is_valid) {
    BOOST_TEST(refusal([](HttpConfig&) {}) == "");
}

BOOST_AUTO_TEST_CASE(when_a_field_is_out_of_bounds_then_it_is_named) {
    BOOST_TEST(refusal([](HttpConfig& c) {
                   c.address = "localhost";
               }).starts_with("http.address must be"));
    BOOST_TEST(refusal([](HttpConfig& c) {
                   c.limits.header_bytes_max = 10;
               }).starts_with("http.limits.header_bytes_max must be"));
    BOOST_TEST(refusal([](HttpConfig& c) {
                   c.limits.connections_max = 0;
               }).starts_with("http.limits.connections_max must be"));
    BOOST_TEST(refusal([](HttpConfig& c) {
                   c.limits.live_bytes_max = 0;
               }).starts_with("http.limits.live_bytes_max must be"));
    BOOST_TEST(refusal([](HttpConfig& c) {
                   c.timeouts.heartbeat = {};
               }).starts_with("http.timeouts.heartbeat must be"));
    BOOST_TEST(refusal([](HttpConfig& c) {
                   c.timeouts.idle = {};
               }).starts_with("http.timeouts.idle must be"));
    BOOST_TEST(refusal([](HttpConfig& c) {
                   c.cors_origins = {"app.example"};
               }).starts_with("http.cors_origins must hold"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
