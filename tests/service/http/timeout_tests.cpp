// Slow clients. The times are tiny, and no test waits for anything but the server's own act.
#include "tests/support/echo_server.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

using std::chrono::milliseconds;

// Only the time under test is short: the others must not run out on a busy machine.
HttpConfig impatient(milliseconds HttpConfig::Timeouts::*which,
                     milliseconds time = milliseconds(100)) {
    HttpConfig config;
    config.timeouts.*which = time;
    config.timeouts.sweep = milliseconds(10);
    return config;
}

// Long enough for a client to ask once it is connected.
constexpr milliseconds idle{2'000};

constexpr char half_a_post[] =
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_slow_client)

BOOST_AUTO_TEST_CASE(when_its_head_does_not_end_in_time_then_it_gets_a_408) {
    EchoServer server(impatient(&HttpConfig::Timeouts::header));
    HttpClient client(server.port());
    client.send(half_a_post);
    const auto reply = client.read();
    BOOST_TEST(reply.status == 408);
    BOOST_TEST(reply.has("urn:firn:problem:request-timeout"));
    BOOST_TEST(client.ended());
    BOOST_TEST(server.counters().timeouts.load() == 1u);
}

BOOST_AUTO_TEST_CASE(when_its_body_stops_coming_then_it_gets_a_408) {
    for (const auto* framing :
         {"Content-Length: 10\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5"}) {
        EchoServer server(impatient(&HttpConfig::Timeouts::body));
        HttpClient client(server.port());
        client.send(std::string(half_a_post) + framing);
        BOOST_TEST(client.read().status == 408);
        BOOST_TEST(client.ended());
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_idle_then_it_is_closed_without_a_word) {
    EchoServer server(impatient(&HttpConfig::Timeouts::idle, idle));
    HttpClient silent(server.port());
    HttpClient client(server.port());
    BOOST_TEST(client.get("/echo").status == 200);
    BOOST_TEST(silent.ended());
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_it_does_not_read_its_answers_then_it_is_cut_off) {
    EchoServer server(impatient(&HttpConfig::Timeouts::response));
    HttpClient client(server.port());
    // More than the buffers of both sides hold.
    for (int i = 0; i < 8; ++i) {
        client.send("GET /many/8000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    BOOST_TEST(client.read_head().status == 200);
    while (server.counters().connections_open.load() != 0) {
        std::this_thread::yield();
    }
    BOOST_TEST(server.counters().responses[2].load() < 8u);
}

BOOST_AUTO_TEST_CASE(when_a_handler_takes_longer_than_all_of_them_then_that_is_no_ones_fault) {
    HttpConfig config = impatient(&HttpConfig::Timeouts::idle, idle);
    config.timeouts.header = config.timeouts.body = config.timeouts.response = milliseconds(20);
    EchoServer server(config);
    HttpClient client(server.port());
    client.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_until_held();
    // Sweeps go by, and end another client that waits for nothing.
    HttpClient other(server.port());
    BOOST_TEST(other.ended());
    server.release();
    BOOST_TEST(client.read().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
