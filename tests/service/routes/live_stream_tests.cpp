// GET /v1/streams/{category}/{id}/events as server-sent events.
#include "tests/support/answer.hpp"
#include "tests/support/served_store.hpp"
#include "tests/support/snapshot_builder.hpp"
#include "tests/support/sse_client.hpp"

#include <chrono>

namespace firn::test {

namespace {

constexpr char accept_live[] = "Accept: text/event-stream\r\n";
constexpr char path[] = "/v1/streams/order/7/events";

HttpConfig with_short_heartbeat() {
    HttpConfig config;
    config.timeouts.heartbeat = std::chrono::milliseconds(10);
    return config;
}

struct ThreeEvents : ServedStore {
    ThreeEvents() : ThreeEvents(HttpConfig{}) {}
    explicit ThreeEvents(const HttpConfig& config) : ServedStore(config) {
        append("order/1", R"({"type":"Other"})");
        append_counted("order/7", 3);
    }
    [[nodiscard]] SseClient follow(const std::string& query = "",
                                   const std::string& last_event_id = "") const {
        return {port(), path + query, last_event_id};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_is_followed, ThreeEvents)

BOOST_AUTO_TEST_CASE(when_it_begins_then_what_is_there_comes_first_and_then_what_comes) {
    auto feed = follow();
    BOOST_TEST(feed.head().status == 200);
    BOOST_TEST(feed.head().header("Content-Type") == "text/event-stream");
    for (std::uint64_t version = 1; version != 4; ++version) {
        const auto message = feed.next().value();
        BOOST_TEST(message.place() == version);
        const auto json = boost::json::parse(message.data);
        BOOST_TEST(json.at("version").to_number<std::uint64_t>() == version);
        BOOST_TEST(json.at("data").at("n").to_number<std::uint64_t>() == version);
        BOOST_TEST(!json.as_object().contains("stream"));
    }
    const auto caught_up = feed.next().value();
    BOOST_TEST(caught_up.event == "caught-up");
    BOOST_TEST(caught_up.id == "3");
    BOOST_TEST(caught_up.data == R"({"version":3})");
    append("order/1", R"({"type":"Other"})");
    append_counted("order/7", 2);
    BOOST_TEST(feed.next().value().id == "4");
    BOOST_TEST(feed.next().value().id == "5");
    append("order/7", R"({"type":"Counted"})");
    BOOST_TEST(feed.next().value().id == "6");
    BOOST_TEST(feed.caught_up() == 1);
}

BOOST_AUTO_TEST_CASE(when_it_goes_on_at_a_version_then_the_clients_last_one_beats_the_query) {
    BOOST_TEST(follow("?from=2").next().value().id == "2");
    BOOST_TEST(follow("?from=0").next().value().id == "1");
    BOOST_TEST(follow("?from=3", "1").next().value().id == "2");
    BOOST_TEST(follow("?from=3", "0").next().value().id == "1");
    const auto at_end = follow("", "3").next().value();
    BOOST_TEST(at_end.event == "caught-up");
    BOOST_TEST(at_end.id == "3");
    auto ahead = follow("?from=5");
    BOOST_TEST(ahead.next().value().event == "caught-up");
    append_counted("order/7", 2);
    BOOST_TEST(ahead.next().value().id == "5");
}

BOOST_AUTO_TEST_CASE(when_its_place_is_compacted_then_a_snapshot_stands_in_for_what_is_gone) {
    const Answer saved;
    store().snapshots().save({"order", "7"},
                             snapshot_of({2, SnapshotKind::anchor, 1, R"({"counted":2})"}), 1,
                             saved.done());
    BOOST_REQUIRE(!saved.wait());
    BOOST_TEST(store().cut({"order", "7"}, Version{2}).has_value());
    for (const auto* last : {"", "0", "1"}) {
        auto feed = follow("", last);
        const auto stand_in = feed.next().value();
        BOOST_TEST(stand_in.id == "2");
        const auto json = boost::json::parse(stand_in.data);
        BOOST_TEST(json.at("type").as_string() == "$snapshot");
        BOOST_TEST(json.at("version").as_int64() == 2);
        BOOST_TEST(json.at("data").at("state").at("counted").as_int64() == 2);
        BOOST_TEST(json.at("data").at("decider").at("revision").as_int64() == 1);
        BOOST_TEST(feed.next().value().id == "3");
    }
    BOOST_TEST(follow("", "2").next().value().id == "3");
}

BOOST_AUTO_TEST_CASE(when_a_parameter_is_wrong_then_it_is_refused) {
    for (const auto* query :
         {"limit=1", "direction=forward", "direction=backward", "from=x", "wait=1"}) {
        const auto reply = client.get(std::string(path) + "?" + query, accept_live);
        BOOST_TEST(reply.status == 400, query);
    }
    const auto reply = client.get(path, std::string(accept_live) + "Last-Event-ID: v1\r\n");
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(text_in(reply, "parameter") == "Last-Event-ID");
}

BOOST_AUTO_TEST_CASE(when_there_is_no_such_stream_then_there_is_no_feed) {
    const auto reply = client.get("/v1/streams/order/none/events", accept_live);
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(slug_of(reply) == "stream-not-found");
    BOOST_TEST(client.erase("/v1/streams/order/7").status == 204);
    const auto deleted = client.get(path, accept_live);
    BOOST_TEST(deleted.status == 410);
    BOOST_TEST(slug_of(deleted) == "stream-deleted");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_stream_with_little_to_tell)

BOOST_AUTO_TEST_CASE(when_nothing_comes_then_heartbeats_do_and_events_still_get_through) {
    ThreeEvents served(with_short_heartbeat());
    auto feed = served.follow();
    BOOST_TEST(feed.read_to_caught_up() == 3);
    for (int i = 0; i != 3; ++i) {
        feed.read_to_heartbeat();
        served.append("order/1", R"({"type":"Other"})");
    }
    served.append("order/7", R"({"type":"Counted"})");
    BOOST_TEST(feed.next().value().id == "4");
    BOOST_TEST(feed.caught_up() == 1);
}

BOOST_AUTO_TEST_CASE(when_it_is_deleted_then_that_is_the_last_message) {
    ThreeEvents served(with_short_heartbeat());
    auto feed = served.follow();
    auto ahead = served.follow("", "9");
    feed.read_to_caught_up();
    ahead.read_to_caught_up();
    BOOST_TEST(served.client.erase("/v1/streams/order/7").status == 204);
    for (auto* follower : {&feed, &ahead}) {
        const auto message = follower->next().value();
        BOOST_TEST(message.id == "3");
        const auto json = boost::json::parse(message.data);
        BOOST_TEST(json.at("type").as_string() == "$deleted");
        BOOST_TEST(json.at("version").as_int64() == 3);
        BOOST_TEST(json.at("position").as_int64() == 4);
        BOOST_TEST(!follower->next());
    }
    BOOST_TEST(served.client.get(path, accept_live).status == 410);
}

BOOST_AUTO_TEST_CASE(when_the_server_stops_then_it_ends_in_good_order) {
    HttpConfig config;
    config.timeouts.stop = std::chrono::hours(1);  // the end does not come from the cut
    auto served = std::make_unique<ThreeEvents>(config);
    auto feed = served->follow();
    feed.read_to_caught_up();
    served.reset();
    BOOST_TEST(!feed.next());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
