// GET /v1/subscriptions/{name}/events as server-sent events.
#include "tests/support/served_store.hpp"
#include "tests/support/sse_client.hpp"

#include <string>

namespace firn::test {

namespace {

constexpr char accept_live[] = "Accept: text/event-stream\r\n";

struct Orders : ServedStore {
    Orders() {
        client.put("/v1/subscriptions/mailer", R"({"category":"order","type":"Placed"})");
        append("order/1", R"({"type":"Placed"})");
        append("cart/1", R"({"type":"Placed"})");
        append("order/1", R"({"type":"Paid"})");
        append("order/2", R"({"type":"Placed"})");
    }
    [[nodiscard]] SseClient follow(const std::string& last_event_id = "") const {
        return {port(), "/v1/subscriptions/mailer/events", last_event_id};
    }
    void acknowledge(int position) {
        const auto body = "{\"position\":" + std::to_string(position) + "}";
        BOOST_TEST(client.post("/v1/subscriptions/mailer/ack", body).status == 200);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_subscription_that_is_followed, Orders)

BOOST_AUTO_TEST_CASE(when_nothing_was_acknowledged_then_what_passes_its_filters_comes) {
    auto feed = follow();
    BOOST_TEST(feed.next_event().id == "1");
    BOOST_TEST(feed.next_event().id == "4");
    append("cart/1", R"({"type":"Placed"})");
    append("order/3", R"({"type":"Placed"})");
    BOOST_TEST(feed.next_event().id == "6");
}

BOOST_AUTO_TEST_CASE(when_some_was_acknowledged_then_it_begins_behind_the_checkpoint) {
    acknowledge(1);
    BOOST_TEST(follow().next_event().id == "4");
}

BOOST_AUTO_TEST_CASE(when_it_was_followed_then_its_checkpoint_is_where_it_was) {
    auto feed = follow();
    BOOST_TEST(feed.read_to_caught_up() == 2);
    const auto json = json_of(client.get("/v1/subscriptions/mailer"));
    BOOST_TEST(json.at("checkpoint").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(when_the_client_says_where_it_stopped_then_that_beats_the_checkpoint) {
    acknowledge(1);
    BOOST_TEST(follow("0").next_event().id == "1");
    auto feed = follow("4");
    BOOST_TEST(feed.read_to_caught_up() == 0);
}

BOOST_AUTO_TEST_CASE(when_there_is_no_such_subscription_then_that_is_told) {
    const auto reply = client.get("/v1/subscriptions/nobody/events", accept_live);
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(slug_of(reply) == "subscription-not-found");
}

BOOST_AUTO_TEST_CASE(when_it_asks_for_what_only_pages_have_then_that_is_refused) {
    for (const std::string name : {"limit", "wait"}) {
        const auto url = "/v1/subscriptions/mailer/events?" + name + "=1";
        const auto reply = client.get(url, accept_live);
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(text_in(reply, "parameter") == name);
    }
}

BOOST_AUTO_TEST_CASE(when_feeds_are_open_then_the_metrics_count_them) {
    BOOST_TEST(client.get("/metrics").has("\nfirn_http_streams 0\n"));
    auto feed = follow();
    static_cast<void>(feed.read_to_caught_up());
    BOOST_TEST(client.get("/metrics").has("\nfirn_http_streams 1\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
