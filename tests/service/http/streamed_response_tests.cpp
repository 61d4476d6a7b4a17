// Responses whose bodies are made as they are sent.
#include "tests/support/http_client.hpp"
#include "tests/support/piece_server.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace firn::test {

namespace {

struct Connected {
    PieceServer server;
    HttpClient client{server.port()};

    void ask(const std::string& target, const std::string& version = "1.1") {
        client.send("GET " + target + " HTTP/" + version + "\r\nHost: localhost\r\n\r\n");
    }
};

// The server notices by itself that a client is gone. It must have let it in.
void wait_until_closed(const PieceServer& server) {
    while (server.counters().connections_open.load() != 0) {
        std::this_thread::yield();
    }
}

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

BOOST_FIXTURE_TEST_SUITE(given_a_body_that_is_made_as_it_is_sent, Connected)

BOOST_AUTO_TEST_CASE(when_it_ends_then_its_pieces_were_chunks_byte_for_byte) {
    ask("/pieces/3/0/17");
    const auto reply = client.read_head();
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Transfer-Encoding") == "chunked");
    BOOST_TEST(reply.header("Content-Length") == "");
    BOOST_TEST(reply.header("Connection") == "");
    const std::string whole = "00000003\r\naaa\r\n00000011\r\nccccccccccccccccc\r\n0\r\n\r\n";
    BOOST_TEST(client.read_bytes(whole.size()) == whole);
    BOOST_TEST(client.get("/echo").body == "echo");
}

BOOST_AUTO_TEST_CASE(when_pieces_have_odd_sizes_then_each_is_whole) {
    for (const std::size_t size : {1u, 15u, 16u, 65'535u, 65'536u, 65'537u, 3'000'001u}) {
        const auto reply = client.get("/pieces/" + std::to_string(size) + "/1");
        BOOST_TEST((reply.body == std::string(size, 'a') + "b"), size);
    }
    BOOST_TEST(server.sources() == 0);
}

BOOST_AUTO_TEST_CASE(when_all_pieces_are_empty_then_so_is_the_body) {
    BOOST_TEST(client.get("/pieces/0/0/0").body == "");
    BOOST_TEST(client.get("/echo").body == "echo");
}

BOOST_AUTO_TEST_CASE(when_a_piece_takes_its_time_then_those_before_it_are_there_already) {
    ask("/pieces/2/hold/1");
    BOOST_TEST(client.read_head().status == 200);
    BOOST_TEST(client.read_chunk().value() == "aa");
    BOOST_TEST(server.counters().streams_open.load() == 1u);
    server.release();
    BOOST_TEST(client.read_chunk().value() == "c");
    BOOST_TEST(!client.read_chunk());
    BOOST_TEST(server.counters().streams_open.load() == 0u);
    BOOST_TEST(server.sources() == 0);
}

BOOST_AUTO_TEST_CASE(when_requests_were_pipelined_behind_it_then_they_are_answered_after_it) {
    client.send(
        "GET /pieces/2/hold/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "GET /pieces/4 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.release();
    BOOST_TEST(client.read().body == "aac");
    BOOST_TEST(client.read().body == "echo");
    BOOST_TEST(client.read().body == "aaaa");
}

BOOST_AUTO_TEST_CASE(when_only_its_head_is_asked_for_then_no_piece_is_made) {
    const auto reply = client.request("HEAD", "/pieces/3/throw");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Transfer-Encoding") == "chunked");
    BOOST_TEST(server.sources() == 0);
    BOOST_TEST(client.get("/echo").body == "echo");
    BOOST_TEST(server.pieces() == 0u);
}

BOOST_AUTO_TEST_CASE(when_the_client_speaks_1_0_then_the_end_of_the_connection_is_its_end) {
    client.send("GET /pieces/3/0/2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto reply = client.read_head();
    BOOST_TEST(reply.header("Transfer-Encoding") == "");
    BOOST_TEST(reply.header("Content-Length") == "");
    BOOST_TEST(reply.header("Connection") == "close");
    BOOST_TEST(client.read_to_end() == "aaacc");
    BOOST_TEST(!client.was_reset());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_body_that_fails_in_the_middle, Connected)

BOOST_AUTO_TEST_CASE(when_it_is_in_chunks_then_the_last_one_never_comes) {
    ask("/pieces/3/throw");
    BOOST_TEST(client.read_head().status == 200);
    BOOST_TEST(client.read_to_end() == "00000003\r\naaa\r\n");
    BOOST_TEST(server.counters().failures.load() == 1u);
    wait_until_closed(server);
    BOOST_TEST(server.counters().streams_open.load() == 0u);
    BOOST_TEST(HttpClient(server.port()).get("/echo").body == "echo");
}

BOOST_AUTO_TEST_CASE(when_it_fails_at_once_then_a_head_without_a_body_is_all) {
    ask("/pieces/throw");
    BOOST_TEST(client.read_head().status == 200);
    BOOST_TEST(client.read_to_end() == "");
}

BOOST_AUTO_TEST_CASE(when_the_client_speaks_1_0_then_the_connection_is_reset) {
    ask("/pieces/3/throw", "1.0");
    wait_until_closed(server);
    (void)client.read_to_end();
    BOOST_TEST(client.was_reset());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_client_that_does_not_take_a_body)

BOOST_AUTO_TEST_CASE(when_it_stops_reading_then_no_more_is_made_than_the_sockets_hold) {
    HttpConfig config;
    config.timeouts.response = std::chrono::milliseconds(100);
    config.timeouts.sweep = std::chrono::milliseconds(10);
    PieceServer server(config);
    HttpClient client(server.port());
    client.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(client.read_head().status == 200);
    wait_until_closed(server);
    BOOST_TEST(server.pieces() < 1'000u);  // 64 MB; sockets hold a tenth of that
    BOOST_TEST(server.sources() == 0);
}

BOOST_AUTO_TEST_CASE(when_it_goes_away_then_its_source_does_too) {
    PieceServer server;
    {
        HttpClient client(server.port());
        client.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
        BOOST_TEST(client.read_head().status == 200);
        BOOST_TEST(client.read_chunk().has_value());
    }
    wait_until_closed(server);
    BOOST_TEST(server.sources() == 0);
    BOOST_TEST(server.counters().streams_open.load() == 0u);
}

BOOST_AUTO_TEST_CASE(when_it_takes_all_then_others_are_served_meanwhile) {
    PieceServer server;
    std::vector<std::unique_ptr<HttpClient>> greedy;
    std::vector<std::thread> readers;
    std::atomic<bool> enough{false};
    for (int i = 0; i != 4; ++i) {  // more than the server has threads
        greedy.push_back(std::make_unique<HttpClient>(server.port()));
        readers.emplace_back([&client = *greedy.back(), &enough] {
            client.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
            (void)client.read_head();
            while (!enough.load()) {
                (void)client.read_chunk();
            }
        });
    }
    HttpClient other(server.port());
    for (int i = 0; i != 20; ++i) {
        BOOST_TEST(other.get("/echo").body == "echo");
    }
    enough.store(true);
    for (auto& reader : readers) {
        reader.join();
    }
    greedy.clear();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_server_that_stops_while_it_sends)

BOOST_AUTO_TEST_CASE(when_the_body_ends_in_time_then_it_is_whole) {
    HttpConfig config;
    config.timeouts.stop = std::chrono::hours(1);
    PieceServer server(config);
    HttpClient client(server.port());
    client.send("GET /pieces/2/hold/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(client.read_head().status == 200);
    BOOST_TEST(client.read_chunk().value() == "aa");
    auto stopped = server.begin_stop();
    wait_until_refused(server.port());
    server.release();
    BOOST_TEST(client.read_to_end() == "00000001\r\nc\r\n0\r\n\r\n");
    BOOST_TEST(!client.was_reset());
    stopped.get();
}

BOOST_AUTO_TEST_CASE(when_the_body_has_no_end_then_it_is_cut_at_the_deadline) {
    HttpConfig config;
    config.timeouts.stop = std::chrono::milliseconds(50);
    PieceServer server(config);
    HttpClient client(server.port());
    client.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(client.read_head().status == 200);
    server.stop();
    BOOST_TEST(server.counters().connections_open.load() == 0u);
    BOOST_TEST(!client.read_to_end().ends_with("\r\n0\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
