// What happens when a handler fails or takes its time.
#include "tests/support/echo_server.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

struct Connected {
    EchoServer server;
    HttpClient client{server.port()};

    bool logged(std::string_view text) const {
        for (const auto& line : server.log_lines()) {
            if (line.find(text) != std::string::npos) {
                return true;
            }
        }
        return false;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_handler, Connected)

BOOST_AUTO_TEST_CASE(when_it_throws_then_that_request_ends_as_500_and_is_logged) {
    for (const auto* path : {"/throw", "/throw-later"}) {
        HttpClient other(server.port());
        const auto reply = other.get(path, "X-Request-Id: broken-1\r\n");
        BOOST_TEST(reply.status == 500);
        BOOST_TEST(reply.has("urn:firn:problem:internal"));
        BOOST_TEST(!reply.has("thrown"));
    }
    BOOST_TEST(logged("\"reason\":\"thrown at once\""));
    BOOST_TEST(logged("\"reason\":\"thrown later\""));
    BOOST_TEST(logged("\"request_id\":\"broken-1\""));
    BOOST_TEST(server.counters().failures.load() == 2u);
    BOOST_TEST(client.get("/echo").status == 200);
}

BOOST_AUTO_TEST_CASE(when_one_request_waits_then_others_are_served) {
    client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_until_held();
    HttpClient other(server.port());
    BOOST_TEST(other.get("/echo").status == 200);
    server.release();
    BOOST_TEST(client.read().status == 200);
}

BOOST_AUTO_TEST_CASE(when_a_client_leaves_while_it_waits_then_nothing_breaks) {
    {
        HttpClient leaving(server.port());
        leaving.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
        server.wait_until_held();
    }
    server.release();
    BOOST_TEST(client.get("/echo").status == 200);
}

BOOST_AUTO_TEST_CASE(when_a_request_is_answered_then_a_debug_line_says_so) {
    BOOST_TEST(client.get("/echo", "X-Request-Id: seen-1\r\n").status == 200);
    BOOST_TEST(logged("\"event\":\"request\",\"request_id\":\"seen-1\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
