// Compaction on real input: nothing of a real history's states or versions changes by it, what the
// reports say is gone is gone, the file shrinks; and a history of which the first half was
// compacted goes on as if it had not been.

#include "service/cli/http_client.hpp"
#include "service/cli/import/line_reader.hpp"
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/program_under_test.hpp"
#include "tests/service/cli/real_history.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <map>
#include <thread>

namespace firn::cli {
namespace {

constexpr std::uint64_t keep_last = 10;

struct RealCompaction {
    test::TemporaryDirectory directory;
    std::filesystem::path data = directory.path() / "data";
    const RealHistory& history = real_history();
    const std::map<std::string, Truth>& truth = history.truth;
    test::ServerProcess server{data};

    RealCompaction() { declare(server); }

    static void declare(const test::ServerProcess& to) {
        const auto set = to.run({"categories", "set", "file", "--lua", FIRN_LUA_DECIDER});
        BOOST_TEST(set.code == 0, set.errors);
    }

    // Lines of the history as exports have them, from `begin` up to `end`.
    std::string lines_of(std::uint64_t begin, std::uint64_t end) const {
        const auto file = directory.path() / ("lines-" + std::to_string(begin) + ".ndjson");
        std::ofstream out(file);
        std::map<std::string, std::uint64_t, std::less<>> versions;
        InputText input(history.file.string());
        LineReader lines(input);
        while (const auto line = lines.next()) {
            const auto id = json_member(line->text, "stream");
            const auto version = ++versions[std::string(id)];
            if (line->number > begin && line->number <= end) {
                out << R"({"stream":{"category":"file","id":)" << id << R"(},"version":)" << version
                    << R"(,"type":)" << json_member(line->text, "type") << R"(,"data":)"
                    << json_member(line->text, "data") << "}\n";
            }
        }
        return file.string();
    }
    void import(const std::string& file, std::uint64_t events) const {
        const auto ended = server.run({"import", file, "--json"});
        BOOST_TEST(ended.code == 0, ended.errors);
        BOOST_TEST(json_count(ended.output, "events_appended") == events);
    }
    // Its report.
    std::string compact(bool dry_run) const {
        std::vector<std::string> arguments = {"compact", "file", "--keep-last",
                                              std::to_string(keep_last), "--json"};
        if (dry_run) {
            arguments.push_back("--dry-run");
        }
        auto ended = server.run(std::move(arguments));
        BOOST_TEST(ended.code == 0, ended.errors);
        BOOST_TEST(json_string(ended.output, "status") == "succeeded");
        return std::move(ended.output);
    }
    std::string stats() const { return server.run({"stats", "--json"}).output; }
    std::uint64_t file_bytes() const { return json_count(json_member(stats(), "bytes"), "file"); }
    // Until nothing is being written any more.
    void wait_until_idle() const {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        for (;;) {
            const auto now = stats();
            const auto snapshots = json_member(now, "snapshots");
            if (json_count(json_member(now, "settling"), "pending_events") == 0 &&
                json_count(snapshots, "due") == 0 && json_count(snapshots, "waiting") == 0) {
                return;
            }
            BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    // Every file but the locks, whose content readers change.
    std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> contents;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
            const auto name = entry.path().filename().string();
            if (entry.is_regular_file() && !name.ends_with("-lock") && name != "LOCK") {
                contents[entry.path().string()] = test::text_of(entry.path());
            }
        }
        return contents;
    }

    struct Served {
        std::string state;  // and its version
        std::uint64_t version = 0;
        std::uint64_t first_version = 0;
        std::uint64_t events = 0;
        std::string chain_hash;
    };
    std::map<std::string, Served> served() const { return served_by(server); }
    std::map<std::string, Served> served_by(const test::ServerProcess& by) const {
        std::map<std::string, Served> all;
        HttpClient client(parse_server_url(by.url()));
        for (const auto& [id, expected] : truth) {
            const auto facts = client.get(stream_path("file", id));
            const auto state = client.get(stream_path("file", id) + "/state");
            if (facts.status == 200 && state.status == 200) {
                all[id] = {state.body, json_count(facts.body, "version"),
                           json_count(facts.body, "first_version"),
                           json_count(facts.body, "events"), json_string(facts.body, "chain_hash")};
            }
        }
        return all;
    }
    std::size_t count_true(const std::map<std::string, Served>& all) const {
        return static_cast<std::size_t>(std::ranges::count_if(all, [&](const auto& one) {
            const auto& expected = truth.at(one.first);
            return one.second.version == expected.changes &&
                   agrees(json_member(one.second.state, "state"), expected);
        }));
    }
    static std::size_t count_same(const std::map<std::string, Served>& before,
                                  const std::map<std::string, Served>& after) {
        return static_cast<std::size_t>(std::ranges::count_if(before, [&](const auto& one) {
            const auto found = after.find(one.first);
            return found != after.end() && found->second.state == one.second.state &&
                   found->second.version == one.second.version &&
                   found->second.chain_hash == one.second.chain_hash;
        }));
    }
    void check_soundness() {
        BOOST_TEST(server.stop() == 0);
        const auto verified = test::run_firn({"verify", data.string(), "--json"});
        BOOST_TEST(verified.code == 0, verified.errors);
        BOOST_TEST(json_member(verified.output, "problems") == "[]");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_real_history_and_a_lua_decider, RealCompaction)

BOOST_AUTO_TEST_CASE(when_it_is_compacted_and_vacuumed_then_states_and_versions_are_as_before) {
    import(lines_of(0, history.events), history.events);
    wait_until_idle();
    const auto before = served();
    BOOST_TEST(count_true(before) == history.streams);
    std::uint64_t to_delete = 0;
    for (const auto& [id, expected] : truth) {
        to_delete += expected.changes > keep_last ? expected.changes - keep_last : 0;
    }

    // A dry run tells the same as what comes later, and writes nothing.
    wait_until_idle();
    const auto files_before = files();
    const auto dry = compact(true);
    BOOST_TEST((files() == files_before));
    BOOST_TEST(json_count(dry, "events_deleted") == to_delete);
    BOOST_TEST(json_count(dry, "events_kept") == history.events - to_delete);

    const auto done = compact(false);
    for (const auto* total : {"streams", "events_deleted", "events_kept", "bytes_deleted"}) {
        BOOST_TEST(json_count(done, total) == json_count(dry, total), total);
    }
    BOOST_TEST(json_member(done, "counts") == json_member(dry, "counts"));
    BOOST_TEST(json_count(json_member(done, "counts"), "failed") == 0u);
    BOOST_TEST(json_count(stats(), "events") == history.events - to_delete);
    const auto after = served();
    BOOST_TEST(count_same(before, after) == history.streams);
    std::size_t right = 0;
    for (const auto& [id, expected] : truth) {
        const auto& one = after.at(id);
        const auto kept = std::min(expected.changes, keep_last);
        right += one.events == kept && one.first_version == expected.changes - kept + 1 ? 1 : 0;
    }
    BOOST_TEST(right == history.streams);

    const auto bytes_before = file_bytes();
    const auto vacuumed = server.run({"vacuum", "--json"});
    BOOST_TEST(vacuumed.code == 0, vacuumed.errors);
    const auto bytes_after = file_bytes();
    BOOST_TEST_MESSAGE(to_delete << " events deleted; the file had " << bytes_before
                                 << " bytes, then " << bytes_after);
    BOOST_TEST(bytes_after < bytes_before);
    BOOST_TEST(bytes_after <= json_count(json_member(stats(), "bytes"), "live") * 13 / 10);
    BOOST_TEST(count_same(before, served()) == history.streams);

    // What is left, exported, is all that another store needs.
    const auto archive = (directory.path() / "compacted.ndjson.zst").string();
    const auto exported = server.run({"export", archive});
    BOOST_TEST(exported.code == 0, exported.errors);
    {
        test::ServerProcess elsewhere(directory.path() / "elsewhere");
        const auto refused = elsewhere.run({"import", archive});
        BOOST_TEST(refused.code != 0);
        BOOST_TEST(refused.errors.find("Declare the same decider first") != std::string::npos,
                   refused.errors);
        declare(elsewhere);
        const auto imported = elsewhere.run({"import", archive, "--json"});
        BOOST_TEST(imported.code == 0, imported.errors);
        BOOST_TEST(count_same(before, served_by(elsewhere)) == history.streams);
        BOOST_TEST(json_count(elsewhere.run({"stats", "--json"}).output, "events") ==
                   history.events - to_delete);
        BOOST_TEST(elsewhere.stop() == 0);
        const auto sound =
            test::run_firn({"verify", (directory.path() / "elsewhere").string(), "--json"});
        BOOST_TEST(sound.code == 0, sound.errors);
    }
    check_soundness();
}

BOOST_AUTO_TEST_CASE(when_the_first_half_was_compacted_then_the_second_leads_to_the_same_states) {
    const auto half = history.events / 2;
    import(lines_of(0, half), half);
    const auto done = compact(false);
    const auto deleted = json_count(done, "events_deleted");
    BOOST_TEST(deleted > half / 2);
    import(lines_of(half, history.events), history.events - half);
    BOOST_TEST(count_true(served()) == history.streams);
    BOOST_TEST(json_count(stats(), "events") == history.events - deleted);
    // All of it once more: what is gone is taken for what it was.
    const auto again = server.run({"import", lines_of(0, history.events), "--json"});
    BOOST_TEST(again.code == 0, again.errors);
    BOOST_TEST(json_count(again.output, "events_appended") == 0u);
    BOOST_TEST(json_count(again.output, "events_skipped") == history.events);
    BOOST_TEST(count_true(served()) == history.streams);
    check_soundness();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
