// The main job on real input: the history of a public repository, imported whole, imported over a
// crash, and checked against what any correct store must hold.

#include "service/cli/http_client.hpp"
#include "service/cli/import/line_reader.hpp"
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/program_under_test.hpp"
#include "tests/service/cli/real_history.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>

#include <sys/stat.h>

namespace firn::cli {
namespace {

struct ImportedHistory {
    test::TemporaryDirectory directory;
    std::filesystem::path data = directory.path() / "data";
    const RealHistory& history = real_history();
    const std::map<std::string, Truth>& truth = history.truth;

    static std::vector<std::string> import_arguments(const std::filesystem::path& from) {
        return {"import", from.string(), "--category", "file", "--id-field", "stream", "--json"};
    }
    // The summary's number of events appended.
    std::uint64_t import_into(const test::ServerProcess& server) const {
        const auto ended = server.run(import_arguments(history.file));
        BOOST_TEST(ended.code == 0);
        BOOST_TEST(ended.errors == "");
        BOOST_TEST(json_count(ended.output, "events_read") == history.events);
        BOOST_TEST(json_count(ended.output, "streams") == history.streams);
        const auto appended = json_count(ended.output, "events_appended");
        BOOST_TEST(appended + json_count(ended.output, "events_skipped") == history.events);
        return appended;
    }

    void check_versions(const test::ServerProcess& server) const {
        const auto listed = server.run({"streams", "--category", "file", "--json"});
        BOOST_TEST(listed.code == 0);
        std::size_t streams = 0;
        std::size_t right = 0;
        for (std::string_view rest = listed.output; !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(line.size() + 1);
            const auto found = truth.find(json_string(json_member(line, "stream"), "id"));
            ++streams;
            right += found != truth.end() && json_count(line, "version") == found->second.changes &&
                             json_count(line, "events") == found->second.changes
                         ? 1
                         : 0;
        }
        BOOST_TEST(streams == history.streams);
        BOOST_TEST(right == history.streams);
    }

    // Each event's data holds its commit, so the merged state holds the last one's.
    void check_states(const test::ServerProcess& server) const {
        HttpClient client(parse_server_url(server.url()));
        std::size_t right = 0;
        for (const auto& [id, expected] : truth) {
            const auto answer = client.get(stream_path("file", id) + "/state");
            const auto state = json_member(answer.body, "state");
            right += answer.status == 200 &&
                             json_count(answer.body, "version") == expected.changes &&
                             json_string(state, "commit") == expected.last_commit
                         ? 1
                         : 0;
        }
        BOOST_TEST(right == history.streams);
    }

    // Of a directory that nobody serves.
    void check_soundness() const {
        const auto verified = test::run_firn({"verify", data.string(), "--json"});
        BOOST_TEST(verified.code == 0);
        BOOST_TEST(verified.errors == "");
        BOOST_TEST(json_member(verified.output, "problems") == "[]");
        BOOST_TEST(json_count(verified.output, "streams") == history.streams);
        BOOST_TEST(json_count(verified.output, "events") == history.events);
        BOOST_TEST(json_count(verified.output, "head_position") == history.events);
    }

    // Gives an import so many lines, and no end: it waits for more until the pipe is closed.
    std::ofstream feed(const std::filesystem::path& pipe, std::uint64_t lines) const {
        std::ofstream out(pipe);
        InputText input(history.file.string());
        LineReader from(input);
        for (; lines != 0; --lines) {
            out << from.next().value().text << '\n';
        }
        out.flush();
        return out;
    }

    void kill_when_it_holds(test::ServerProcess& server, std::uint64_t events) const {
        HttpClient client(parse_server_url(server.url()));
        while (json_count(client.get("/v1/stats").body, "events") < events) {
        }
        server.kill();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_real_history, ImportedHistory)

BOOST_AUTO_TEST_CASE(when_it_is_imported_then_every_stream_is_as_the_truth_says) {
    test::ServerProcess server(data);
    BOOST_TEST(truth.size() == streams_in_all);
    BOOST_TEST(import_into(server) == history.events);
    check_versions(server);
    check_states(server);

    const auto longest = server.run({"read", "file", longest_stream});
    BOOST_TEST(static_cast<std::uint64_t>(std::count(longest.output.begin(), longest.output.end(),
                                                     '\n')) == truth.at(longest_stream).changes);
    BOOST_TEST(server.stop() == 0);
    check_soundness();
}

BOOST_AUTO_TEST_CASE(when_the_server_is_killed_at_90_percent_then_importing_again_completes_it) {
    std::uint64_t before_the_kill = 0;
    {
        test::ServerProcess server(data);
        // From a pipe, so that the import cannot end before the kill.
        const auto pipe = directory.path() / "pipe";
        BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
        test::ChildProcess import(server.command(import_arguments(pipe)),
                                  directory.path() / "errors");
        auto writer = feed(pipe, history.events * 95 / 100);
        kill_when_it_holds(server, history.events * 9 / 10);
        writer.close();
        BOOST_TEST(import.read_all() == "");
        BOOST_TEST(import.wait() == 3);
        // What the crash left behind is whole, as far as it goes.
        BOOST_TEST(test::run_firn({"verify", data.string()}).code == 0);
        BOOST_TEST(test::text_of(directory.path() / "errors").find("repeating the same command") !=
                   std::string::npos);
    }
    {
        test::ServerProcess server(data);
        const auto stats = server.run({"stats", "--json"});
        before_the_kill = json_count(stats.output, "events");
        BOOST_TEST(before_the_kill >= history.events * 9 / 10);
        BOOST_TEST(before_the_kill < history.events);
        BOOST_TEST(import_into(server) == history.events - before_the_kill);
        check_versions(server);
        check_states(server);
        BOOST_TEST(import_into(server) == 0u);
        check_versions(server);
        BOOST_TEST(server.stop() == 0);
    }
    check_soundness();
    test::ServerProcess reopened(data);
    check_versions(reopened);
    BOOST_TEST(reopened.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
