// Limits: one below, at, and above.
#include "tests/support/echo_server.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

HttpConfig small_limits() {
    HttpConfig config;
    config.limits.header_bytes_max = 1024;
    config.limits.body_bytes_max = 100'000;
    config.limits.connections_max = 2;
    return config;
}

struct Bounded {
    EchoServer server{small_limits()};
    HttpClient client{server.port()};

    // A request whose head has this many bytes.
    HttpReply with_head_of(std::size_t bytes) {
        std::string head = "GET /echo HTTP/1.1\r\nHost: localhost\r\nX: ";
        head.append(bytes - head.size() - 4, 'x').append("\r\n\r\n");
        client.send(head);
        return client.read();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_limits_on_a_request, Bounded)

BOOST_AUTO_TEST_CASE(when_the_head_is_within_its_limit_then_it_is_taken) {
    BOOST_TEST(with_head_of(1023).status == 200);
    BOOST_TEST(with_head_of(1024).status == 200);
}

BOOST_AUTO_TEST_CASE(when_the_head_is_a_byte_too_long_then_it_is_refused) {
    const auto reply = with_head_of(1025);
    BOOST_TEST(reply.status == 431);
    BOOST_TEST(reply.has("urn:firn:problem:headers-too-large"));
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_the_head_never_ends_then_it_is_refused_at_the_limit) {
    client.send("GET /" + std::string(5000, 'x'));
    BOOST_TEST(client.read().status == 431);
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_the_body_is_within_its_limit_then_it_is_taken_whole) {
    for (const std::size_t size : {99'999u, 100'000u}) {
        const std::string body(size, 'b');
        BOOST_TEST((client.post("/echo", body).body == "POST /echo " + body));
    }
}

BOOST_AUTO_TEST_CASE(when_the_announced_body_is_a_byte_too_long_then_it_is_refused_unread) {
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 100001\r\n\r\n");
    const auto reply = client.read();
    BOOST_TEST(reply.status == 413);
    BOOST_TEST(reply.has("urn:firn:problem:too-large"));
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_the_client_keeps_sending_what_was_refused_then_it_can_read_the_answer) {
    BOOST_TEST(client.post("/echo", std::string(3'000'000, 'b')).status == 413);
}

BOOST_AUTO_TEST_CASE(when_chunks_add_up_to_the_limit_then_they_are_taken_and_no_byte_more) {
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    const auto half = "c350\r\n" + std::string(50'000, 'b') + "\r\n";
    client.send(head + half + half + "0\r\n\r\n");
    BOOST_TEST(client.read().body.size() == 100'011u);
    client.send(head + half + half + "1\r\nb\r\n0\r\n\r\n");
    BOOST_TEST(client.read().status == 413);
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_a_chunk_announces_too_much_then_it_is_refused_before_it_comes) {
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nb");
    BOOST_TEST(client.read().status == 413);
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_a_later_chunk_announces_all_that_can_be_counted_then_it_is_refused) {
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n1\r\nb\r\nffffffffffffffff\r\nb");
    BOOST_TEST(client.read().status == 413);
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_a_trailer_never_ends_then_it_is_refused) {
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " +
        std::string(20'000, 'x'));
    BOOST_TEST(client.read().status == 400);
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_limit_of_two_connections, Bounded)

BOOST_AUTO_TEST_CASE(when_a_third_comes_then_it_is_told_so_and_the_others_go_on) {
    HttpClient second(server.port());
    BOOST_TEST(client.get("/echo").status == 200);
    BOOST_TEST(second.get("/echo").status == 200);
    HttpClient third(server.port());
    const auto reply = third.get("/echo");
    BOOST_TEST(reply.status == 503);
    BOOST_TEST(reply.header("Retry-After") == "1");
    BOOST_TEST(third.ended());
    BOOST_TEST(client.get("/echo").status == 200);
    BOOST_TEST(second.get("/echo").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
