// What every response carries, and what the ground rules make of a request on the wire.
#include "tests/support/echo_server.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

HttpConfig with_cors() {
    HttpConfig config;
    config.cors_origins = {"https://app.example"};
    return config;
}

struct Connected {
    EchoServer server{with_cors()};
    HttpClient client{server.port()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_request_id, Connected)

BOOST_AUTO_TEST_CASE(when_it_is_printable_then_it_is_echoed_on_answers_and_on_refusals) {
    BOOST_TEST(client.get("/echo", "X-Request-Id: r-17/a\r\n").header("X-Request-Id") == "r-17/a");
    BOOST_TEST(client.get("/refused", "x-request-id: r-18\r\n").header("X-Request-Id") == "r-18");
    const auto longest = std::string(128, 'r');
    BOOST_TEST(client.get("/echo", "X-Request-Id: " + longest + "\r\n").header("X-Request-Id") ==
               longest);
    client.send("GET /%zz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: r-19\r\n\r\n");
    BOOST_TEST(client.read().header("X-Request-Id") == "r-19");
    client.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nHost: x\r\nX-Request-Id: r-20\r\n\r\n");
    BOOST_TEST(client.read().header("X-Request-Id") == "r-20");
}

BOOST_AUTO_TEST_CASE(when_there_is_none_or_it_is_unusable_then_one_is_made_for_each_request) {
    const auto first = client.get("/echo").header("X-Request-Id");
    const auto second = client.get("/echo").header("X-Request-Id");
    BOOST_TEST(first != "");
    BOOST_TEST(first != second);
    const auto too_long = "X-Request-Id: " + std::string(129, 'r') + "\r\n";
    BOOST_TEST(client.get("/echo", too_long).header("X-Request-Id").size() < 30u);
    BOOST_TEST(client.get("/echo", "X-Request-Id: a b\r\n").header("X-Request-Id") != "a b");
    BOOST_TEST(client.get("/echo", "X-Request-Id: \xC3\xA4\r\n").header("X-Request-Id") !=
               "\xC3\xA4");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_cors_for_one_origin, Connected)

BOOST_AUTO_TEST_CASE(when_its_page_calls_then_it_may_read_the_answer) {
    const auto reply = client.get("/echo", "Origin: https://app.example\r\n");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Access-Control-Allow-Origin") == "https://app.example");
    BOOST_TEST(reply.header("Vary") == "Origin");
}

BOOST_AUTO_TEST_CASE(when_it_asks_before_calling_then_it_is_told_what_it_may) {
    const auto reply = client.request("OPTIONS", "/echo", {},
                                      "Origin: https://app.example\r\n"
                                      "Access-Control-Request-Method: POST\r\n");
    BOOST_TEST(reply.status == 204);
    BOOST_TEST(reply.header("Access-Control-Allow-Methods").find("POST") != std::string::npos);
    BOOST_TEST(reply.header("Access-Control-Allow-Headers").find("Content-Type") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_another_page_calls_or_asks_then_it_is_refused) {
    const auto called = client.get("/echo", "Origin: https://evil.example\r\n");
    BOOST_TEST(called.status == 403);
    BOOST_TEST(called.has("urn:firn:problem:origin-not-allowed"));
    BOOST_TEST(called.header("Access-Control-Allow-Origin") == "");
    BOOST_TEST(client.request("OPTIONS", "/echo", {}, "Origin: https://evil.example\r\n").status ==
               403);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_the_ground_rules, Connected)

BOOST_AUTO_TEST_CASE(when_the_host_is_foreign_then_it_is_refused_and_the_connection_kept) {
    client.send("GET /echo HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    const auto reply = client.read();
    BOOST_TEST(reply.status == 403);
    BOOST_TEST(reply.has("urn:firn:problem:host-not-allowed"));
    BOOST_TEST(client.get("/echo").status == 200);
}

BOOST_AUTO_TEST_CASE(when_the_target_is_absolute_then_its_host_must_be_that_of_host) {
    client.send("GET http://" + server.host() + "/echo HTTP/1.1\r\nHost: " + server.host() +
                "\r\n\r\n");
    BOOST_TEST(client.read().body == "GET /echo ");
}

BOOST_AUTO_TEST_CASE(when_a_form_is_posted_then_it_is_refused_with_a_hint) {
    const auto reply =
        client.post("/echo", "a=b", "Content-Type: application/x-www-form-urlencoded\r\n");
    BOOST_TEST(reply.status == 415);
    BOOST_TEST(reply.has("curl, use --json"));
    BOOST_TEST(client.get("/echo").status == 200);
}

BOOST_AUTO_TEST_CASE(when_a_body_is_compressed_then_it_is_refused_and_no_body_is_no_matter) {
    const auto reply = client.post("/echo", "{}", "Content-Encoding: gzip\r\n");
    BOOST_TEST(reply.status == 415);
    BOOST_TEST(reply.has("Content-Encoding"));
    BOOST_TEST(client.post("/echo", "{}", "Content-Encoding: Identity\r\n").status == 200);
    BOOST_TEST(client.get("/echo", "Content-Encoding: gzip\r\n").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
