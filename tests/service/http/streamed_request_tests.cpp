// Requests whose bodies are read while they are handled.
#include "tests/support/http_client.hpp"
#include "tests/support/piece_server.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

struct Connected {
    PieceServer server;
    HttpClient client{server.port()};
};

constexpr char json_head[] =
    "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

std::string chunked(const std::string& chunks) {
    return std::string(json_head) + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
}

std::string with_length(std::size_t length, const std::string& body) {
    return std::string(json_head) + "Content-Length: " + std::to_string(length) + "\r\n\r\n" + body;
}

std::string after_the_colon(const std::string& body) {
    return body.substr(body.find(": ") + 2);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_body_read_while_it_is_handled, Connected)

BOOST_AUTO_TEST_CASE(when_it_comes_with_its_head_then_it_is_one_piece) {
    client.send(with_length(5, "hello"));
    BOOST_TEST(client.read().body == "end in 2: hello");
    client.send(chunked("5\r\nhello\r\n0\r\n\r\n"));
    BOOST_TEST(client.read().body == "end in 2: hello");
    client.send(with_length(0, ""));
    BOOST_TEST(client.read().body == "end in 1: ");
    BOOST_TEST(client.get("/echo").body == "echo");
}

BOOST_AUTO_TEST_CASE(when_it_is_split_at_any_byte_then_it_is_the_same) {
    for (const auto& request : {with_length(11, "hello world"),
                                chunked("5\r\nhello\r\n6;x=1\r\n world\r\n0\r\nT: x\r\n\r\n")}) {
        const auto head = request.find("\r\n\r\n") + 4;
        for (auto cut = head; cut != request.size(); ++cut) {
            // The 100 says that the server has taken what is before the cut.
            auto first = request.substr(0, head);
            first.insert(first.size() - 2, "Expect: 100-continue\r\n");
            client.send(first);
            BOOST_TEST(client.read().status == 100);
            client.send(request.substr(head, cut - head));
            client.send(request.substr(cut));
            BOOST_TEST(after_the_colon(client.read().body) == "hello world");
        }
        for (const char& byte : request) {
            client.send({&byte, 1});
        }
        BOOST_TEST(after_the_colon(client.read().body) == "hello world");
    }
}

BOOST_AUTO_TEST_CASE(when_requests_follow_it_then_none_of_their_bytes_is_taken) {
    const std::string next = "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.send(with_length(5, "hello") + next + chunked("5\r\nhello\r\n0\r\n\r\n") + next +
                with_length(2, "{}") + next);
    for (const auto* body : {"hello", "hello", "{}"}) {
        BOOST_TEST(after_the_colon(client.read().body) == body);
        BOOST_TEST(client.read().body == "echo");
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_larger_than_gathered_bodies_may_be_then_it_is_read_all_the_same) {
    HttpConfig config;
    config.limits.body_bytes_max = 1000;
    PieceServer small(config);
    HttpClient other(small.port());
    const std::string body(3'000'000, 'b');
    other.send(with_length(body.size(), body));
    BOOST_TEST((after_the_colon(other.read().body) == body));
    other.send(chunked("2dc6c0\r\n" + body + "\r\n0\r\n\r\n"));
    BOOST_TEST((after_the_colon(other.read().body) == body));
}

BOOST_AUTO_TEST_CASE(when_it_is_compressed_then_that_is_the_handlers_affair) {
    client.send(std::string(json_head) + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx");
    BOOST_TEST(after_the_colon(client.read().body) == "xx");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_body_that_breaks_off, Connected)

BOOST_AUTO_TEST_CASE(when_its_chunks_are_malformed_then_the_reader_is_told) {
    const std::string after_good = "5\r\nhello\r\n";
    for (const auto* bad : {"x\r\n", "2\r\nabcd\r\n0\r\n\r\n", "ffffffffffffffff\r\nb",
                            "10000000000000000\r\nb", "0\r\nbad trailer\r\n\r\n"}) {
        for (const auto& before : {std::string(), after_good}) {
            HttpClient other(server.port());
            other.send(chunked(before + bad));
            const auto reply = other.read();
            BOOST_TEST(reply.status == 400, before << bad);
            BOOST_TEST(reply.header("Connection") == "close");
            BOOST_TEST(other.ended());
        }
    }
    BOOST_TEST(server.counters().timeouts.load() == 0u);
}

BOOST_AUTO_TEST_CASE(when_a_chunks_head_never_ends_then_it_is_malformed) {
    client.send(chunked("5;x=" + std::string(200'000, 'x')));
    BOOST_TEST(client.read().status == 400);
}

BOOST_AUTO_TEST_CASE(when_the_client_ends_early_then_the_reader_is_told) {
    for (const auto& part : {with_length(10, "hello"), chunked("5\r\nhel"), chunked("")}) {
        HttpClient other(server.port());
        other.send(part);
        other.end_sending();
        const auto reply = other.read();
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(reply.has("in the middle of the body"));
        BOOST_TEST(reply.header("Connection") == "close");
        BOOST_TEST(other.ended());
    }
}

BOOST_AUTO_TEST_CASE(when_it_stops_coming_then_the_reader_is_told) {
    HttpConfig config;
    config.timeouts.body = std::chrono::milliseconds(100);
    config.timeouts.sweep = std::chrono::milliseconds(10);
    PieceServer impatient(config);
    HttpClient other(impatient.port());
    other.send(with_length(10, "hello"));
    const auto reply = other.read();
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.has("stopped coming"));
    BOOST_TEST(other.ended());
    BOOST_TEST(impatient.counters().timeouts.load() == 1u);
}

BOOST_AUTO_TEST_CASE(when_the_server_stops_then_it_is_cut_at_the_deadline) {
    HttpConfig config;
    config.timeouts.stop = std::chrono::milliseconds(50);
    PieceServer stopping(config);
    HttpClient other(stopping.port());
    BOOST_TEST(other.get("/echo").body == "echo");
    other.send(with_length(10, "hello"));
    stopping.stop();
    BOOST_TEST(stopping.counters().connections_open.load() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_handler_that_does_not_read_it_all, Connected)

BOOST_AUTO_TEST_CASE(when_it_answers_then_the_connection_says_close_and_lingers) {
    for (const std::string path : {"/unread", "/first"}) {
        HttpClient other(server.port());
        const std::string body(3'000'000, 'b');
        // All of it is sent, although nobody takes it: the answer must come through.
        const auto reply = other.post(path, body);
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.header("Connection") == "close");
        BOOST_TEST(other.ended());
    }
}

BOOST_AUTO_TEST_CASE(when_what_it_read_was_all_then_the_connection_is_kept) {
    const auto reply = client.post("/first", "hello");
    BOOST_TEST(reply.body == "piece: hello");
    BOOST_TEST(reply.header("Connection") == "");
    BOOST_TEST(client.get("/echo").body == "echo");
}

BOOST_AUTO_TEST_CASE(when_it_refuses_before_the_body_then_a_body_that_is_here_is_passed_over) {
    const auto reply = client.post("/refused", "hello");
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(reply.header("Connection") == "");
    BOOST_TEST(client.get("/echo").body == "echo");
}

BOOST_AUTO_TEST_CASE(when_it_refuses_and_the_body_is_expected_then_it_is_not_asked_for) {
    client.send(
        "POST /refused HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const auto reply = client.read();
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(reply.header("Connection") == "close");
    BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
