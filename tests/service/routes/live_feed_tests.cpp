// GET /v1/events as server-sent events.
#include "tests/actors/scripted_store.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/served_store.hpp"
#include "tests/support/sse_client.hpp"

#include <chrono>
#include <memory>

namespace firn::test {

namespace {

constexpr char accept_live[] = "Accept: text/event-stream\r\n";

HttpConfig with_heartbeat(std::chrono::milliseconds heartbeat) {
    HttpConfig config;
    config.timeouts.heartbeat = heartbeat;
    return config;
}

struct TwoOrders : ServedStore {
    TwoOrders() : TwoOrders(HttpConfig{}) {}
    explicit TwoOrders(const HttpConfig& config) : ServedStore(config) {
        append("order/1", R"({"type":"A"})");
        append("order/2", R"({"type":"B"})");
    }
    [[nodiscard]] SseClient follow(const std::string& query = "",
                                   const std::string& last_event_id = "") const {
        return {port(), "/v1/events" + query, last_event_id};
    }
};

// True: the connection ended in the middle of the body.
bool is_cut(SseClient& feed) {
    try {
        while (feed.next()) {
        }
    } catch (const std::runtime_error& error) {
        return std::string_view(error.what()).find("closed") != std::string_view::npos;
    }
    return false;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_feed_that_is_followed, TwoOrders)

BOOST_AUTO_TEST_CASE(when_it_begins_then_what_is_there_comes_first_and_then_what_comes) {
    auto feed = follow();
    BOOST_TEST(feed.head().status == 200);
    BOOST_TEST(feed.head().header("Content-Type") == "text/event-stream");
    BOOST_TEST(feed.head().header("Cache-Control") == "no-cache");
    BOOST_TEST(feed.next().value().id == "1");
    BOOST_TEST(feed.retry() == "1000");
    const auto second = feed.next().value();
    BOOST_TEST(second.id == "2");
    const auto json = boost::json::parse(second.data);
    BOOST_TEST(json.at("type").as_string() == "B");
    BOOST_TEST(json.at("position").as_int64() == 2);
    BOOST_TEST(json.at("stream").at("id").as_string() == "2");
    const auto caught_up = feed.next().value();
    BOOST_TEST(caught_up.event == "caught-up");
    BOOST_TEST(caught_up.id == "2");
    BOOST_TEST(caught_up.data == R"({"position":2})");
    append("order/1", R"({"events":[{"type":"C"},{"type":"D"}]})");
    BOOST_TEST(feed.next().value().id == "3");
    BOOST_TEST(feed.next().value().id == "4");
    append("order/9", R"({"type":"E"})");
    BOOST_TEST(feed.next().value().id == "5");
    BOOST_TEST(feed.caught_up() == 1);
}

BOOST_AUTO_TEST_CASE(when_it_goes_on_after_a_position_then_the_clients_last_one_beats_the_query) {
    BOOST_TEST(follow("?after=1").next().value().id == "2");
    BOOST_TEST(follow("?after=1", "0").next().value().id == "1");
    BOOST_TEST(follow("", "1").next().value().id == "2");
    const auto at_end = follow("?after=0", "2").next().value();
    BOOST_TEST(at_end.event == "caught-up");
    BOOST_TEST(at_end.id == "2");
    auto ahead = follow("", "3");
    BOOST_TEST(ahead.next().value().id == "3");
    append("order/3", R"({"events":[{"type":"C"},{"type":"D"}]})");
    BOOST_TEST(ahead.next().value().id == "4");
}

BOOST_AUTO_TEST_CASE(when_it_is_filtered_then_so_is_what_comes) {
    auto feed = follow("?category=order&category=bill&type=A&type=C&id_prefix=1");
    BOOST_TEST(feed.next().value().id == "1");
    BOOST_TEST(feed.next().value().id == "2");  // caught-up
    append("other/1", R"({"type":"A"})");
    append("bill/2", R"({"type":"A"})");
    append("order/1", R"({"type":"B"})");
    append("bill/12", R"({"events":[{"type":"B"},{"type":"C"},{"type":"A"}]})");
    BOOST_TEST(feed.next().value().id == "7");
    BOOST_TEST(feed.next().value().id == "8");
    append("order/1", R"({"type":"C"})");
    BOOST_TEST(feed.next().value().id == "9");
    BOOST_TEST(feed.caught_up() == 1);
}

BOOST_AUTO_TEST_CASE(when_what_was_sent_holds_line_breaks_then_it_is_one_line) {
    auto feed = follow("?after=2");
    feed.read_to_caught_up();
    append("order/1", "{\"type\":\"C\",\"data\":{\"a\":\r\n1,\n\"b\":\"x\\r\\ny\"\r}}");
    const auto message = feed.next().value();
    BOOST_TEST(message.id == "3");
    const auto data = boost::json::parse(message.data).at("data");
    BOOST_TEST(data.at("a").as_int64() == 1);
    BOOST_TEST(data.at("b").as_string() == "x\r\ny");
}

BOOST_AUTO_TEST_CASE(when_events_are_gone_then_their_stand_ins_come) {
    BOOST_TEST(store().cut({"order", "1"}, Version{1}).has_value());
    BOOST_TEST(client.erase("/v1/streams/order/2").status == 204);
    auto feed = follow("?type=none");
    BOOST_TEST(boost::json::parse(feed.next().value().data).at("type").as_string() == "$snapshot");
    BOOST_TEST(boost::json::parse(feed.next().value().data).at("type").as_string() == "$deleted");
}

BOOST_AUTO_TEST_CASE(when_a_parameter_is_wrong_then_it_is_refused) {
    for (const auto* query :
         {"limit=1", "wait=1", "wait=0", "direction=forward", "after=x", "category=%20", "type="}) {
        const auto reply = client.get("/v1/events?" + std::string(query), accept_live);
        BOOST_TEST(reply.status == 400, query);
        BOOST_TEST(slug_of(reply) == "bad-request");
    }
    for (const auto* id : {"x", "-1", "1-2", "9223372036854775808", "99999999999999999999"}) {
        const auto reply =
            client.get("/v1/events", std::string(accept_live) + "Last-Event-ID: " + id + "\r\n");
        BOOST_TEST(reply.status == 400, id);
        BOOST_TEST(text_in(reply, "parameter") == "Last-Event-ID");
    }
}

BOOST_AUTO_TEST_CASE(when_only_the_head_is_asked_for_then_nothing_is_followed) {
    const auto reply = client.request("HEAD", "/v1/events", {}, accept_live);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Content-Type") == "text/event-stream");
    BOOST_TEST(client.get("/livez").status == 200);
}

BOOST_AUTO_TEST_CASE(when_pages_are_liked_better_then_a_page_comes) {
    for (const auto* accept : {"*/*", "application/json, text/event-stream",
                               "text/event-stream;q=0.5, application/json"}) {
        const auto reply = client.get("/v1/events", "Accept: " + std::string(accept) + "\r\n");
        BOOST_TEST(reply.header("Content-Type") == "application/json");
        BOOST_TEST(reply.header("Vary").find("Accept") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_feed_with_little_to_tell)

BOOST_AUTO_TEST_CASE(when_nothing_comes_then_heartbeats_do_and_events_still_get_through) {
    TwoOrders served(with_heartbeat(std::chrono::milliseconds(10)));
    auto feed = served.follow("?category=bill");
    BOOST_TEST(feed.read_to_caught_up() == 0);
    for (int i = 0; i != 3; ++i) {
        feed.read_to_heartbeat();
        served.append("order/1", R"({"type":"A"})");
    }
    served.append("bill/1", R"({"type":"A"})");
    BOOST_TEST(feed.next().value().id == "6");
    feed.read_to_heartbeat();
    BOOST_TEST(feed.caught_up() == 1);
}

BOOST_AUTO_TEST_CASE(when_a_type_is_rarer_than_one_look_reaches_then_it_is_found) {
    auto store = make_memory_store();
    std::vector<TestEvent> many(10'000);
    const auto events = encode(many);
    const auto commit = [&store](const Events& batch) {
        Transaction transaction;
        transaction.writes.emplace_back();
        transaction.writes.back().stream = {"order", "1"};
        transaction.writes.back().expected = Expected::any();
        transaction.writes.back().events = batch;
        BOOST_TEST_REQUIRE(!store->commit({&transaction, 1}).front().error);
    };
    for (int i = 0; i != 11; ++i) {
        commit(events);
    }
    TestEvent rare;
    rare.type = "Rare";
    commit(encode({rare}));
    commit(events);
    ServedStore served({}, std::move(store));
    SseClient feed(served.port(), "/v1/events?type=Rare");
    BOOST_TEST(feed.next().value().id == "110001");
    const auto caught_up = feed.next().value();
    BOOST_TEST(caught_up.event == "caught-up");
    BOOST_TEST(caught_up.id == "120001");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_follower_that_does_not_read)

BOOST_AUTO_TEST_CASE(when_much_comes_meanwhile_then_it_gets_all_of_it_and_others_do_not_wait) {
    HttpConfig config;
    config.limits.live_bytes_max = 16u << 10;
    config.timeouts.response = std::chrono::minutes(10);
    TwoOrders served(config);
    auto slow = served.follow();
    auto quick = served.follow();
    BOOST_TEST(slow.read_to_caught_up() == 2);
    BOOST_TEST(quick.read_to_caught_up() == 2);
    // More than the sockets hold, by far.
    const auto body = R"({"type":"Large","data":")" + std::string(600'000, 'd') + "\"}";
    for (std::uint64_t position = 3; position != 53; ++position) {
        served.append("order/1", body);
        BOOST_TEST(quick.next_event().place() == position);
    }
    for (std::uint64_t position = 3; position != 53; ++position) {
        BOOST_TEST(slow.next_event().place() == position);
    }
    BOOST_TEST(slow.read_to_caught_up() == 0);
    BOOST_TEST(slow.caught_up() >= 2);
    served.append("order/2", R"({"type":"A"})");
    BOOST_TEST(slow.next_event().place() == 53u);
    BOOST_TEST(quick.next_event().place() == 53u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_feed_that_cannot_go_on)

BOOST_AUTO_TEST_CASE(when_the_server_stops_then_it_ends_in_good_order) {
    HttpConfig config;
    config.timeouts.stop = std::chrono::hours(1);  // the end does not come from the cut
    auto served = std::make_unique<TwoOrders>(config);
    auto all = served->follow();
    auto bills = served->follow("?category=bill");
    all.read_to_caught_up();
    bills.read_to_caught_up();
    served.reset();
    BOOST_TEST(!all.next());
    BOOST_TEST(!bills.next());
}

BOOST_AUTO_TEST_CASE(when_the_store_cannot_be_read_then_it_is_cut_and_can_be_resumed) {
    auto script = std::make_shared<StoreScript>();
    ServedStore served({}, std::make_unique<ScriptedStore>(script));
    served.append("order/1", R"({"type":"A"})");
    SseClient all(served.port(), "/v1/events");
    SseClient bills(served.port(), "/v1/events?category=bill");
    BOOST_TEST(all.read_to_caught_up() == 1);
    BOOST_TEST(bills.read_to_caught_up() == 0);
    script->fail_feed_with(storage_errc::io_failed);
    served.append("order/1", R"({"type":"B"})");
    BOOST_TEST(is_cut(all));
    BOOST_TEST(is_cut(bills));
    SseClient none(served.port(), "/v1/events");
    BOOST_TEST(is_cut(none));
    script->fail_feed_with({});
    SseClient resumed(served.port(), "/v1/events", "1");
    BOOST_TEST(resumed.next_event().place() == 2u);
    BOOST_TEST(resumed.read_to_caught_up() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
