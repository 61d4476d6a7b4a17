// Deciders on real input: a Lua decider served over HTTP, and the same one in C++ in an embedding
// program, both against the truth; across a restart, and with a cache so small that every read
// loads from a snapshot.

#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "service/cli/http_client.hpp"
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/program_under_test.hpp"
#include "tests/service/cli/real_history.hpp"

#include <boost/test/unit_test.hpp>

#include <ranges>

namespace firn::cli {
namespace {

struct RealDeciders {
    test::TemporaryDirectory directory;
    std::filesystem::path data = directory.path() / "data";
    const RealHistory& history = real_history();
    const std::map<std::string, Truth>& truth = history.truth;

    void set_decider(const test::ServerProcess& server) const {
        const auto set = server.run({"categories", "set", "file", "--lua", FIRN_LUA_DECIDER});
        BOOST_TEST(set.code == 0, set.errors);
    }
    void import_into(const test::ServerProcess& server) const {
        const auto ended = server.run({"import", history.file.string(), "--category", "file",
                                       "--id-field", "stream", "--json"});
        BOOST_TEST(ended.code == 0, ended.errors);
        BOOST_TEST(json_count(ended.output, "events_appended") == history.events);
    }
    // Returns the hash of each state.
    std::map<std::string, std::string> check_states(const test::ServerProcess& server) const {
        std::map<std::string, std::string> hashes;
        HttpClient client(parse_server_url(server.url()));
        std::size_t right = 0;
        for (const auto& [id, expected] : truth) {
            const auto answer = client.get(stream_path("file", id) + "/state");
            const auto state = json_member(answer.body, "state");
            right += answer.status == 200 &&
                             json_count(answer.body, "version") == expected.changes &&
                             agrees(state, expected)
                         ? 1
                         : 0;
            hashes[id] = hash_of(state);
        }
        BOOST_TEST(right == history.streams);
        return hashes;
    }
    static std::string hash_of(std::string_view state) {
        const auto value = parse_json(state);
        return value ? to_hex(state_hash(*value)) : "no JSON";
    }
    static std::uint64_t counted(HttpClient& client, std::string_view name) {
        return json_count(json_member(client.get("/v1/stats").body, "snapshots"), name);
    }
    // Until no stream waits for a snapshot, at most a minute.
    static void wait_for_snapshots(const test::ServerProcess& server) {
        HttpClient client(parse_server_url(server.url()));
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        for (;;) {
            const auto answer = client.get("/v1/stats");
            const auto snapshots = json_member(answer.body, "snapshots");
            if (json_count(snapshots, "due") == 0 && json_count(snapshots, "waiting") == 0) {
                return;
            }
            BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_real_history_and_a_lua_decider, RealDeciders)

BOOST_AUTO_TEST_CASE(when_it_is_imported_then_all_states_are_the_truth_also_after_a_restart) {
    {
        test::ServerProcess server(data);
        set_decider(server);
        import_into(server);
        check_states(server);
        BOOST_TEST(server.stop() == 0);
    }
    std::map<std::string, std::string> hashes;
    {
        test::ServerProcess server(data);
        hashes = check_states(server);
        BOOST_TEST(server.stop() == 0);
    }
    // The same decider as typed C++ in a program that embeds the store.
    test::ChildProcess embedding({FIRN_FILE_STATES, data.string()}, directory.path() / "errors");
    std::size_t right = 0;
    const auto output = embedding.read_all();
    for (std::string_view rest = output; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const auto found = truth.find(json_string(line, "id"));
        const auto state = json_member(line, "state");
        right += found != truth.end() && agrees(state, found->second) &&
                         hashes[found->first] == hash_of(state)
                     ? 1
                     : 0;
    }
    BOOST_TEST(embedding.wait() == 0, test::text_of(directory.path() / "errors"));
    BOOST_TEST(right == history.streams);
}

BOOST_AUTO_TEST_CASE(when_nothing_stays_in_memory_then_loads_apply_at_most_N_events) {
    constexpr std::uint64_t every = 10;
    test::ServerProcess server(data, {"--set", "snapshots.every=10", "--set",
                                      "actors.cache_bytes_max=64KiB", "--threads", "1"});
    set_decider(server);
    import_into(server);
    wait_for_snapshots(server);
    check_states(server);

    HttpClient client(parse_server_url(server.url()));
    // Others take its place in the cache, so that it must be loaded.
    for (const auto& [id, expected] : truth | std::views::take(500)) {
        BOOST_TEST(client.get(stream_path("file", id) + "/state").status == 200u);
    }
    const auto before = counted(client, "events_applied");
    const auto used = counted(client, "used");
    const auto answer = client.get(stream_path("file", longest_stream) + "/state");
    const auto applied = counted(client, "events_applied") - before;
    BOOST_TEST(counted(client, "used") - used == 1u);
    BOOST_TEST(agrees(json_member(answer.body, "state"), truth.at(longest_stream)));
    BOOST_TEST_MESSAGE("a load of " << longest_stream << " applied " << applied << " events");
    BOOST_TEST(applied <= every);
    BOOST_TEST(server.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
