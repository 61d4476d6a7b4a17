#include "tests/support/served_store.hpp"

#include <chrono>

namespace firn::test {

namespace {

// "order/7@1 " for each event.
std::string places(const boost::json::object& page) {
    std::string text;
    for (const auto& event : page.at("events").as_array()) {
        text += event.at("stream").at("category").as_string();
        text += '/';
        text += event.at("stream").at("id").as_string();
        text += '@' + std::to_string(event.at("position").as_int64()) + ' ';
    }
    return text;
}

struct ThreeStreams : ServedStore {
    ThreeStreams() {
        append("order/1", R"({"type":"A"})");
        append("order/2", R"({"type":"B"})");
        append("bill/1", R"({"type":"A"})");
        append("order/1", R"({"type":"B"})");
    }
    std::string read(const std::string& query) {
        return places(json_of(client.get("/v1/events" + query)));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_events_of_three_streams, ThreeStreams)

BOOST_AUTO_TEST_CASE(when_the_feed_is_read_then_they_come_in_the_order_of_positions) {
    const auto json = json_of(client.get("/v1/events"));
    BOOST_TEST(places(json) == "order/1@1 order/2@2 bill/1@3 order/1@4 ");
    BOOST_TEST(json.at("head").as_int64() == 4);
    const auto next = json_of(client.get(json.at("next").as_string()));
    BOOST_TEST(places(next) == "");
    BOOST_TEST(next.at("next") == json.at("next"));
}

BOOST_AUTO_TEST_CASE(when_it_is_filtered_then_that_happens_before_the_limit_and_next_keeps_it) {
    BOOST_TEST(read("?category=bill&limit=1") == "bill/1@3 ");
    BOOST_TEST(read("?type=B") == "order/2@2 order/1@4 ");
    BOOST_TEST(read("?type=B&type=A&category=order&category=bill&after=2") ==
               "bill/1@3 order/1@4 ");
    BOOST_TEST(read("?id_prefix=2") == "order/2@2 ");
    const auto json = json_of(client.get("/v1/events?type=B&category=order&limit=1"));
    BOOST_TEST(places(json) == "order/2@2 ");
    BOOST_TEST(places(json_of(client.get(json.at("next").as_string()))) == "order/1@4 ");
}

BOOST_AUTO_TEST_CASE(when_lines_are_asked_for_then_next_is_a_link) {
    const auto reply = client.get("/v1/events?limit=2", "Accept: application/x-ndjson\r\n");
    BOOST_TEST(std::count(reply.body.begin(), reply.body.end(), '\n') == 2);
    BOOST_TEST(reply.header("Link") == "</v1/events?after=2&limit=2>; rel=\"next\"");
}

BOOST_AUTO_TEST_CASE(when_it_waits_then_it_is_answered_by_the_next_matching_event) {
    HttpClient waiting(port());
    waiting.send("GET /v1/events?after=4&type=C&wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    append("order/9", R"({"type":"B"})");
    append("order/9", R"({"type":"C"})");
    BOOST_TEST(places(json_of(waiting.read())) == "order/9@6 ");
}

BOOST_AUTO_TEST_CASE(when_nothing_comes_in_time_then_the_page_is_empty_and_moves_on) {
    const auto json = json_of(client.get("/v1/events?type=none&wait=1"));
    BOOST_TEST(places(json) == "");
    BOOST_TEST(json.at("next").as_string() == "/v1/events?after=4&limit=100&type=none&wait=1");
}

BOOST_AUTO_TEST_CASE(when_the_server_stops_then_waiting_requests_do_not_hold_it) {
    const auto begun = std::chrono::steady_clock::now();
    {
        ServedStore stopping;
        HttpClient waiting(stopping.port());
        waiting.send("GET /v1/events?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        BOOST_TEST(stopping.client.get("/livez").status == 200);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(30)));
}

BOOST_AUTO_TEST_CASE(when_a_stream_is_deleted_then_one_stand_in_passes_type_filters) {
    BOOST_TEST(client.request("DELETE", "/v1/streams/order/1").status == 204);
    const auto json = json_of(client.get("/v1/events?type=A"));
    BOOST_TEST(places(json) == "bill/1@3 order/1@4 ");
    const auto& last = json.at("events").as_array().back();
    BOOST_TEST(last.at("type").as_string() == "$deleted");
    BOOST_TEST(last.at("version").as_int64() == 2);
}

BOOST_AUTO_TEST_CASE(when_a_prefix_was_cut_then_a_stand_in_is_in_its_place) {
    BOOST_TEST(store().cut({"order", "1"}, Version{1}).has_value());
    const auto json = json_of(client.get("/v1/events?limit=1"));
    BOOST_TEST(json.at("events").as_array()[0].at("type").as_string() == "$snapshot");
}

BOOST_AUTO_TEST_CASE(when_a_parameter_is_wrong_then_it_is_refused) {
    for (const auto* query :
         {"wait=61", "after=x", "category=%20", "type=", "limit=0", "from=1", "wait=1&wait=2"}) {
        BOOST_TEST(client.get("/v1/events?" + std::string(query)).status == 400, query);
    }
    BOOST_TEST(client.get("/v1/events", "Accept: text/html\r\n").status == 406);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
