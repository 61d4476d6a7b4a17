#include "service/cli/json_layout.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace firn::cli {

using test::contains;
using test::Program;
using test::ServedProgram;

namespace {

// Changes one letter wherever the text stands in the file; whether it stood there.
bool spoil(const std::filesystem::path& file, const std::string& text) {
    auto bytes = test::text_of(file);
    bool found = false;
    for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) {
        bytes[at] ^= 1;
        found = true;
    }
    if (found) {
        test::write_text(file, bytes);
    }
    return found;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_the_program, Program)

BOOST_AUTO_TEST_CASE(when_asked_for_help_then_it_teaches_and_lists_exit_codes) {
    const auto help = test::run_firn({"--help"});
    BOOST_TEST(help.code == 0);
    BOOST_TEST(contains(help.output, "A first tour"));
    BOOST_TEST(contains(help.output, "Exit codes"));
    for (const char* command :
         {"serve", "append", "command", "read", "state", "streams", "snapshots", "categories",
          "advise", "stats", "import", "export", "feed", "subscribe", "subscriptions", "verify"}) {
        BOOST_TEST(contains(help.output, command));
        const auto detail = test::run_firn({command, "--help"});
        BOOST_TEST(detail.code == 0);
        BOOST_TEST(contains(detail.output, "Examples:"));
    }
}

BOOST_AUTO_TEST_CASE(when_arguments_are_wrong_then_it_ends_with_2_and_says_why) {
    const auto code_of = [](const std::vector<std::string>& arguments) {
        const auto ended = test::run_firn(arguments);
        BOOST_TEST(!ended.errors.empty());
        BOOST_TEST(ended.output.empty());
        return ended.code;
    };
    BOOST_TEST(code_of({}) == 2);
    BOOST_TEST(code_of({"dance"}) == 2);
    BOOST_TEST(code_of({"state", "c"}) == 2);
    BOOST_TEST(code_of({"read", "c", "s", "--from", "x"}) == 2);
    BOOST_TEST(code_of({"append", "c", "s"}) == 2);
    BOOST_TEST(code_of({"append", "c", "s", "--type", "T", "--data", "{"}) == 2);
    BOOST_TEST(code_of({"append", "c", "s", "--type", "T", "--expect", "soon"}) == 2);
    BOOST_TEST(code_of({"stats", "--url", "https://127.0.0.1"}) == 2);
    BOOST_TEST(code_of({"serve", "--data", data.string(), "--set", "threads"}) == 2);
    BOOST_TEST(code_of({"serve", "--data", data.string(), "--listen", "0.0.0.0:0"}) == 2);
    BOOST_TEST(!std::filesystem::exists(data));
}

BOOST_AUTO_TEST_CASE(when_no_server_is_there_then_it_ends_with_3) {
    const auto ended = test::run_firn({"stats", "--url", "http://127.0.0.1:1"});
    BOOST_TEST(ended.code == 3);
    BOOST_TEST(contains(ended.errors, "http://127.0.0.1:1 cannot be reached"));
}

BOOST_AUTO_TEST_CASE(when_the_data_directory_cannot_be_used_then_serving_ends_with_6) {
    const auto ended =
        test::run_firn({"serve", "--data", write("a file") + "/sub", "--listen", "127.0.0.1:0"});
    BOOST_TEST(ended.code == 6);
    BOOST_TEST(contains(ended.errors, "input"));
}

BOOST_AUTO_TEST_CASE(when_a_directory_that_holds_no_store_is_verified_then_that_is_no_damage) {
    const auto ended = test::run_firn({"verify", data.string()});
    BOOST_TEST(ended.code == 6);
    BOOST_TEST(contains(ended.errors, data.string()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_program_that_serves, ServedProgram)

BOOST_AUTO_TEST_CASE(when_events_are_appended_then_they_can_be_read_folded_and_listed) {
    const auto appended = server.run({"append", "order", "4/2", "--type", "Placed", "--data",
                                      "{\"total\": 3.50}", "--expect", "none"});
    BOOST_TEST(appended.output == "appended version 1 of order/4/2, position 1\n");
    const auto file =
        write("{\"type\":\"Paid\",\"data\":{\"paid\":true}}\n\n{\"type\":\"Sent\"}\n");
    const auto two = server.run({"append", "order", "4/2", file, "--expect", "1", "--json"});
    BOOST_TEST(json_count(two.output, "version") == 3u);

    const auto read = server.run({"read", "order", "4/2", "--from", "2", "--limit", "1"});
    BOOST_TEST(json_string(read.output, "type") == "Paid");
    BOOST_TEST(std::count(read.output.begin(), read.output.end(), '\n') == 1);
    const auto newest = server.run({"read", "order", "4/2", "--backward"});
    BOOST_TEST(json_string(newest.output.substr(0, newest.output.find('\n')), "type") == "Sent");

    const auto state = server.run({"state", "order", "4/2", "--json"});
    BOOST_TEST(json_member(state.output, "state") == "{\"total\":3.5,\"paid\":true}");
    const auto initial = server.run({"state", "order", "4/2", "--version", "0"});
    BOOST_TEST(contains(initial.output, "{}"));
    const auto listed = server.run({"streams", "--prefix", "4"});
    BOOST_TEST(contains(listed.output, "order/4/2"));
    BOOST_TEST(json_count(server.run({"stats", "--json"}).output, "events") == 3u);
    BOOST_TEST(contains(server.run({"stats"}).output, "head_position"));
}

BOOST_AUTO_TEST_CASE(when_the_server_refuses_then_it_ends_with_1_and_tells_the_detail) {
    const auto conflict = server.run({"append", "order", "1", "--type", "T", "--expect", "7"});
    BOOST_TEST(conflict.code == 1);
    BOOST_TEST(contains(conflict.errors, "version 7 was expected"));
    BOOST_TEST(server.run({"read", "order", "unknown"}).code == 1);
    BOOST_TEST(server.run({"append", "bad category", "1", "--type", "T"}).code == 1);
}

BOOST_AUTO_TEST_CASE(when_an_import_meets_a_cut_archive_then_it_ends_with_5) {
    const auto file = write(std::string("\x28\xb5\x2f\xfd", 4));
    const auto ended = server.run({"import", file, "--category", "c", "--id-field", "stream"});
    BOOST_TEST(ended.code == 5);
    BOOST_TEST(contains(ended.errors, "ends in the middle"));
}

BOOST_AUTO_TEST_CASE(when_a_second_server_takes_its_data_directory_then_that_one_is_refused) {
    const auto second =
        test::run_firn({"serve", "--data", data.string(), "--listen", "127.0.0.1:0"});
    BOOST_TEST(second.code == 6);
    BOOST_TEST(contains(second.errors, "firn: "));
}

BOOST_AUTO_TEST_CASE(when_its_port_is_taken_then_another_server_is_refused) {
    const auto address = server.url().substr(std::string("http://").size());
    const auto second = test::run_firn(
        {"serve", "--data", (directory.path() / "other").string(), "--listen", address});
    BOOST_TEST(second.code == 6);
    BOOST_TEST(contains(second.errors, "Cannot listen on " + address));
}

BOOST_AUTO_TEST_CASE(when_it_is_told_to_stop_then_it_ends_with_0_and_what_it_held_is_kept) {
    BOOST_TEST(server.run({"append", "order", "1", "--type", "T"}).code == 0);
    BOOST_TEST(server.stop() == 0);
    BOOST_TEST(contains(server.log(), "\"event\":\"ready\""));
    BOOST_TEST(contains(server.log(), "\"event\":\"stopped\""));
    test::ServerProcess reopened(data);
    BOOST_TEST(reopened.run({"read", "order", "1"}).code == 0);
    reopened.send(SIGINT);
    BOOST_TEST(reopened.wait() == 0);
}

BOOST_AUTO_TEST_CASE(when_a_stopped_directory_is_verified_then_damage_in_it_is_found) {
    const std::string needle = "a text to look for in the files";
    BOOST_TEST(
        server.run({"append", "order", "1", "--type", "T", "--data", "\"" + needle + "\""}).code ==
        0);
    BOOST_TEST(test::run_firn({"verify", data.string()}).code == 6);  // it is in use
    BOOST_TEST(server.stop() == 0);
    const auto sound = test::run_firn({"verify", data.string()});
    BOOST_TEST(sound.code == 0);
    BOOST_TEST(contains(sound.output, "is sound: 1 events in 1 streams"));

    std::size_t changed = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(data)) {
        changed += file.is_regular_file() && spoil(file.path(), needle) ? 1 : 0;
    }
    BOOST_TEST(changed != 0u);
    const auto damaged = test::run_firn({"verify", data.string()});
    BOOST_TEST(damaged.code == 4);
    BOOST_TEST(contains(damaged.errors, "is damaged"));
    const auto for_programs = test::run_firn({"verify", data.string(), "--json"});
    BOOST_TEST(for_programs.code == 4);
    BOOST_TEST(json_member(for_programs.output, "sound") == "false");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
