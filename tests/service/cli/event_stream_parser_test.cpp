#include "service/cli/follow/event_stream_parser.hpp"
#include "service/cli/follow/outage.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace firn::cli {
namespace {

// "event|id|data" of each message, for text that comes in the pieces given.
std::vector<std::string> messages_in(const std::vector<std::string_view>& pieces) {
    EventStreamParser parser;
    std::vector<std::string> messages;
    for (const auto piece : pieces) {
        parser.feed(piece);
        while (const auto message = parser.next()) {
            messages.push_back(message->event + "|" + message->id + "|" + message->data);
        }
    }
    return messages;
}

constexpr std::string_view all_kinds =
    "\xef\xbb\xbfretry: 1000\n"
    "\n"
    "id: 1\n"
    "data: {\"a\":1}\n"
    "\n"
    ":\r\n"
    "\r\n"
    "id: 2\r\n"
    "data: first\r\n"
    "data:second\r\n"
    "data\r\n"
    "\r\n"
    ": a comment\r"
    "event: caught-up\r"
    "data:  two blanks\r"
    "\r"
    "id: 3\n"
    "\n"
    "unknown: field\n"
    "data: with the id from before\n"
    "\n"
    "id: 4\n"
    "data: never ended";

const std::vector<std::string> expected{
    "message|1|{\"a\":1}",
    "message|2|first\nsecond\n",
    "caught-up|2| two blanks",
    "message|3|with the id from before",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_text_of_server_sent_events)

BOOST_AUTO_TEST_CASE(when_it_comes_at_once_then_its_messages_are_read) {
    BOOST_TEST(messages_in({all_kinds}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_it_is_split_anywhere_then_its_messages_are_the_same) {
    for (std::size_t at = 0; at <= all_kinds.size(); ++at) {
        const auto messages = messages_in({all_kinds.substr(0, at), all_kinds.substr(at)});
        BOOST_TEST(messages == expected, "split at " << at);
    }
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at != all_kinds.size(); ++at) {
        bytes.push_back(all_kinds.substr(at, 1));
    }
    BOOST_TEST(messages_in(bytes) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_message_has_not_ended_then_its_bytes_are_counted_as_held) {
    EventStreamParser parser;
    parser.feed("data: 12345\ndata: 678");
    BOOST_TEST(!parser.next().has_value());
    BOOST_TEST(parser.held_bytes() == 5u + 9u);
    parser.feed("\n\n");
    BOOST_TEST(parser.next().has_value());
    BOOST_TEST(parser.held_bytes() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_attempts_that_fail)

BOOST_AUTO_TEST_CASE(when_pauses_are_asked_for_then_they_double_up_to_a_bound) {
    Backoff backoff;
    std::vector<std::int64_t> pauses;
    for (int i = 0; i < 7; ++i) {
        pauses.push_back(backoff.next().count());
    }
    const std::vector<std::int64_t> doubling{200, 400, 800, 1600, 3200, 5000, 5000};
    BOOST_TEST(pauses == doubling, boost::test_tools::per_element());
    backoff.reset();
    BOOST_TEST(backoff.next().count() == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
