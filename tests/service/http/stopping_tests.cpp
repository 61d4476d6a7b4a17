#include "tests/support/echo_server.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

// The stop has begun once nobody is let in any more.
void wait_until_refused(std::uint16_t port) {
    for (;;) {
        try {
            const HttpClient late(port);
        } catch (const std::runtime_error&) {
            return;
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_server_that_stops)

BOOST_AUTO_TEST_CASE(when_connections_are_idle_then_they_are_closed_at_once) {
    EchoServer server;
    HttpClient used(server.port());
    BOOST_TEST(used.get("/echo").status == 200);
    HttpClient unused(server.port());
    server.stop();
    BOOST_TEST(used.ended());
    BOOST_TEST(unused.ended());
    BOOST_CHECK_THROW(HttpClient(server.port()), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(when_a_request_is_in_flight_then_it_is_finished_and_says_close) {
    HttpConfig config;
    config.timeouts.stop = std::chrono::hours(1);
    EchoServer server(config);
    HttpClient client(server.port());
    client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_until_held();
    auto stopped = server.begin_stop();
    wait_until_refused(server.port());
    server.release();
    const auto reply = client.read();
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Connection") == "close");
    BOOST_TEST(client.ended());
    stopped.get();
}

BOOST_AUTO_TEST_CASE(when_a_client_does_not_finish_its_request_then_it_is_cut_at_the_deadline) {
    HttpConfig config;
    config.timeouts.stop = std::chrono::milliseconds(50);
    EchoServer server(config);
    HttpClient client(server.port());
    BOOST_TEST(client.get("/echo").status == 200);
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
        "Content-Type: application/json\r\n\r\n{");
    server.stop();
    BOOST_TEST(server.counters().connections_open.load() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
