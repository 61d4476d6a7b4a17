// firn export, firn import: whole stores out and in.
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/scripted_server.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace firn::cli {

using test::ChildProcess;
using test::contains;

namespace {

std::string line(int stream, int n) {
    return "{\"stream\":\"s" + std::to_string(stream) +
           "\",\"type\":\"T\",\"data\":{\"n\":" + std::to_string(n) + "}}\n";
}

// Streams 0 to 9: stream k has 10 k events, interleaved.
std::string interleaved() {
    std::string text;
    for (int n = 1; n <= 90; ++n) {
        for (int stream = 0; stream < 10; ++stream) {
            text += n <= 10 * stream ? line(stream, n) : "";
        }
    }
    return text;
}

struct Stores : test::ServedProgram {
    std::string file(const std::string& name) const { return (directory.path() / name).string(); }

    test::Ended import(const std::string& text) const {
        return server.run(
            {"import", write(text), "--category", "c", "--id-field", "stream", "--json"});
    }
    // "1 2 3 ": what the events of a stream hold, in order.
    static std::string numbers_in(const test::ServerProcess& of, const std::string& id) {
        std::string numbers;
        const auto events = of.run({"read", "c", id}).output;
        for (std::string_view rest = events; !rest.empty();) {
            const auto event = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(event.size() + 1);
            numbers += std::to_string(json_count(json_member(event, "data"), "n")) + " ";
        }
        return numbers;
    }
    static void check_all_streams(const test::ServerProcess& of) {
        for (int stream = 1; stream < 10; ++stream) {
            std::string expected;
            for (int n = 1; n <= 10 * stream; ++n) {
                expected += std::to_string(n) + " ";
            }
            BOOST_TEST(numbers_in(of, "s" + std::to_string(stream)) == expected);
        }
    }
    bool has_part(const std::string& path) const {
        for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
            if (entry.path().string().starts_with(path + ".part")) {
                return true;
            }
        }
        return false;
    }
};

void check_counts(const test::Ended& ended, std::uint64_t appended, std::uint64_t skipped) {
    BOOST_TEST(ended.code == 0, ended.errors);
    BOOST_TEST(json_count(ended.output, "events_read") == appended + skipped);
    BOOST_TEST(json_count(ended.output, "events_appended") == appended);
    BOOST_TEST(json_count(ended.output, "events_skipped") == skipped);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_file_of_foreign_lines, Stores)

BOOST_AUTO_TEST_CASE(when_it_is_imported_then_every_stream_has_its_events_once) {
    const auto first = import(interleaved());
    check_counts(first, 450, 0);
    BOOST_TEST(json_count(first.output, "streams") == 9u);
    check_all_streams(server);
    check_counts(import(interleaved()), 0, 450);
    check_all_streams(server);
}

BOOST_AUTO_TEST_CASE(when_an_import_was_cut_short_then_the_next_one_completes_it) {
    const auto whole = interleaved();
    const auto cut = whole.find('\n', whole.size() * 9 / 10) + 1;
    const auto first = import(whole.substr(0, cut));
    const auto appended = json_count(first.output, "events_appended");
    check_counts(import(whole), 450 - appended, appended);
    check_all_streams(server);
}

BOOST_AUTO_TEST_CASE(when_a_stream_holds_something_else_then_the_import_ends_and_says_where) {
    check_counts(import(line(1, 7)), 1, 0);
    const auto refused = import(line(2, 1) + line(1, 8));
    BOOST_TEST(refused.code == 1);
    BOOST_TEST(contains(refused.errors, "line 2: "));
    BOOST_TEST(contains(refused.errors, "c/s1 holds another event at version 1"));
    BOOST_TEST(contains(refused.errors, "repeating the same command goes on from there"));
    BOOST_TEST(numbers_in(server, "s1") == "7 ");
}

BOOST_AUTO_TEST_CASE(when_a_line_is_bad_then_it_is_named_and_those_before_it_are_kept) {
    const auto bad = import(line(1, 1) + "\n" + line(1, 2) + "{oops\n" + line(1, 3));
    BOOST_TEST(bad.code == 5);
    BOOST_TEST(contains(bad.errors, "line 4: "));
    BOOST_TEST(contains(bad.errors, "2 events are on the server, 2 of them appended now"));
    BOOST_TEST(numbers_in(server, "s1") == "1 2 ");
}

BOOST_AUTO_TEST_CASE(when_the_server_refuses_an_event_then_its_line_is_named) {
    const auto refused =
        import(line(1, 1) + "\n{\"stream\":\"s1\",\"type\":\"$reserved\",\"data\":{\"n\":2}}\n");
    BOOST_TEST(refused.code == 5);
    BOOST_TEST(contains(refused.errors, "line 3: "));
    BOOST_TEST(numbers_in(server, "s1") == "1 ");
}

BOOST_AUTO_TEST_CASE(when_options_do_not_fit_then_that_is_told) {
    BOOST_TEST(server.run({"import", write(""), "--category", "c"}).code == 2);
    BOOST_TEST(server.run({"import", write(""), "--id-field", "stream"}).code == 2);
    BOOST_TEST(
        server.run({"import", write(""), "--category", "no category", "--id-field", "s"}).code ==
        2);
    BOOST_TEST(server.run({"import", file("none")}).code == 5);
    BOOST_TEST(test::run_firn({"import", write(line(1, 1)), "--url", "http://127.0.0.1:1"}).code ==
               3);
}

BOOST_AUTO_TEST_CASE(when_it_is_told_to_stop_then_it_says_how_to_go_on) {
    const auto pipe = file("pipe");
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    ChildProcess import(server.command({"import", pipe, "--category", "c", "--id-field", "stream"}),
                        file("errors"));
    const auto writer = ::open(pipe.c_str(), O_WRONLY);
    const auto text = line(1, 1) + line(1, 2);
    BOOST_REQUIRE(::write(writer, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    import.send(SIGTERM);
    BOOST_TEST(import.read_all() == "");
    BOOST_TEST(import.wait() == 143);
    BOOST_TEST(contains(test::text_of(file("errors")), "goes on from there"));
    ::close(writer);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_store_with_events, Stores)

BOOST_AUTO_TEST_CASE(when_it_is_exported_then_another_store_imports_the_same) {
    check_counts(import(interleaved()), 450, 0);
    const auto plain = server.run({"export"});
    BOOST_TEST(plain.code == 0);
    BOOST_TEST(std::count(plain.output.begin(), plain.output.end(), '\n') == 450);
    BOOST_TEST(contains(plain.errors, "450 events, "));

    test::ServerProcess other(directory.path() / "other");
    const char* previous = "0";
    for (const char* name : {"all.ndjson", "all.ndjson.zst", "all.ndjson.gz"}) {
        const auto exported = server.run({"export", file(name), "--json"});
        BOOST_TEST(exported.code == 0, exported.errors);
        BOOST_TEST(json_count(exported.output, "events") == 450u);
        BOOST_TEST(json_count(exported.output, "bytes") == std::filesystem::file_size(file(name)));
        BOOST_TEST(!has_part(file(name)));
        const auto imported = other.run({"import", file(name), "--json"});
        check_counts(imported, *previous == '0' ? 450 : 0, *previous == '0' ? 0 : 450);
        previous = name;
    }
    check_all_streams(other);
    BOOST_TEST((test::text_of(file("all.ndjson")) == plain.output));
    BOOST_TEST((other.run({"export"}).output == plain.output));
    BOOST_TEST(std::filesystem::file_size(file("all.ndjson.zst")) < plain.output.size() / 2);
}

BOOST_AUTO_TEST_CASE(when_some_of_it_is_exported_then_only_that_is_written) {
    check_counts(import(line(1, 1) + line(2, 1)), 2, 0);
    BOOST_TEST(server.run({"append", "other", "1", "--type", "T"}).code == 0);
    BOOST_TEST(json_count(server.run({"export", "--category", "other"}).output, "position") == 3u);
    const auto rest = server.run({"export", "--after", "1"}).output;
    BOOST_TEST(std::count(rest.begin(), rest.end(), '\n') == 2);
    BOOST_TEST(server.run({"export", "--category", "bad category"}).code == 1);
    const auto zstd = server.run({"export", "--zstd"}).output;
    BOOST_TEST(zstd.starts_with("\x28\xb5\x2f\xfd"));
    BOOST_TEST(server.run({"export", "--gzip"}).output.starts_with("\x1f\x8b"));
    BOOST_TEST(server.run({"export", "--gzip", "--zstd"}).code == 2);
}

BOOST_AUTO_TEST_CASE(when_the_file_is_there_already_then_it_stays_unless_forced) {
    const auto path = write("mine");
    const auto refused = server.run({"export", path});
    BOOST_TEST(refused.code == 5);
    BOOST_TEST(contains(refused.errors, "--force"));
    BOOST_TEST(test::text_of(path) == "mine");
    BOOST_TEST(server.run({"export", path, "--force"}).code == 0);
    BOOST_TEST(test::text_of(path) == "");
}

BOOST_AUTO_TEST_CASE(when_an_archive_is_damaged_or_cut_then_the_import_tells) {
    check_counts(import(interleaved()), 450, 0);
    BOOST_TEST(server.run({"export", file("whole.zst")}).code == 0);
    const auto whole = test::text_of(file("whole.zst"));
    const auto cut = server.run({"import", write(whole.substr(0, whole.size() - 10))});
    BOOST_TEST(cut.code == 5);
    BOOST_TEST(contains(cut.errors, "ends in the middle"));
    auto damaged = whole;
    damaged[damaged.size() / 2] ^= 0x55;
    damaged[damaged.size() / 2 + 1] ^= 0x55;
    const auto told = server.run({"import", write(damaged)});
    BOOST_TEST(told.code == 5, told.errors);
}

BOOST_AUTO_TEST_CASE(when_a_line_is_not_an_exports_then_it_is_named) {
    const auto told = server.run({"import", write(line(1, 1))});
    BOOST_TEST(told.code == 5);
    BOOST_TEST(contains(told.errors, "input, line 1: "));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_server_that_takes_an_import, test::Program)

namespace {

// It is there, and then tells of its progress so.
test::Ended import_told(const std::string& file, const std::string& lines, bool ends) {
    test::ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
                                 {test::chunked_head("application/x-ndjson") + test::chunk(lines) +
                                      (ends ? test::chunk("") : ""),
                                  ends}});
    return test::run_firn({"import", file, "--json", "--url", server.url()});
}

constexpr char two_done[] = R"({"done":false,"lines":2,"appended":1,"skipped":1,"position":7})";
constexpr char all_done[] = R"({"done":true,"lines":3,"appended":2,"skipped":1,"position":8})";

}  // namespace

BOOST_AUTO_TEST_CASE(when_it_tells_progress_then_the_last_line_counts) {
    const auto ended =
        import_told(write("{}\n"), std::string(two_done) + "\n" + all_done + "\n", true);
    check_counts(ended, 2, 1);
}

BOOST_AUTO_TEST_CASE(when_it_meets_a_problem_on_the_way_then_that_and_the_counts_are_told) {
    const auto problem = std::string(R"({"problem":{"type":"urn:firn:problem:bad-request",)") +
                         R"("title":"Malformed","status":400,"detail":"Here.","line":9},)" +
                         R"("lines":3,"appended":2,"skipped":1,"position":8})";
    const auto ended =
        import_told(write("{}\n"), std::string(two_done) + "\n" + problem + "\n", true);
    BOOST_TEST(ended.code == 5);
    BOOST_TEST(contains(ended.errors, "input, line 9: Malformed: Here."));
    BOOST_TEST(contains(ended.errors, "3 events are on the server, 2 of them appended now"));
}

BOOST_AUTO_TEST_CASE(when_it_goes_away_then_the_import_is_not_taken_for_done) {
    const auto broken = import_told(write("{}\n"), std::string(two_done) + "\n", false);
    BOOST_TEST(broken.code == 3);
    BOOST_TEST(contains(broken.errors, "goes on from there"));
    const auto ended = import_told(write("{}\n"), std::string(two_done) + "\n", true);
    BOOST_TEST(ended.code == 3);
    BOOST_TEST(contains(ended.errors, "before the import was done"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_server_that_does_not_end_its_export, test::Program)

BOOST_AUTO_TEST_CASE(when_the_connection_breaks_then_there_is_no_file) {
    const auto begun = test::chunked_head("application/x-ndjson") + test::chunk("{\"a\":1}\n");
    test::ScriptedServer server({{begun}});
    const auto target = directory.path() / "out";
    std::filesystem::create_directory(target);
    const auto ended =
        test::run_firn({"export", (target / "all.ndjson").string(), "--url", server.url()});
    BOOST_TEST(ended.code == 3);
    BOOST_TEST(ended.output == "");
    BOOST_TEST(std::filesystem::is_empty(target));
}

BOOST_AUTO_TEST_CASE(when_its_answer_is_half_a_line_then_there_is_no_file) {
    const auto half =
        test::chunked_head("application/x-ndjson") + test::chunk("{\"a\":1}\n{") + test::chunk("");
    test::ScriptedServer server({{half}});
    const auto target = directory.path() / "out";
    std::filesystem::create_directory(target);
    BOOST_TEST(
        test::run_firn({"export", (target / "all.ndjson").string(), "--url", server.url()}).code ==
        1);
    BOOST_TEST(std::filesystem::is_empty(target));
}

BOOST_AUTO_TEST_CASE(when_it_is_told_to_stop_then_there_is_no_file) {
    const auto begun = test::chunked_head("application/x-ndjson") + test::chunk("{\"a\":1}\n");
    test::ScriptedServer server({{begun, true}});
    const auto target = directory.path() / "out";
    std::filesystem::create_directory(target);
    ChildProcess child(
        {test::firn_path(), "export", (target / "all.ndjson").string(), "--url", server.url()},
        directory.path() / "errors");
    while (std::filesystem::is_empty(target)) {
        std::this_thread::yield();
    }
    child.send(SIGINT);
    BOOST_TEST(child.read_all() == "");
    BOOST_TEST(child.wait() == 130);
    BOOST_TEST(std::filesystem::is_empty(target));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
