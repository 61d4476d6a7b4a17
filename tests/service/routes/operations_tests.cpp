#include "service/routes/openapi.hpp"
#include "service/routes/route_table.hpp"
#include "tests/support/served_store.hpp"

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

}  // namespace firn::test
