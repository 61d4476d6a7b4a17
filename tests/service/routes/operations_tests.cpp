#include "service/routes/openapi.hpp"
#include "service/routes/route_table.hpp"
#include "tests/service/routes/counter.hpp"
#include "tests/support/served_store.hpp"

#include <map>
#include <set>

namespace firn::test {

namespace {

// "get /v1/events after category id_prefix …" for each route.
std::set<std::string> served() {
    std::set<std::string> all;
    for (const auto& route : routes()) {
        std::string line(verb_name(route.verb));
        for (auto& c : line) {
            c = static_cast<char>(std::tolower(c));
        }
        line.append(" ").append(route.path.text());
        std::set<std::string> names;
        std::istringstream words{std::string(route.parameters)};
        for (std::string word; words >> word;) {
            names.insert(word.ends_with('*') ? word.substr(0, word.size() - 1) : word);
        }
        for (const auto& name : names) {
            line.append(" ").append(name);
        }
        all.insert(line);
    }
    return all;
}

std::set<std::string> described() {
    std::set<std::string> all;
    const auto document = boost::json::parse(openapi_document());
    for (const auto& [path, item] : document.at("paths").as_object()) {
        for (const auto& [verb, operation] : item.as_object()) {
            if (verb == "parameters") {
                continue;
            }
            std::set<std::string> names;
            if (const auto* parameters = operation.as_object().if_contains("parameters")) {
                for (const auto& parameter : parameters->as_array()) {
                    if (parameter.at("in").as_string() == "query") {
                        names.emplace(parameter.at("name").as_string());
                    }
                }
            }
            std::string line = std::string(verb) + " " + std::string(path);
            for (const auto& name : names) {
                line.append(" ").append(name);
            }
            all.insert(line);
        }
    }
    return all;
}

// Samples by name and labels.
std::map<std::string, std::uint64_t> samples_of(const HttpReply& metrics) {
    std::map<std::string, std::uint64_t> samples;
    std::istringstream lines(metrics.body);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#')) {
            const auto space = line.rfind(' ');
            samples[line.substr(0, space)] = std::stoull(line.substr(space + 1));
        }
    }
    return samples;
}

struct Counting : ServedStore {
    Counting() {
        set_category("tally", lua_settings(counter_script));
        append("tally/1", R"({"type":"Counted"})");
        for (const auto* type : {"Count", "Halve", "Count"}) {
            const auto body = R"({"type":")" + std::string(type) + "\"}";
            BOOST_TEST(client.post("/v1/streams/tally/1/commands", body).status ==
                       (type == std::string_view("Halve") ? 422 : 201));
        }
        BOOST_TEST(client.post("/v1/streams/tally/1/snapshots", {}).status == 201);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_running_server, ServedStore)

BOOST_AUTO_TEST_CASE(when_openapi_is_read_then_it_describes_what_is_served_and_nothing_else) {
    const auto routes_served = served();
    const auto routes_described = described();
    BOOST_CHECK_EQUAL_COLLECTIONS(routes_served.begin(), routes_served.end(),
                                  routes_described.begin(), routes_described.end());
    const auto reply = client.get("/v1/openapi.json");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(json_of(reply).at("openapi").as_string() == "3.1.0");
}

BOOST_AUTO_TEST_CASE(when_each_schema_reference_is_followed_then_it_is_there) {
    const std::string text(openapi_document());
    const auto document = boost::json::parse(text);
    boost::json::error_code error;
    std::size_t references = 0;
    constexpr std::string_view mark = "\"$ref\": \"#";
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
        const auto first = at + mark.size();
        const auto pointer = text.substr(first, text.find('"', first) - first);
        BOOST_TEST(document.find_pointer(pointer, error) != nullptr, pointer);
        ++references;
    }
    BOOST_TEST(references > 50u);
}

BOOST_AUTO_TEST_CASE(when_it_is_asked_how_it_is_then_it_lives_and_is_ready) {
    BOOST_TEST(client.get("/livez").body == R"({"status":"live"})");
    BOOST_TEST(client.get("/readyz").body == R"({"status":"ready"})");
}

BOOST_AUTO_TEST_CASE(when_figures_are_read_then_they_are_those_of_the_store) {
    append_counted("order/7", 3);
    const auto json = json_of(client.get("/v1/stats"));
    BOOST_TEST(json.at("streams").as_int64() == 1);
    BOOST_TEST(json.at("events").as_int64() == 3);
    BOOST_TEST(json.at("head_position").as_int64() == 3);
    for (const auto* name : {"bytes", "actors", "queue", "settling", "snapshots"}) {
        BOOST_TEST(json.at(name).is_object(), name);
    }
    const auto document = boost::json::parse(openapi_document());
    const auto& schema = document.at("components").at("schemas").at("Stats").at("properties");
    for (const auto& member : json) {
        BOOST_TEST(schema.as_object().contains(member.key()), member.key());
    }
    BOOST_TEST(schema.as_object().size() == json.size());
}

BOOST_AUTO_TEST_CASE(when_metrics_are_read_then_each_line_is_in_the_format_of_prometheus) {
    append_counted("order/7", 3);
    const auto reply =
        client.get("/metrics", "Accept: text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    BOOST_TEST(reply.has("\nfirn_events 3\n"));
    BOOST_TEST(reply.has("\nfirn_http_responses_total{class=\"2xx\"} 1\n"));
    std::istringstream lines(reply.body);
    for (std::string line; std::getline(lines, line);) {
        BOOST_TEST((line.starts_with("# HELP firn_") || line.starts_with("# TYPE firn_") ||
                    line.starts_with("firn_")),
                   line);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_server_that_decided_and_took_a_snapshot, Counting)

BOOST_AUTO_TEST_CASE(when_metrics_are_read_then_they_count_it) {
    const auto reply = client.get("/metrics");
    auto samples = samples_of(reply);
    BOOST_TEST(samples.at("firn_commands_total") == 3u);
    BOOST_TEST(samples.at("firn_commands_rejected_total") == 1u);
    BOOST_TEST(samples.at("firn_snapshots_taken_total") == 1u);
    BOOST_TEST(samples.at("firn_snapshots_failed_total") == 0u);
    BOOST_TEST(samples.at("firn_snapshots_used_total") == 0u);
    BOOST_TEST(samples.at("firn_snapshots_passed_over_total") == 0u);
    BOOST_TEST(samples.at("firn_snapshots_due") == 0u);
    BOOST_TEST(samples.at("firn_snapshots_waiting") == 0u);
    BOOST_TEST(samples.at("firn_events_applied_total") == 3u);
    // One load, of the event that was there before the first command.
    BOOST_TEST(samples.at("firn_load_events_applied_count") == 1u);
    BOOST_TEST(samples.at("firn_load_events_applied_sum") == 1u);
    BOOST_TEST(samples.at("firn_load_events_applied_bucket{le=\"+Inf\"}") == 1u);
    BOOST_TEST(reply.has("# TYPE firn_load_events_applied histogram\n"));
    BOOST_TEST(reply.has("# TYPE firn_snapshots_due gauge\n"));
    BOOST_TEST(reply.has("# TYPE firn_commands_total counter\n"));
}

BOOST_AUTO_TEST_CASE(when_figures_are_read_then_they_count_it) {
    const auto json = json_of(client.get("/v1/stats"));
    BOOST_TEST((json.at("commands") == boost::json::parse(R"({"decided":3,"rejected":1})")));
    BOOST_TEST((json.at("snapshots") == boost::json::parse(R"({"taken":1,"failed":0,"used":0,
        "passed_over":0,"due":0,"waiting":0,"events_applied":3})")),
               boost::json::serialize(json.at("snapshots")));
}

BOOST_AUTO_TEST_CASE(when_buckets_are_added_up_then_none_is_smaller_than_the_one_before) {
    const auto reply = client.get("/metrics");
    std::istringstream lines(reply.body);
    std::uint64_t last = 0;
    std::size_t buckets = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("firn_load_events_applied_bucket")) {
            const auto value = std::stoull(line.substr(line.rfind(' ') + 1));
            BOOST_TEST(value >= last);
            last = value;
            ++buckets;
        }
    }
    BOOST_TEST(buckets > 5u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
