#include "service/http/ground_rules.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

namespace ip = boost::asio::ip;

// 0: let through; else the status of the refusal.
struct Rules {
    HttpConfig config;
    std::string bound_to = "127.0.0.1";
    Request request;

    int judge(bool has_body = false) {
        const GroundRules rules(config, {ip::make_address(bound_to), 7070});
        const auto problem = rules.check(request, has_body);
        return problem ? problem_kind(problem->slug()).status : 0;
    }
    int host(std::string_view value) {
        request.headers.host = value;
        return judge();
    }
    int origin(std::string_view value) {
        request.headers.host = "localhost:7070";
        request.headers.origin = value;
        return judge();
    }
    int body(std::optional<std::string_view> type) {
        request.headers.host = "localhost";
        request.headers.content_type = type;
        return judge(true);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_server_on_loopback, Rules)

BOOST_AUTO_TEST_CASE(when_host_is_a_name_of_loopback_then_it_is_let_through) {
    for (const auto* name : {"localhost", "LocalHost:7070", "127.0.0.1:7070", "[::1]:7070"}) {
        BOOST_TEST(host(name) == 0, name);
    }
}

BOOST_AUTO_TEST_CASE(when_host_is_anything_else_then_it_is_refused) {
    for (const auto* name : {"evil.example", "localhost.evil.example", "", "10.0.0.1", ":80",
                             "localhost:port", "127.0.0.1.evil.example:7070"}) {
        BOOST_TEST(host(name) == 403, name);
    }
}

BOOST_AUTO_TEST_CASE(when_a_host_was_allowed_then_it_is_let_through_with_the_port_that_was_named) {
    config.allowed_hosts = {"firn.example", "other.example:8080"};
    BOOST_TEST(host("Firn.Example:1234") == 0);
    BOOST_TEST(host("other.example:8080") == 0);
    BOOST_TEST(host("other.example:8081") == 403);
    BOOST_TEST(host("other.example") == 403);
}

BOOST_AUTO_TEST_CASE(when_the_origin_is_foreign_then_it_is_refused_unless_it_is_listed) {
    BOOST_TEST(origin("http://localhost:7070") == 0);
    BOOST_TEST(origin("http://localhost:3000") == 403);
    BOOST_TEST(origin("https://localhost:7070") == 403);
    BOOST_TEST(origin("null") == 403);
    config.cors_origins = {"https://app.example"};
    BOOST_TEST(origin("https://app.example") == 0);
    BOOST_TEST(request.allowed_origin == "https://app.example");
    BOOST_TEST(origin("https://app.example.evil") == 403);
    config.cors_origins = {"*"};
    BOOST_TEST(origin("null") == 0);
}

BOOST_AUTO_TEST_CASE(when_a_body_is_no_json_then_it_is_refused) {
    BOOST_TEST(body("application/json") == 0);
    BOOST_TEST((request.body_format == BodyFormat::json));
    BOOST_TEST(body("application/x-ndjson; charset=utf-8") == 0);
    BOOST_TEST((request.body_format == BodyFormat::ndjson));
    BOOST_TEST(body(std::nullopt) == 415);
    BOOST_TEST(body("text/plain") == 415);
    BOOST_TEST(body("application/x-www-form-urlencoded") == 415);
    BOOST_TEST(body("multipart/form-data; boundary=application/json") == 415);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_server_on_all_addresses, Rules)

BOOST_AUTO_TEST_CASE(when_host_is_an_address_then_it_is_let_through_but_no_name_is) {
    bound_to = "0.0.0.0";
    BOOST_TEST(host("192.168.1.7:7070") == 0);
    BOOST_TEST(host("[fe80::1]") == 0);
    BOOST_TEST(host("localhost") == 0);
    BOOST_TEST(host("firn.example") == 403);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
