#include "service/cli/follow/follow_feed.hpp"
#include "service/cli/exit_code.hpp"
#include "tests/service/cli/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace firn::cli {
namespace {

using test::chunk;
using test::ScriptedServer;

std::string message(int id) {
    const auto number = std::to_string(id);
    return "id: " + number + "\ndata: " + number + "\n\n";
}

std::string feed(const std::string& text) {
    return test::chunked_head("text/event-stream") + chunk(text);
}

std::string answer(const std::string& status) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
}

bool states_id(const std::string& request, const std::string& id) {
    return request.find("Last-Event-ID: " + id + "\r\n") != std::string::npos;
}

// What a follower takes until it has the number, or the following fails.
struct Followed {
    std::string taken;
    int pauses = 0;
    std::optional<ExitCode> failure;
};

Followed follow(const std::string& url, int last,
                std::chrono::milliseconds silence = std::chrono::minutes(1)) {
    Followed followed;
    StopSignals stop;
    Follower follower;
    follower.take = [&](const ServerSentMessage& message) {
        followed.taken += message.data + " ";
        return message.data != std::to_string(last);
    };
    follower.pause = [&] { ++followed.pauses; };
    HttpStream::Timeouts timeouts;
    timeouts.silence = silence;
    try {
        follow_feed({parse_server_url(url), "/feed", timeouts}, follower, stop);
    } catch (const CommandFailure& failure) {
        followed.failure = failure.code();
    }
    return followed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_live_feed)

BOOST_AUTO_TEST_CASE(when_connections_break_then_each_message_is_taken_once) {
    ScriptedServer server({{feed(message(1) + message(2) + "id: 3\nda")},
                           {feed("")},
                           {feed(message(3)) + chunk("") /* a clean end */},
                           {feed(message(4) + message(5))}});
    const auto followed = follow(server.url(), 4);
    BOOST_TEST(followed.taken == "1 2 3 4 ");
    BOOST_TEST(followed.pauses >= 3);
    const auto requests = server.requests();
    BOOST_REQUIRE(requests.size() == 4u);
    BOOST_TEST(requests[0].find("Last-Event-ID") == std::string::npos);
    BOOST_TEST(requests[0].find("Accept: text/event-stream\r\n") != std::string::npos);
    BOOST_TEST(states_id(requests[1], "2"));
    BOOST_TEST(states_id(requests[2], "2"));
    BOOST_TEST(states_id(requests[3], "3"));
}

BOOST_AUTO_TEST_CASE(when_it_falls_silent_then_that_is_a_broken_connection) {
    ScriptedServer server({{feed(message(1)), true}, {feed(message(2)), true}});
    // The first answer must come within it, too.
    const auto followed = follow(server.url(), 2, std::chrono::seconds(10));
    BOOST_TEST(followed.taken == "1 2 ");
}

BOOST_AUTO_TEST_CASE(when_the_server_is_not_ready_again_then_it_is_asked_again) {
    ScriptedServer server(
        {{feed(message(1))}, {answer("503 Service Unavailable")}, {feed(message(2))}});
    BOOST_TEST(follow(server.url(), 2).taken == "1 2 ");
}

BOOST_AUTO_TEST_CASE(when_the_server_refuses_then_the_following_ends) {
    ScriptedServer server({{feed(message(1))}, {answer("410 Gone")}});
    const auto followed = follow(server.url(), 2);
    BOOST_TEST(followed.taken == "1 ");
    BOOST_TEST((followed.failure == ExitCode::refused));
}

BOOST_AUTO_TEST_CASE(when_the_server_was_never_there_then_the_following_ends) {
    BOOST_TEST((follow("http://127.0.0.1:1", 1).failure == ExitCode::unreachable));
    ScriptedServer server({{answer("503 Service Unavailable")}});
    BOOST_TEST((follow(server.url(), 1).failure == ExitCode::refused));
}

BOOST_AUTO_TEST_CASE(when_a_signal_comes_then_waiting_ends) {
    ScriptedServer server({{feed(message(1)), true}});
    StopSignals stop;
    Follower follower;
    follower.take = [](const ServerSentMessage&) {
        ::raise(SIGTERM);
        return true;
    };
    follower.pause = [] {};
    BOOST_CHECK_EXCEPTION(
        follow_feed({parse_server_url(server.url()), "/feed", {}}, follower, stop), Stopped,
        [](const Stopped& stopped) {
            return stopped.code() == static_cast<ExitCode>(128 + SIGTERM);
        });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_an_answer_that_is_read_as_it_comes)

namespace {

std::string all_of(const std::string& url) {
    StopSignals stop;
    HttpStream stream(parse_server_url(url), {"/", {}, nullptr}, {}, &stop);
    std::string text;
    try {
        for (auto piece = stream.read(); !piece.empty(); piece = stream.read()) {
            text += piece;
        }
    } catch (const CommandFailure& failure) {
        BOOST_TEST((failure.code() == ExitCode::unreachable));
        text += "broken";
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(when_it_ends_as_it_should_then_all_of_it_is_read) {
    const std::string large(1u << 20, 'x');
    ScriptedServer server({{feed("one") + chunk(large) + chunk("")},
                           {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"},
                           {answer("200 OK")}});
    BOOST_TEST((all_of(server.url()) == "one" + large));
    BOOST_TEST(all_of(server.url()) == "two");
    BOOST_TEST(all_of(server.url()) == "");
}

BOOST_AUTO_TEST_CASE(when_it_breaks_off_then_that_is_told) {
    ScriptedServer server({{feed("one")},
                           {test::chunked_head("text/plain") + "5\r\ntw"},
                           {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthree"},
                           {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfou"}});
    BOOST_TEST(all_of(server.url()) == "onebroken");
    BOOST_TEST(all_of(server.url()).ends_with("broken"));
    BOOST_TEST(all_of(server.url()) == "three");
    BOOST_TEST(all_of(server.url()).ends_with("broken"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
