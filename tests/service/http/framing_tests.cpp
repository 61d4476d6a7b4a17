// How requests and responses follow one another on a connection.
#include "tests/support/echo_server.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

struct Connected {
    EchoServer server;
    HttpClient client{server.port()};
};

std::string chunk(std::string_view data) {
    char size[20];
    std::snprintf(size, sizeof(size), "%zx\r\n", data.size());
    return std::string(size).append(data).append("\r\n");
}

constexpr char chunked_head[] =
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_connection, Connected)

BOOST_AUTO_TEST_CASE(when_requests_follow_one_another_then_the_connection_is_kept) {
    for (int i = 0; i < 3; ++i) {
        const auto reply = client.get("/echo");
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.body == "GET /echo ");
        BOOST_TEST(reply.header("Connection") == "");
        BOOST_TEST(reply.header("Date") != "");
    }
}

BOOST_AUTO_TEST_CASE(when_the_client_says_close_then_it_is_closed_after_the_answer) {
    const auto reply = client.get("/echo", "Connection: close\r\n");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Connection") == "close");
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_the_client_speaks_1_0_then_it_is_closed_unless_kept_alive) {
    client.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(client.read().header("Connection") == "keep-alive");
    client.send("GET /echo HTTP/1.0\r\n\r\n");
    BOOST_TEST(client.read().header("Connection") == "close");
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_a_burst_is_pipelined_then_all_are_answered_in_order) {
    std::string burst;
    for (int i = 0; i < 500; ++i) {
        const auto number = std::to_string(i);
        const auto* path = i % 3 == 0 ? "later" : "echo";
        burst += "POST /" + std::string(path) + "/" + number +
                 " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Content-Length: " +
                 std::to_string(number.size()) + "\r\n\r\n" + number;
        if (i % 7 == 0) {
            burst += chunked_head + chunk(number) + chunk(number) + "0\r\n\r\n";
        }
    }
    client.send(burst);
    for (int i = 0; i < 500; ++i) {
        const auto number = std::to_string(i);
        BOOST_TEST(client.read().body.ends_with("/" + number + " " + number));
        if (i % 7 == 0) {
            BOOST_TEST(client.read().body.ends_with(" " + number + number));
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_request_comes_byte_by_byte_then_it_is_understood) {
    const std::string bytes = std::string("\r\n") + chunked_head + chunk("{\"a\"") + chunk(":1}") +
                              "0\r\nTrailer-Field: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: "
                              "localhost\r\n\r\n";
    for (const char& byte : bytes) {
        client.send({&byte, 1});
    }
    BOOST_TEST(client.read().body == "POST /echo {\"a\":1}");
    BOOST_TEST(client.read().body == "GET /echo ");
}

BOOST_AUTO_TEST_CASE(when_the_client_ends_its_side_then_what_it_sent_is_still_answered) {
    client.send(
        "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\nGET /later HTTP/1.1\r\nHost: "
        "localhost\r\n\r\n");
    client.end_sending();
    BOOST_TEST(client.read().status == 200);
    BOOST_TEST(client.read().status == 200);
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_it_is_a_head_request_then_the_length_is_told_and_no_body_sent) {
    const auto reply = client.request("HEAD", "/many/1000");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Content-Length") == "1000");
    BOOST_TEST(client.get("/echo").body == "GET /echo ");
}

BOOST_AUTO_TEST_CASE(when_it_asks_for_options_then_there_is_no_body) {
    const auto reply = client.request("OPTIONS", "*");
    BOOST_TEST(reply.status == 204);
    BOOST_TEST(reply.header("Allow") == "GET, OPTIONS");
    BOOST_TEST(reply.header("Content-Length") == "");
    BOOST_TEST(client.get("/echo").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_client_that_expects_100_continue, Connected)

BOOST_AUTO_TEST_CASE(when_the_body_will_be_read_then_it_is_told_to_go_on) {
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    BOOST_TEST(client.read().status == 100);
    client.send("{}");
    BOOST_TEST(client.read().body == "POST /echo {}");
}

BOOST_AUTO_TEST_CASE(when_the_body_is_refused_then_it_is_not_asked_for) {
    client.send(
        "POST /refused HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const auto reply = client.read();
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(reply.header("Connection") == "close");
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(when_it_expects_something_else_then_that_fails) {
    const auto reply = client.get("/echo", "Expect: miracles\r\n");
    BOOST_TEST(reply.status == 417);
    BOOST_TEST(reply.has("urn:firn:problem:expectation-failed"));
    BOOST_TEST(client.get("/echo").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
