#include "service/cli/config_sources.hpp"
#include "service/cli/exit_code.hpp"
#include "service/cli/settings.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <set>

namespace firn::cli {
namespace {

// Sources to put a configuration together from.
struct Sources {
    test::TemporaryDirectory directory;
    std::optional<std::filesystem::path> file;
    std::map<std::string, std::string> variables;
    std::vector<FlagValue> flags;

    void write_file(const std::string& toml) {
        file = directory.path() / "firn.toml";
        std::ofstream(*file) << toml;
    }
    ProgramConfig load() const {
        return load_config(
            file,
            [this](const char* name) {
                const auto found = variables.find(name);
                return found == variables.end() ? nullptr : found->second.c_str();
            },
            flags);
    }
    // The sentence of the refusal; empty if there was none.
    std::string refusal() const {
        try {
            static_cast<void>(load());
        } catch (const CommandFailure& failure) {
            BOOST_TEST((failure.code() == ExitCode::usage));
            return failure.what();
        }
        return {};
    }
    bool refused_with(const std::vector<std::string>& parts) const {
        const auto sentence = refusal();
        for (const auto& part : parts) {
            if (sentence.find(part) == std::string::npos) {
                BOOST_TEST_MESSAGE("\"" << part << "\" is not in: " << sentence);
                return false;
            }
        }
        return true;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_sources_of_settings, Sources)

BOOST_AUTO_TEST_CASE(when_nothing_is_set_then_the_defaults_hold) {
    const auto config = load();
    BOOST_TEST(config.service.data == "./firn-data");
    BOOST_TEST(config.http.address == "127.0.0.1");
    BOOST_TEST(config.http.port == 7070);
    BOOST_TEST(config.service.commit.waiting_max == 10'000u);
}

BOOST_AUTO_TEST_CASE(when_all_sources_set_a_field_then_the_flag_wins) {
    write_file("data = 'file'\nthreads = 1\nlisten = '127.0.0.1:1'\n[log]\nlevel = 'debug'\n");
    BOOST_TEST(load().service.data == "file");
    variables = {{"FIRN_DATA", "variable"}, {"FIRN_THREADS", "2"}, {"FIRN_LISTEN", "127.0.0.1:2"}};
    BOOST_TEST(load().service.data == "variable");
    flags = {{"data", "flag", "--data"}, {"threads", "3", "--threads"}};
    const auto config = load();
    BOOST_TEST(config.service.data == "flag");
    BOOST_TEST(config.threads == 3u);
    BOOST_TEST(config.http.port == 2);
    BOOST_TEST(config.log.level == "debug");
}

BOOST_AUTO_TEST_CASE(when_the_file_uses_tables_then_every_kind_of_value_arrives) {
    write_file(
        "[commit]\nwaiting_max = 5\nwaiting_bytes_max = '1MiB'\n"
        "[actors]\ncache_bytes_max = 1048576\nidle_after = '2min'\n"
        "[http]\nallowed_hosts = ['a.example', 'b.example:80']\n"
        "limits.page_limit_max = 50\n"
        "[http.timeouts]\nheader = '1500ms'\n");
    const auto config = load();
    BOOST_TEST(config.service.commit.waiting_max == 5u);
    BOOST_TEST(config.service.commit.waiting_bytes_max == 1u << 20);
    BOOST_TEST(config.service.actors.cache_bytes_max == 1u << 20);
    BOOST_TEST(config.service.actors.idle_after.count() == 120);
    BOOST_TEST(config.http.allowed_hosts.size() == 2u);
    BOOST_TEST(config.http.allowed_hosts.at(1) == "b.example:80");
    BOOST_TEST(config.http.limits.page_limit_max == 50u);
    BOOST_TEST(config.http.timeouts.header.count() == 1500);
}

BOOST_AUTO_TEST_CASE(when_the_file_has_an_unknown_key_then_key_and_line_are_named) {
    write_file("data = 'x'\n\n[commit]\nwaiting_maximum = 5\n");
    BOOST_TEST(refused_with({"firn.toml, line 4", "commit.waiting_maximum"}));
}

BOOST_AUTO_TEST_CASE(when_the_file_has_a_bad_value_then_key_and_line_are_named) {
    write_file("[commit]\nwaiting_max = 'many'\n");
    BOOST_TEST(refused_with({"firn.toml, line 2", "commit.waiting_max", "many"}));
    write_file("\n[actors]\nidle_after = 1.5\n");
    BOOST_TEST(refused_with({"firn.toml, line 3", "actors.idle_after"}));
    write_file("[http]\nallowed_hosts = [1, 2]\n");
    BOOST_TEST(refused_with({"firn.toml, line 2", "http.allowed_hosts"}));
}

BOOST_AUTO_TEST_CASE(when_the_file_is_not_toml_or_not_there_then_it_is_named) {
    write_file("data = 'x'\nthreads = = 2\n");
    BOOST_TEST(refused_with({"firn.toml, line 2"}));
    file = directory.path() / "missing.toml";
    BOOST_TEST(refused_with({"missing.toml", "No such file"}));
}

BOOST_AUTO_TEST_CASE(when_a_variable_or_a_flag_is_bad_then_it_is_named) {
    variables = {{"FIRN_HTTP_LIMITS_BODY_BYTES_MAX", "8 potatoes"}};
    BOOST_TEST(refused_with({"FIRN_HTTP_LIMITS_BODY_BYTES_MAX", "8 potatoes"}));
    variables.clear();
    flags = {{"listen", "nowhere", "--listen"}};
    BOOST_TEST(refused_with({"--listen", "nowhere"}));
    flags = {{"no.such", "1", "--set no.such"}};
    BOOST_TEST(refused_with({"--set no.such"}));
}

BOOST_AUTO_TEST_CASE(when_validation_refuses_then_the_source_is_named_too) {
    variables = {{"FIRN_COMMIT_WAITING_MAX", "0"}};
    BOOST_TEST(refused_with({"FIRN_COMMIT_WAITING_MAX", "commit.waiting_max must be"}));
    variables.clear();
    write_file("[log]\nlevel = 'loud'\n");
    BOOST_TEST(refused_with({"firn.toml, line 2", "log.level", "loud"}));
}

BOOST_AUTO_TEST_CASE(when_others_could_reach_the_address_then_insecure_is_needed) {
    flags = {{"listen", "0.0.0.0:7070", "--listen"}};
    BOOST_TEST(refused_with({"--listen", "0.0.0.0", "--insecure"}));
    flags.push_back({"insecure", "true", "--insecure"});
    BOOST_TEST(load().http.address == "0.0.0.0");
    flags = {{"listen", "[::1]:7070", "--listen"}};
    BOOST_TEST(load().http.address == "::1");
    flags = {{"listen", "localhost:7070", "--listen"}};
    BOOST_TEST(load().http.address == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(when_a_setting_is_shown_then_setting_it_to_that_changes_nothing) {
    std::set<std::string> variables_seen;
    for (const auto& setting : settings()) {
        BOOST_TEST_CONTEXT(setting.name) {
            BOOST_TEST(variables_seen.insert(variable_of(setting)).second);
            ProgramConfig config;
            const auto shown = setting.show(config);
            if (shown != "none") {
                setting.set(config, shown);
                BOOST_TEST(setting.show(config) == shown);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
