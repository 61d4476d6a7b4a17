// What a subscriber reads and acknowledges.
#include "tests/actors/scripted_store.hpp"
#include "tests/support/served_store.hpp"

#include <algorithm>
#include <chrono>

namespace firn::test {

namespace {

const std::string url = "/v1/subscriptions/mail";

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

// A subscriber to orders and bills over three streams, one of them about neither.
struct Subscriber : ServedStore {
    explicit Subscriber(std::unique_ptr<EventStore> store = make_memory_store(),
                        const ServiceConfig& config = {})
        : ServedStore({}, std::move(store), config) {
        append("order/1", R"({"type":"A"})");
        append("other/1", R"({"type":"A"})");
        append("bill/2", R"({"type":"B"})");
        append("order/1", R"({"type":"B"})");
        subscribe(R"({"category":["order","bill"]})");
    }
    void subscribe(std::string_view settings) {
        const auto reply = client.put(url, settings);
        BOOST_TEST((reply.status == 200 || reply.status == 201), reply.body);
    }
    [[nodiscard]] std::string read(const std::string& query = "") {
        return places(json_of(client.get(url + "/events" + query)));
    }
    [[nodiscard]] HttpReply acknowledge(std::string_view body) {
        return client.post(url + "/ack", body);
    }
    [[nodiscard]] HttpReply acknowledge(int position) {
        return acknowledge("{\"position\":" + std::to_string(position) + "}");
    }
    [[nodiscard]] std::int64_t checkpoint() {
        return json_of(client.get(url)).at("checkpoint").as_int64();
    }
    static std::string read_waiting() {
        return "GET " + url + "/events?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }
    static std::string acknowledging(int position) {
        const auto body = "{\"position\":" + std::to_string(position) + "}";
        return "POST " + url +
               "/ack HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    }
};

ServiceConfig looking_at_seven() {
    ServiceConfig config;
    config.subscriptions.scan_max = 7;
    return config;
}

struct ShortLooks : Subscriber {
    ShortLooks() : Subscriber(make_memory_store(), looking_at_seven()) {}
};

struct Script {
    std::shared_ptr<StoreScript> script = std::make_shared<StoreScript>();
};

struct ScriptedSubscriber : Script, Subscriber {
    ScriptedSubscriber() : Subscriber(std::make_unique<ScriptedStore>(script)) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_subscriber, Subscriber)

BOOST_AUTO_TEST_CASE(when_it_reads_then_matching_events_come_in_order_until_acknowledged) {
    const auto page = json_of(client.get(url + "/events"));
    BOOST_TEST(places(page) == "order/1@1 bill/2@3 order/1@4 ");
    BOOST_TEST(page.at("checkpoint").as_int64() == 0);
    BOOST_TEST(page.at("head").as_int64() == 4);
    BOOST_TEST(read("?limit=1") == "order/1@1 ");
    BOOST_TEST(acknowledge(1).body == R"({"name":"mail","checkpoint":1})");
    BOOST_TEST(read("?limit=1") == "bill/2@3 ");
    BOOST_TEST(acknowledge(4).status == 200);
    BOOST_TEST(read() == "");
}

BOOST_AUTO_TEST_CASE(when_filters_change_then_the_next_page_goes_by_them) {
    subscribe(R"({"type":["A"]})");
    BOOST_TEST(read() == "order/1@1 other/1@2 ");
    subscribe(R"({"type":["A","B"],"id_prefix":"2"})");
    BOOST_TEST(read() == "bill/2@3 ");
    subscribe(R"({"category":"order","type":"B"})");
    BOOST_TEST(read() == "order/1@4 ");
}

BOOST_AUTO_TEST_CASE(when_lines_are_asked_for_then_each_event_is_one) {
    const auto reply = client.get(url + "/events", "Accept: application/x-ndjson\r\n");
    BOOST_TEST(reply.header("Content-Type") == "application/x-ndjson");
    BOOST_TEST(std::count(reply.body.begin(), reply.body.end(), '\n') == 3);
    BOOST_TEST(reply.has(R"("stream":{"category":"order","id":"1"})"));
    BOOST_TEST(client.get(url + "/events", "Accept: text/html\r\n").status == 406);
}

BOOST_AUTO_TEST_CASE(when_it_waits_then_it_is_answered_by_the_next_matching_event) {
    BOOST_TEST(acknowledge(4).status == 200);
    HttpClient waiting(port());
    waiting.send(read_waiting());
    append("other/1", R"({"type":"A"})");
    append("order/9", R"({"type":"A"})");
    BOOST_TEST(places(json_of(waiting.read())) == "order/9@6 ");
}

BOOST_AUTO_TEST_CASE(when_nothing_comes_in_time_then_the_page_is_empty) {
    BOOST_TEST(acknowledge(4).status == 200);
    const auto page = json_of(client.get(url + "/events?wait=1"));
    BOOST_TEST(places(page) == "");
    BOOST_TEST(page.at("checkpoint").as_int64() == 4);
}

BOOST_AUTO_TEST_CASE(when_it_is_deleted_while_a_request_waits_then_that_is_told) {
    BOOST_TEST(acknowledge(4).status == 200);
    HttpClient waiting(port());
    waiting.send(read_waiting());
    BOOST_TEST(client.erase(url).status == 204);
    BOOST_TEST(slug_of(waiting.read()) == "subscription-not-found");
}

BOOST_AUTO_TEST_CASE(when_filters_change_while_a_request_waits_then_it_goes_by_the_new_ones) {
    BOOST_TEST(acknowledge(1).status == 200);
    subscribe(R"({"type":"Rare"})");
    HttpClient waiting(port());
    waiting.send(read_waiting());
    subscribe(R"({"type":"A"})");
    BOOST_TEST(places(json_of(waiting.read())) == "other/1@2 ");
}

BOOST_AUTO_TEST_CASE(when_the_server_stops_then_waiting_requests_do_not_hold_it) {
    const auto begun = std::chrono::steady_clock::now();
    {
        Subscriber stopping;
        BOOST_TEST(stopping.acknowledge(4).status == 200);
        HttpClient waiting(stopping.port());
        waiting.send(read_waiting());
        BOOST_TEST(stopping.client.get("/livez").status == 200);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(30)));
}

BOOST_AUTO_TEST_CASE(when_an_earlier_position_is_acknowledged_then_the_checkpoint_is_told) {
    BOOST_TEST(acknowledge(3).status == 200);
    for (const auto earlier : {0, 1, 3}) {
        const auto reply = acknowledge(earlier);
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.body == R"({"name":"mail","checkpoint":3})");
    }
    BOOST_TEST(read() == "order/1@4 ");
}

BOOST_AUTO_TEST_CASE(when_an_acknowledgement_is_wrong_then_it_is_refused_and_nothing_moves) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {R"({"position":5})", "/position"},
        {R"({"position":-1})", "/position"},
        {R"({"position":"3"})", "/position"},
        {R"({"position":3.0})", "/position"},
        {R"({"position":9223372036854775808})", "/position"},
        {R"({"position":3,"force":true})", "/force"},
        {R"({"position":3,"position":3})", "/position"},
        {"{}", ""},
        {"3", ""},
        {"[3]", ""},
        {R"({"position":3} x)", ""}};
    for (const auto& [body, pointer] : wrong) {
        const auto reply = acknowledge(body);
        BOOST_TEST(reply.status == 400, body);
        BOOST_TEST(slug_of(reply) == "bad-request");
        BOOST_TEST(text_in(reply, "pointer") == pointer, body);
    }
    BOOST_TEST(client.request("POST", url + "/ack").status == 400);
    BOOST_TEST(client.post(url + "/ack", "{}", "If-Match: \"3\"\r\n").status == 400);
    BOOST_TEST(checkpoint() == 0);
}

BOOST_AUTO_TEST_CASE(when_two_connections_acknowledge_at_once_then_the_highest_stays) {
    append_counted("order/2", 200);
    HttpClient first(port());
    HttpClient second(port());
    for (int position = 5; position < 204; position += 2) {
        first.send(acknowledging(position));
        second.send(acknowledging(position + 1));
        const auto at_first = json_of(first.read()).at("checkpoint").as_int64();
        const auto at_second = json_of(second.read()).at("checkpoint").as_int64();
        BOOST_TEST(at_first >= position);
        BOOST_TEST(at_second == position + 1);
    }
    BOOST_TEST(checkpoint() == 204);
}

BOOST_AUTO_TEST_CASE(when_a_stream_is_deleted_then_its_stand_in_comes_whatever_the_type) {
    subscribe(R"({"type":"Rare"})");
    BOOST_TEST(read() == "");
    BOOST_TEST(client.erase("/v1/streams/bill/2").status == 204);
    const auto page = json_of(client.get(url + "/events"));
    BOOST_TEST(places(page) == "bill/2@3 ");
    BOOST_TEST(page.at("events").at(0).at("type").as_string() == "$deleted");
    BOOST_TEST(acknowledge(3).status == 200);
    BOOST_TEST(read() == "");
}

BOOST_AUTO_TEST_CASE(when_a_parameter_is_wrong_then_it_is_refused) {
    for (const auto* query : {"wait=61", "limit=0", "after=1", "type=A", "wait=1&wait=2"}) {
        BOOST_TEST(client.get(url + "/events?" + query).status == 400, query);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_subscriber_that_looks_at_seven_positions_in_one_go, ShortLooks)

BOOST_AUTO_TEST_CASE(when_the_matching_event_lies_far_beyond_then_the_page_has_it) {
    append_counted("other/2", 500);
    append("order/3", R"({"type":"Rare"})");
    subscribe(R"({"type":"Rare"})");
    BOOST_TEST(read() == "order/3@505 ");
    BOOST_TEST(acknowledge(505).status == 200);
    append_counted("other/2", 500);
    BOOST_TEST(read() == "");
    append("order/3", R"({"type":"Rare"})");
    BOOST_TEST(read() == "order/3@1006 ");
}

BOOST_AUTO_TEST_CASE(when_it_waits_through_events_that_do_not_match_then_it_finds_the_one) {
    subscribe(R"({"type":"Rare"})");
    HttpClient waiting(port());
    waiting.send(read_waiting());
    append_counted("other/2", 100);
    append("order/3", R"({"type":"Rare"})");
    BOOST_TEST(places(json_of(waiting.read())) == "order/3@105 ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_subscriber_whose_documents_cannot_be_written, ScriptedSubscriber)

BOOST_AUTO_TEST_CASE(when_it_acknowledges_then_the_error_is_told_and_the_checkpoint_stays) {
    script->documents().fail(1, storage_errc::disk_full);
    const auto reply = acknowledge(3);
    BOOST_TEST(reply.status == 507);
    BOOST_TEST(slug_of(reply) == "disk-full");
    BOOST_TEST(checkpoint() == 0);
    BOOST_TEST(acknowledge(3).status == 200);
    BOOST_TEST(checkpoint() == 3);
}

BOOST_AUTO_TEST_CASE(when_settings_change_then_the_error_is_told_and_they_stay) {
    script->documents().fail(1);
    BOOST_TEST(slug_of(client.put(url, "{}")) == "internal");
    script->documents().fail(1, storage_errc::disk_full);
    BOOST_TEST(client.erase(url).status == 507);
    script->documents().fail(1, storage_errc::overloaded);
    BOOST_TEST(client.put("/v1/subscriptions/new", "{}").status == 503);
    BOOST_TEST(client.get("/v1/subscriptions/new").status == 404);
    BOOST_TEST(read() == "order/1@1 bill/2@3 order/1@4 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
