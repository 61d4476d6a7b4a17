// firn feed, firn read --follow: events of many streams from the command line, and live.
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace firn::cli {

using test::ChildProcess;
using test::contains;

namespace {

// "1 2 3 ": the positions of lines.
std::string positions(std::string_view lines) {
    std::string text;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        text += std::to_string(json_count(line, "position")) + " ";
    }
    return text;
}

struct Feeds : test::ServedProgram {
    std::filesystem::path errors = directory.path() / "errors";

    void append(const std::string& category, const std::string& id, const std::string& type) const {
        BOOST_TEST(server.run({"append", category, id, "--type", type}).code == 0);
    }
    void append_four() const {
        append("order", "a-1", "Placed");
        append("stock", "tea", "Taken");
        append("order", "b-1", "Placed");
        append("order", "a-1", "Paid");
    }
    ChildProcess start(std::vector<std::string> arguments) const {
        return {server.command(std::move(arguments)), errors};
    }
    // Large events, more than pipes hold.
    void append_much() const {
        std::string lines;
        for (int i = 0; i < 200; ++i) {
            lines += "{\"type\":\"Large\",\"data\":\"" + std::string(10'000, 'x') + "\"}\n";
        }
        BOOST_TEST(server.run({"append", "much", "1", write(lines)}).code == 0);
    }
};

std::string next_position(ChildProcess& child) {
    return positions(child.read_line());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_events_of_many_streams, Feeds)

BOOST_AUTO_TEST_CASE(when_the_feed_is_printed_then_it_ends_at_the_head) {
    BOOST_TEST(server.run({"feed"}).output == "");
    append_four();
    const auto all = server.run({"feed"});
    BOOST_TEST(all.code == 0, all.errors);
    BOOST_TEST(positions(all.output) == "1 2 3 4 ");
    BOOST_TEST(contains(all.output, "\"stream\":{\"category\":\"stock\",\"id\":\"tea\"}"));
    BOOST_TEST(server.run({"feed", "--json"}).output == all.output);
}

BOOST_AUTO_TEST_CASE(when_it_is_filtered_then_only_what_was_asked_for_comes) {
    append_four();
    const auto found = [this](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "feed");
        return positions(server.run(arguments).output);
    };
    BOOST_TEST(found({"--category", "order"}) == "1 3 4 ");
    BOOST_TEST(found({"--category", "order", "--category", "stock"}) == "1 2 3 4 ");
    BOOST_TEST(found({"--type", "Paid", "--type", "Taken"}) == "2 4 ");
    BOOST_TEST(found({"--id-prefix", "a-"}) == "1 4 ");
    BOOST_TEST(found({"--after", "2"}) == "3 4 ");
    BOOST_TEST(found({"--after", "2", "--limit", "1"}) == "3 ");
    BOOST_TEST(found({"--limit", "0"}) == "");
    BOOST_TEST(found({"--after", "99"}) == "");
    BOOST_TEST(found({"--from-end"}) == "");
    BOOST_TEST(found({"--type", "Never"}) == "");
    BOOST_TEST(server.run({"feed", "--category", "bad category"}).code == 1);
    BOOST_TEST(server.run({"feed", "--from-end", "--after", "1"}).code == 2);
}

BOOST_AUTO_TEST_CASE(when_it_is_longer_than_a_page_then_all_of_it_comes) {
    std::string lines;
    for (int i = 0; i < 2'500; ++i) {
        lines += "{\"type\":\"T\"}\n";
    }
    BOOST_TEST(server.run({"append", "long", "1", write(lines)}).code == 0);
    const auto all = server.run({"feed"}).output;
    BOOST_TEST(std::count(all.begin(), all.end(), '\n') == 2'500);
    BOOST_TEST(positions(all).ends_with(" 2499 2500 "));
    const auto some = server.run({"feed", "--limit", "1500"}).output;
    BOOST_TEST(positions(some).ends_with(" 1499 1500 "));
}

BOOST_AUTO_TEST_CASE(when_it_is_followed_across_restarts_then_nothing_is_lost_or_repeated) {
    append("order", "1", "Placed");
    auto feed = start({"feed", "--follow"});
    BOOST_TEST(next_position(feed) == "1 ");
    append("order", "1", "Paid");
    BOOST_TEST(next_position(feed) == "2 ");
    BOOST_TEST(server.stop() == 0);
    {
        auto again = start_again();
        append("order", "1", "Sent");
        BOOST_TEST(next_position(feed) == "3 ");
        again.kill();
    }
    auto again = start_again();
    append("order", "2", "Placed");
    BOOST_TEST(next_position(feed) == "4 ");
    const auto told = test::text_of(errors);
    BOOST_TEST(contains(told, "Trying again until it is back.\nfirn: The server is back.\n"));
    BOOST_TEST(std::count(told.begin(), told.end(), '\n') == 4, told);
    feed.send(SIGINT);
    BOOST_TEST(feed.read_all() == "");
    BOOST_TEST(feed.wait() == 130);
}

BOOST_AUTO_TEST_CASE(when_following_is_limited_then_it_ends_there) {
    append_four();
    const auto ended = server.run({"feed", "--follow", "--type", "Placed", "--limit", "2"});
    BOOST_TEST(ended.code == 0, ended.errors);
    BOOST_TEST(positions(ended.output) == "1 3 ");
    BOOST_TEST(server.run({"feed", "--follow", "--limit", "0"}).code == 0);
}

BOOST_AUTO_TEST_CASE(when_its_reader_goes_away_then_it_ends_without_a_word) {
    append_four();
    const auto pipeline = [this](const std::string& command) {
        ChildProcess shell({"/bin/sh", "-c", command}, errors);
        const auto output = shell.read_all();
        BOOST_TEST(shell.wait() == 0);
        BOOST_TEST(test::text_of(errors) == "");
        return positions(output);
    };
    const auto firn = "'" + test::firn_path() + "' ";
    const auto url = " --url " + server.url() + " | head -n 1";
    // Nothing is appended that could meet the closed pipe.
    BOOST_TEST(pipeline(firn + "feed --follow" + url) == "1 ");
    append_much();
    BOOST_TEST(pipeline(firn + "feed" + url) == "1 ");
    BOOST_TEST(pipeline(firn + "export 2>&1" + url) == "1 ");
}

BOOST_AUTO_TEST_CASE(when_it_is_ended_while_its_reader_is_slow_then_the_last_line_is_whole) {
    append_much();
    for (const char* command : {"feed", "export"}) {
        auto child = start({command});
        BOOST_TEST(next_position(child) == "1 ");
        child.send(SIGTERM);
        const auto rest = child.read_all();
        BOOST_TEST(child.wait() == 143);
        BOOST_TEST((rest.empty() || rest.ends_with('\n')));
        BOOST_TEST(test::text_of(errors) == "");
    }
}

BOOST_AUTO_TEST_CASE(when_a_stream_is_followed_then_its_events_come_until_it_is_deleted) {
    append("order", "1", "Placed");
    append("order", "2", "Placed");
    auto read = start({"read", "order", "1", "--follow"});
    BOOST_TEST(next_position(read) == "1 ");
    append("order", "2", "Paid");
    append("order", "1", "Paid");
    BOOST_TEST(next_position(read) == "4 ");
    BOOST_TEST(server.stop() == 0);
    auto again = start_again();
    append("order", "1", "Sent");
    BOOST_TEST(next_position(read) == "5 ");
    read.send(SIGTERM);
    BOOST_TEST(read.read_all() == "");
    BOOST_TEST(read.wait() == 143);

    const auto some = again.run({"read", "order", "1", "--follow", "--from", "2", "--limit", "2"});
    BOOST_TEST(some.code == 0);
    BOOST_TEST(positions(some.output) == "4 5 ");
    BOOST_TEST(again.run({"read", "order", "none", "--follow"}).code == 1);
    BOOST_TEST(again.run({"read", "order", "1", "--follow", "--backward"}).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
