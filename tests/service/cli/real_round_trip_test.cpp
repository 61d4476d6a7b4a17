// A real history, exported by one server and imported by another, must be the same history.

#include "service/cli/http_client.hpp"
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/program_under_test.hpp"
#include "tests/service/cli/real_history.hpp"
#include "tests/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {
namespace {

struct RealServers {
    const RealHistory& history = real_history();
    test::TemporaryDirectory directory;
    test::ServerProcess source{directory.path() / "source"};
    test::ServerProcess target{directory.path() / "target"};

    RealServers() {
        const auto ended = source.run({"import", history.file.string(), "--category", "file",
                                       "--id-field", "stream", "--json"});
        BOOST_REQUIRE(ended.code == 0);
        BOOST_TEST(json_count(ended.output, "events_appended") == history.events);
    }

    static test::HttpClient client_of(const test::ServerProcess& server) {
        return test::HttpClient(
            static_cast<std::uint16_t>(std::stoul(parse_server_url(server.url()).port)));
    }
    // The bytes of the body, as they were sent.
    std::string export_in(const std::string& encoding) const {
        const auto reply =
            client_of(source).get("/v1/export", "Accept-Encoding: " + encoding + "\r\n");
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.header("Content-Encoding") == encoding);
        return reply.body;
    }
    // The last line of the answer.
    std::string import_in(const std::string& encoding, const std::string& bytes) const {
        const auto reply = client_of(target).post(
            "/v1/import", bytes,
            "Content-Type: application/x-ndjson\r\nContent-Encoding: " + encoding + "\r\n");
        BOOST_TEST(reply.status == 200);
        BOOST_REQUIRE(reply.body.ends_with('\n'));
        const auto before = reply.body.rfind('\n', reply.body.size() - 2);
        return reply.body.substr(before == std::string::npos ? 0 : before + 1);
    }

    // Of each stream: all but how many snapshots there happen to be, and the bytes: an event whose
    // time was stated keeps it with itself.
    static std::map<std::string, std::string> streams_of(const test::ServerProcess& server) {
        const auto listed = server.run({"streams", "--category", "file", "--json"});
        BOOST_TEST(listed.code == 0);
        std::map<std::string, std::string> streams;
        for (std::string_view rest = listed.output; !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(line.size() + 1);
            std::string facts;
            for (const auto* name :
                 {"version", "first_version", "events", "last_position", "chain_hash"}) {
                facts.append(json_member(line, name)).append(" ");
            }
            streams.emplace(json_string(json_member(line, "stream"), "id"), facts);
        }
        return streams;
    }
    static std::map<std::string, std::string> states_of(const test::ServerProcess& server,
                                                        const std::vector<std::string>& ids) {
        HttpClient client(parse_server_url(server.url()));
        std::map<std::string, std::string> states;
        for (const auto& id : ids) {
            const auto answer = client.get(stream_path("file", id) + "/state");
            BOOST_TEST(answer.status == 200u);
            states.emplace(id, answer.body);
        }
        return states;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_server_with_a_real_history_and_an_empty_one, RealServers)

BOOST_AUTO_TEST_CASE(when_one_s_export_is_imported_by_the_other_then_they_hold_the_same) {
    const auto imported = import_in("zstd", export_in("zstd"));
    BOOST_TEST(json_member(imported, "done") == "true");
    BOOST_TEST(json_count(imported, "appended") == history.events);
    BOOST_TEST(json_count(imported, "position") == history.events);

    const auto streams = streams_of(source);
    BOOST_TEST(streams.size() == history.streams);
    BOOST_CHECK(streams == streams_of(target));
    std::vector<std::string> sample;
    std::size_t number = 0;
    for (const auto& [id, facts] : streams) {
        if (number++ % 20 == 0) {
            sample.push_back(id);
        }
    }
    BOOST_CHECK(states_of(source, sample) == states_of(target, sample));

    const auto repeated = import_in("gzip", export_in("gzip"));
    BOOST_TEST(json_count(repeated, "appended") == 0u);
    BOOST_TEST(json_count(repeated, "skipped") == history.events);
    BOOST_CHECK(streams == streams_of(target));

    BOOST_TEST(source.stop() == 0);
    BOOST_TEST(target.stop() == 0);
    const auto verified =
        test::run_firn({"verify", (directory.path() / "target").string(), "--json"});
    BOOST_TEST(verified.code == 0);
    BOOST_TEST(json_member(verified.output, "problems") == "[]");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
