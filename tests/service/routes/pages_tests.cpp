#include "tests/support/served_store.hpp"

#include <sstream>

namespace firn::test {

namespace {

std::string versions(const boost::json::object& page) {
    std::string text;
    for (const auto& event : page.at("events").as_array()) {
        text += std::to_string(event.at("version").as_int64()) + " ";
    }
    return text;
}

struct TenEvents : ServedStore {
    TenEvents() { append_counted("order/a%2Fb+c", 10); }

    HttpReply page(const std::string& query, std::string_view fields = {}) {
        return client.get("/v1/streams/order/a%2Fb+c/events" + query, fields);
    }
    std::string read(const std::string& query) { return versions(json_of(page(query))); }
};

constexpr char accept_ndjson[] = "Accept: application/x-ndjson\r\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_of_ten_events, TenEvents)

BOOST_AUTO_TEST_CASE(when_pages_are_followed_forward_then_all_events_come_in_order) {
    auto reply = page("?limit=4");
    auto json = json_of(reply);
    BOOST_TEST(json.at("stream").at("id").as_string() == "a/b+c");
    BOOST_TEST(json.at("version").as_int64() == 10);
    BOOST_TEST(json.at("first_version").as_int64() == 1);
    BOOST_TEST(versions(json) == "1 2 3 4 ");
    BOOST_TEST(reply.header("Vary") == "Accept");
    std::string seen;
    while (json.at("next").is_string()) {
        const std::string next(json.at("next").as_string());
        BOOST_TEST(reply.header("Link") == "<" + next + ">; rel=\"next\"");
        reply = client.get(next);
        json = json_of(reply);
        seen += versions(json);
    }
    BOOST_TEST(seen == "5 6 7 8 9 10 ");
    BOOST_TEST(reply.header("Link") == "");
}

BOOST_AUTO_TEST_CASE(when_pages_are_followed_backward_then_they_end_at_the_first) {
    auto json = json_of(page("?direction=backward&limit=6"));
    BOOST_TEST(versions(json) == "10 9 8 7 6 5 ");
    json = json_of(client.get(json.at("next").as_string()));
    BOOST_TEST(versions(json) == "4 3 2 1 ");
    BOOST_TEST(json.at("next").is_null());
}

BOOST_AUTO_TEST_CASE(when_a_page_starts_somewhere_then_from_says_where) {
    BOOST_TEST(read("?from=9") == "9 10 ");
    BOOST_TEST(read("?from=2&direction=backward") == "2 1 ");
    BOOST_TEST(read("?from=11") == "");
    BOOST_TEST(json_of(page("?from=11")).at("next").is_null());
    BOOST_TEST(read("?from=0&limit=1") == "1 ");
}

BOOST_AUTO_TEST_CASE(when_lines_are_asked_for_then_each_event_is_one) {
    append("order/a%2Fb+c", "{\"type\":\"Spread\",\"data\":{\n \"a\": \"b\"\n}}");
    const auto reply = page("?from=10&limit=2", accept_ndjson);
    BOOST_TEST(reply.header("Content-Type") == "application/x-ndjson");
    BOOST_TEST(std::count(reply.body.begin(), reply.body.end(), '\n') == 2);
    BOOST_TEST(reply.has("{  \"a\": \"b\" }"));
    BOOST_TEST(page("?limit=3", accept_ndjson).header("Link") != "");
    BOOST_TEST(page("?from=11").has("{\n \"a\": \"b\"\n}"));
}

// More than are sent whole: made while they are sent.
BOOST_AUTO_TEST_CASE(when_many_lines_are_asked_for_then_they_are_the_events_of_the_json_page) {
    append_counted("order/a%2Fb+c", 990);
    const auto lines = page("?limit=900", accept_ndjson);
    BOOST_TEST(lines.status == 200);
    BOOST_TEST(lines.header("Transfer-Encoding") == "chunked");
    BOOST_TEST(lines.header("Link") ==
               "<" + std::string("/v1/streams/order/a%2Fb+c/events?from=901&limit=900") +
                   ">; rel=\"next\"");
    std::string events = "[";
    std::istringstream in(lines.body);
    for (std::string line; std::getline(in, line);) {
        events += (events.size() > 1 ? "," : "") + line;
    }
    const auto whole = json_of(page("?limit=900"));
    BOOST_TEST(whole.at("events").as_array().size() == 900u);
    BOOST_TEST((boost::json::parse(events + "]") == whole.at("events")));
    // The connection goes on.
    const auto rest = page("?from=901&limit=900", accept_ndjson);
    BOOST_TEST(std::count(rest.body.begin(), rest.body.end(), '\n') == 100);
    BOOST_TEST(rest.header("Link") == "");
}

BOOST_AUTO_TEST_CASE(when_a_parameter_is_wrong_then_it_is_named) {
    for (const auto* query : {"limit=0", "limit=10001", "limit=x", "direction=up", "from=-1",
                              "form=1", "limit=1&limit=2"}) {
        const auto reply = page("?" + std::string(query));
        const std::string_view name(query, std::string_view(query).find('='));
        BOOST_TEST(reply.status == 400, query);
        BOOST_TEST(slug_of(reply) == "bad-request");
        BOOST_TEST(json_of(reply).at("parameter").as_string() == name, query);
    }
    BOOST_TEST(page("?limit=10000").status == 200);
}

BOOST_AUTO_TEST_CASE(when_a_picture_is_asked_for_then_it_is_not_acceptable) {
    const auto reply = page("", "Accept: image/png\r\n");
    BOOST_TEST(reply.status == 406);
    BOOST_TEST(slug_of(reply) == "not-acceptable");
}

BOOST_AUTO_TEST_CASE(when_the_beginning_was_cut_then_reading_there_says_so) {
    BOOST_TEST(store().cut({"order", "a/b+c"}, Version{4}).has_value());
    const auto reply = page("?from=2");
    BOOST_TEST(reply.status == 410);
    BOOST_TEST(slug_of(reply) == "compacted");
    BOOST_TEST(json_of(reply).at("first_version").as_int64() == 5);
    BOOST_TEST(page("?from=0").status == 410);
    BOOST_TEST(read("") == "5 6 7 8 9 10 ");
}

BOOST_AUTO_TEST_CASE(when_the_stream_does_not_exist_then_it_is_not_found) {
    const auto reply = client.get("/v1/streams/order/none/events");
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(slug_of(reply) == "stream-not-found");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
