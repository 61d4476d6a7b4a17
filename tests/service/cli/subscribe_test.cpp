// firn subscribe, firn subscriptions: events through a durable subscription.
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <thread>

namespace firn::cli {

using test::ChildProcess;
using test::contains;

namespace {

struct Subscriptions : test::ServedProgram {
    std::filesystem::path errors = directory.path() / "errors";

    Subscriptions() {
        for (const char* type : {"Placed", "Paid", "Sent"}) {
            append(type);
        }
    }
    void append(const std::string& type) const {
        BOOST_TEST(server.run({"append", "order", "1", "--type", type}).code == 0);
    }
    std::string file(const std::string& name) const { return (directory.path() / name).string(); }
    test::Ended subscribe(std::vector<std::string> options) const {
        options.insert(options.begin(), {"subscribe", "s", "--once"});
        return server.run(options);
    }
    std::uint64_t checkpoint() const {
        return json_count(server.run({"subscriptions", "--json"}).output, "checkpoint");
    }
    // Appends the type of the event that it gets to a file.
    std::string note_types() const {
        return "sed 's/.*\"type\":\"\\([A-Za-z]*\\)\".*/\\1/' >> '" + file("types") + "'";
    }
    std::string noted() const { return test::text_of(file("types")); }
    ChildProcess start(std::vector<std::string> arguments) const {
        return {server.command(std::move(arguments)), errors};
    }
};

std::ptrdiff_t lines_in(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
}

void wait_for(const std::string& path) {
    while (!std::filesystem::exists(path)) {
        std::this_thread::yield();
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_events_to_subscribe_to, Subscriptions)

BOOST_AUTO_TEST_CASE(when_events_are_printed_then_they_are_acknowledged_and_come_once) {
    const auto first = subscribe({});
    BOOST_TEST(first.code == 0, first.errors);
    BOOST_TEST(lines_in(first.output) == 3);
    BOOST_TEST(checkpoint() == 3u);
    BOOST_TEST(subscribe({}).output == "");
    append("Closed");
    BOOST_TEST(json_string(subscribe({}).output, "type") == "Closed");
}

BOOST_AUTO_TEST_CASE(when_a_new_one_is_described_then_that_applies_and_later_only_a_note_is_made) {
    BOOST_TEST(lines_in(subscribe({"--category", "order", "--type", "Paid", "--type", "Sent",
                                   "--id-prefix", "1"})
                            .output) == 2);
    const auto again = subscribe({"--type", "Closed"});
    BOOST_TEST(again.code == 0);
    BOOST_TEST(contains(again.errors, "stays as it is"));
    BOOST_TEST(server.run({"subscribe", "tail", "--once", "--from", "end"}).output == "");
    BOOST_TEST(lines_in(server.run({"subscribe", "late", "--once", "--from", "2"}).output) == 1);
    BOOST_TEST(server.run({"subscribe", "t", "--once", "--from", "soon"}).code == 2);
    BOOST_TEST(server.run({"subscribe", "bad name", "--once"}).code == 1);
}

BOOST_AUTO_TEST_CASE(when_a_command_takes_events_then_it_gets_each_in_order) {
    const auto ended = subscribe({"--exec", note_types()});
    BOOST_TEST(ended.code == 0, ended.errors);
    BOOST_TEST(ended.errors == "");
    BOOST_TEST(noted() == "Placed\nPaid\nSent\n");
    BOOST_TEST(checkpoint() == 3u);
}

BOOST_AUTO_TEST_CASE(when_the_command_fails_for_one_then_it_is_tried_again_and_stays_first) {
    const auto fails_at_2 = "read line; case \"$line\" in *Paid*) exit 9;; esac";
    const auto failed = subscribe({"--exec", fails_at_2, "--retries", "1"});
    BOOST_TEST(failed.code == 8);
    BOOST_TEST(
        contains(failed.errors, "ended with 9 for the event at position 2 (Paid of order/1)"));
    BOOST_TEST(contains(failed.errors, "trying again (1 of 1)"));
    BOOST_TEST(contains(failed.errors, "not acknowledged"));
    BOOST_TEST(checkpoint() == 1u);
    BOOST_TEST(subscribe({"--exec", note_types()}).code == 0);
    BOOST_TEST(noted() == "Paid\nSent\n");
}

BOOST_AUTO_TEST_CASE(when_the_command_fails_for_a_while_then_nothing_is_skipped) {
    const auto fails_once = "test -e '" + file("mark") + "' || { : > '" + file("mark") +
                            "'; exit 1; }; " + note_types();
    const auto ended = subscribe({"--exec", fails_once});
    BOOST_TEST(ended.code == 0);
    BOOST_TEST(contains(ended.errors, "trying again (1 of 10)"));
    BOOST_TEST(noted() == "Placed\nPaid\nSent\n");
}

BOOST_AUTO_TEST_CASE(when_it_waits_then_new_events_come_also_after_a_restart) {
    auto child = start({"subscribe", "s", "--from", "end"});
    // It is there once it is listed; then events count.
    while (server.run({"subscriptions", "--json"}).output.empty()) {
    }
    append("Closed");
    BOOST_TEST(json_string(child.read_line(), "type") == "Closed");
    BOOST_TEST(server.stop() == 0);
    auto again = start_again();
    append("Opened");
    std::string type;
    do {  // the last one may come again, if its acknowledgement was lost
        type = json_string(child.read_line(), "type");
    } while (type == "Closed");
    BOOST_TEST(type == "Opened");
    child.send(SIGINT);
    BOOST_TEST(child.read_all() == "");
    BOOST_TEST(child.wait() == 130);
}

BOOST_AUTO_TEST_CASE(when_it_is_told_to_stop_then_the_command_ends_and_its_event_is_acknowledged) {
    const auto waits = ": > '" + file("begun") + "'; while [ ! -e '" + file("go") +
                       "' ]; do sleep 0.01; done; " + note_types();
    auto child = start({"subscribe", "s", "--exec", waits});
    wait_for(file("begun"));
    child.send(SIGTERM);
    std::ofstream(file("go")) << "go";
    BOOST_TEST(child.read_all() == "");
    BOOST_TEST(child.wait() == 143);
    BOOST_TEST(noted() == "Placed\n");
    BOOST_TEST(checkpoint() == 1u);
}

BOOST_AUTO_TEST_CASE(when_subscriptions_are_listed_then_their_lag_is_told) {
    BOOST_TEST(server.run({"subscriptions"}).output == "");
    BOOST_TEST(subscribe({}).code == 0);
    append("Closed");
    const auto listed = server.run({"subscriptions"});
    BOOST_TEST(contains(listed.output, "CHECKPOINT"));
    BOOST_TEST(contains(listed.output, "           1 "));
    BOOST_TEST(contains(listed.output, "  s\n"));
    const auto for_programs = server.run({"subscriptions", "--json"}).output;
    BOOST_TEST(json_string(for_programs, "name") == "s");
    BOOST_TEST(json_count(json_member(for_programs, "lag"), "events") == 1u);
    const auto deleted = server.run({"subscriptions", "delete", "s"});
    BOOST_TEST(deleted.output == "subscription s is deleted\n");
    BOOST_TEST(server.run({"subscriptions", "delete", "s"}).code == 1);
    BOOST_TEST(server.run({"subscriptions"}).output == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
