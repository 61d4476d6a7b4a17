// Subscriptions as settings: made, changed, listed, deleted.
#include "tests/support/reopened_store.hpp"

#include <boost/json/serialize.hpp>

namespace firn::test {

namespace {

const std::string url = "/v1/subscriptions/mail";

struct Subscriptions : ServedStore {
    explicit Subscriptions(const ServiceConfig& config = {})
        : ServedStore({}, make_memory_store(), config) {}

    HttpReply put(std::string_view settings) { return client.put(url, settings); }
    [[nodiscard]] boost::json::object made(std::string_view settings) {
        const auto reply = put(settings);
        BOOST_TEST(reply.status == 201, reply.body);
        return json_of(reply);
    }
    [[nodiscard]] std::string pointer_to(std::string_view settings) {
        const auto reply = put(settings);
        BOOST_TEST(reply.status == 400, settings);
        BOOST_TEST(slug_of(reply) == "bad-request");
        return text_in(reply, "pointer");
    }
    // "a b " of a page of the list.
    [[nodiscard]] static std::string names(const boost::json::object& page) {
        std::string text;
        for (const auto& subscription : page.at("subscriptions").as_array()) {
            text += subscription.at("name").as_string();
            text += ' ';
        }
        return text;
    }
};

ServiceConfig room_for(std::size_t count) {
    ServiceConfig config;
    config.subscriptions.count_max = count;
    return config;
}

struct RoomForOne : Subscriptions {
    RoomForOne() : Subscriptions(room_for(1)) {}
};

// As JSON, without what time does to it.
std::string lasting(const HttpReply& reply) {
    auto json = json_of(reply);
    json.erase("lag");
    return boost::json::serialize(json);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_no_subscription, Subscriptions)

BOOST_AUTO_TEST_CASE(when_it_is_asked_for_then_it_is_not_found) {
    BOOST_TEST(client.get("/v1/subscriptions").body == R"({"subscriptions":[],"next":null})");
    BOOST_TEST(slug_of(client.get(url)) == "subscription-not-found");
    BOOST_TEST(client.get(url).status == 404);
    BOOST_TEST(slug_of(client.erase(url)) == "subscription-not-found");
    BOOST_TEST(slug_of(client.get(url + "/events?wait=60")) == "subscription-not-found");
    BOOST_TEST(slug_of(client.post(url + "/ack", R"({"position":0})")) == "subscription-not-found");
}

BOOST_AUTO_TEST_CASE(when_nothing_is_stated_then_it_is_about_all_events_from_the_beginning) {
    append_counted("order/7", 3);
    const auto json = made("{}");
    BOOST_TEST(json.at("name").as_string() == "mail");
    BOOST_TEST(json.at("category").as_array().empty());
    BOOST_TEST(json.at("type").as_array().empty());
    BOOST_TEST(json.at("id_prefix").as_string() == "");
    BOOST_TEST(json.at("from").as_string() == "beginning");
    BOOST_TEST(!json.at("blocks_compaction").as_bool());
    BOOST_TEST(json.at("checkpoint").as_int64() == 0);
    BOOST_TEST(json.at("lag").at("events").as_int64() == 3);
    BOOST_TEST(json.at("lag").at("exact").as_bool());
}

BOOST_AUTO_TEST_CASE(when_all_is_stated_then_it_is_kept_and_read_again) {
    append_counted("order/7", 3);
    const auto json = made(R"({"category":["order","bill"],"type":"Counted","id_prefix":"7",
                               "from":1,"blocks_compaction":true})");
    BOOST_TEST(boost::json::serialize(json.at("category")) == R"(["order","bill"])");
    BOOST_TEST(boost::json::serialize(json.at("type")) == R"(["Counted"])");
    BOOST_TEST(json.at("id_prefix").as_string() == "7");
    BOOST_TEST(json.at("from").as_int64() == 1);
    BOOST_TEST(json.at("blocks_compaction").as_bool());
    BOOST_TEST(json.at("checkpoint").as_int64() == 1);
    BOOST_TEST(json.at("lag").at("events").as_int64() == 2);
    BOOST_TEST(lasting(client.get(url)) == lasting(put("{\"category\":[\"order\",\"bill\"],"
                                                       "\"type\":[\"Counted\"],\"id_prefix\":\"7\","
                                                       "\"blocks_compaction\":true}")));
}

BOOST_AUTO_TEST_CASE(when_it_begins_at_the_end_then_it_is_behind_by_nothing) {
    append_counted("order/7", 3);
    const auto json = made(R"({"from":"end"})");
    BOOST_TEST(json.at("from").as_string() == "end");
    BOOST_TEST(json.at("checkpoint").as_int64() == 3);
    BOOST_TEST(boost::json::serialize(json.at("lag")) ==
               R"({"events":0,"exact":true,"seconds":0})");
}

BOOST_AUTO_TEST_CASE(when_a_setting_is_wrong_then_a_pointer_says_where) {
    append_counted("order/7", 3);
    BOOST_TEST(pointer_to("[]") == "");
    BOOST_TEST(pointer_to(R"({"categroy":"order"})") == "/categroy");
    BOOST_TEST(pointer_to(R"({"category":"a b"})") == "/category");
    BOOST_TEST(pointer_to(R"({"category":["a",7]})") == "/category/1");
    BOOST_TEST(pointer_to(R"({"type":[""]})") == "/type/0");
    BOOST_TEST(pointer_to(R"({"id_prefix":7})") == "/id_prefix");
    BOOST_TEST(pointer_to(R"({"from":"start"})") == "/from");
    BOOST_TEST(pointer_to(R"({"from":4})") == "/from");
    BOOST_TEST(pointer_to(R"({"blocks_compaction":"no"})") == "/blocks_compaction");
    BOOST_TEST(client.get(url).status == 404);
}

BOOST_AUTO_TEST_CASE(when_the_request_is_of_another_form_then_it_is_refused) {
    BOOST_TEST(client.request("PUT", url).status == 400);
    BOOST_TEST(client.put(url, "{}\n", "Content-Type: application/x-ndjson\r\n").status == 400);
    BOOST_TEST(client.put(url, "{}", "Content-Type: text/plain\r\n").status == 415);
    BOOST_TEST(client.put(url, "{}", "If-None-Match: *\r\n").status == 400);
    BOOST_TEST(client.erase(url, "If-Match: *\r\n").status == 400);
    BOOST_TEST(client.post(url, "{}").status == 405);
    for (const auto* name : {"a%2Fb", ".a", "a%20b"}) {
        const auto wrong = "/v1/subscriptions/" + std::string(name);
        BOOST_TEST(text_in(client.put(wrong, "{}"), "parameter") == "name");
        BOOST_TEST(text_in(client.get(wrong), "parameter") == "name");
        BOOST_TEST(client.erase(wrong).status == 400);
        BOOST_TEST(client.get(wrong + "/events").status == 400);
        BOOST_TEST(client.post(wrong + "/ack", R"({"position":1})").status == 400);
    }
}

BOOST_AUTO_TEST_CASE(when_there_are_several_then_they_are_listed_by_name_in_pages) {
    append_counted("order/7", 3);
    for (const auto* name : {"c", "a", "b"}) {
        BOOST_TEST(client.put("/v1/subscriptions/" + std::string(name), "{}").status == 201);
    }
    const auto all = json_of(client.get("/v1/subscriptions"));
    BOOST_TEST(names(all) == "a b c ");
    BOOST_TEST(all.at("next").is_null());
    BOOST_TEST(all.at("subscriptions").at(2).at("lag").at("events").as_int64() == 3);
    const auto first = client.get("/v1/subscriptions?limit=2");
    BOOST_TEST(names(json_of(first)) == "a b ");
    BOOST_TEST(first.header("Link") == "</v1/subscriptions?limit=2&cursor=b>; rel=\"next\"");
    const auto second = json_of(client.get(text_in(first, "next")));
    BOOST_TEST(names(second) == "c ");
    BOOST_TEST(second.at("next").is_null());
    BOOST_TEST(client.get("/v1/subscriptions?limit=0").status == 400);
    BOOST_TEST(client.get("/v1/subscriptions?cursor=a%20b").status == 400);
    BOOST_TEST(client.get("/v1/subscriptions?name=a").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_subscription, Subscriptions)

BOOST_AUTO_TEST_CASE(when_it_is_put_again_then_its_checkpoint_and_its_beginning_stay) {
    append_counted("order/7", 3);
    const auto before = made(R"({"from":1})");
    BOOST_TEST(client.post(url + "/ack", R"({"position":2})").status == 200);
    const auto reply = put(R"({"type":"Other","from":1,"blocks_compaction":true})");
    BOOST_TEST(reply.status == 200);
    const auto after = json_of(reply);
    BOOST_TEST(boost::json::serialize(after.at("type")) == R"(["Other"])");
    BOOST_TEST(after.at("blocks_compaction").as_bool());
    BOOST_TEST(after.at("from").as_int64() == 1);
    BOOST_TEST(after.at("checkpoint").as_int64() == 2);
    BOOST_TEST((after.at("created_at") == before.at("created_at")));
    BOOST_TEST(after.at("lag").at("events").as_int64() == 0);
    // What is left out is the default again, but for the beginning.
    const auto bare = json_of(put("{}"));
    BOOST_TEST(bare.at("type").as_array().empty());
    BOOST_TEST(bare.at("from").as_int64() == 1);
    BOOST_TEST(bare.at("checkpoint").as_int64() == 2);
}

BOOST_AUTO_TEST_CASE(when_another_beginning_is_put_then_it_is_refused_and_nothing_changes) {
    append_counted("order/7", 3);
    static_cast<void>(made(R"({"from":1})"));
    for (const auto* from : {"\"beginning\"", "\"end\"", "0", "2"}) {
        const auto reply = put(R"({"type":"A","from":)" + std::string(from) + "}");
        BOOST_TEST(reply.status == 400, from);
        BOOST_TEST(text_in(reply, "pointer") == "/from");
        BOOST_TEST(reply.has("only moves forwards"));
    }
    BOOST_TEST(json_of(client.get(url)).at("type").as_array().empty());
}

BOOST_AUTO_TEST_CASE(when_it_is_deleted_then_it_can_be_made_anew_from_the_beginning) {
    append_counted("order/7", 3);
    static_cast<void>(made("{}"));
    BOOST_TEST(client.post(url + "/ack", R"({"position":2})").status == 200);
    BOOST_TEST(client.erase(url).status == 204);
    BOOST_TEST(client.get(url).status == 404);
    BOOST_TEST(slug_of(client.post(url + "/ack", R"({"position":3})")) == "subscription-not-found");
    BOOST_TEST(client.erase(url).status == 404);
    BOOST_TEST(made(R"({"type":"A"})").at("checkpoint").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(when_figures_are_read_then_they_count_it) {
    append_counted("order/7", 3);
    static_cast<void>(made("{}"));
    for (const auto* position : {"1", "3", "2"}) {
        const auto body = R"({"position":)" + std::string(position) + "}";
        BOOST_TEST(client.post(url + "/ack", body).status == 200);
    }
    BOOST_TEST(boost::json::serialize(json_of(client.get("/v1/stats")).at("subscriptions")) ==
               R"({"count":1,"acknowledgements":3})");
    const auto metrics = client.get("/metrics");
    BOOST_TEST(metrics.has("\nfirn_subscriptions 1\n"));
    BOOST_TEST(metrics.has("\nfirn_acknowledgements_total 3\n"));
}

BOOST_AUTO_TEST_CASE(when_there_is_too_much_to_count_then_the_lag_says_so) {
    for (int i = 0; i != 3; ++i) {
        append_counted("order/7", 5'000);
    }
    const auto lag = made(R"({"type":"Rare"})").at("lag");
    BOOST_TEST(lag.at("events").as_int64() == 5'000);
    BOOST_TEST(!lag.at("exact").as_bool());
    // The next look goes on where that one ended.
    const auto rest = json_of(client.get(url)).at("lag");
    BOOST_TEST(rest.at("events").as_int64() == 0);
    BOOST_TEST(rest.at("exact").as_bool());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_room_for_one_subscription, RoomForOne)

BOOST_AUTO_TEST_CASE(when_another_one_is_made_then_it_is_refused_until_there_is_room) {
    static_cast<void>(made("{}"));
    const auto reply = client.put("/v1/subscriptions/other", "{}");
    BOOST_TEST(reply.status == 503);
    BOOST_TEST(slug_of(reply) == "overloaded");
    BOOST_TEST(reply.has("subscriptions.count_max"));
    BOOST_TEST(put(R"({"type":"A"})").status == 200);
    BOOST_TEST(client.erase(url).status == 204);
    BOOST_TEST(client.put("/v1/subscriptions/other", "{}").status == 201);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_data_directory_with_a_subscription, ReopenedStore)

BOOST_AUTO_TEST_CASE(when_it_is_served_again_then_settings_and_checkpoint_are_kept) {
    served->append_counted("order/7", 5);
    BOOST_TEST(client()
                   .put(url, R"({"category":"order","type":["Counted","B"],"from":1,
                                 "blocks_compaction":true})")
                   .status == 201);
    BOOST_TEST(client().put("/v1/subscriptions/gone", "{}").status == 201);
    BOOST_TEST(client().post(url + "/ack", R"({"position":3})").status == 200);
    BOOST_TEST(client().erase("/v1/subscriptions/gone").status == 204);
    const auto before = lasting(client().get(url));
    reopen();
    BOOST_TEST(lasting(client().get(url)) == before);
    BOOST_TEST(client().get("/v1/subscriptions/gone").status == 404);
    // What was read but not acknowledged comes again.
    const auto page = json_of(client().get(url + "/events"));
    BOOST_TEST(page.at("events").as_array().size() == 2u);
    BOOST_TEST(page.at("events").at(0).at("position").as_int64() == 4);
    BOOST_TEST(page.at("checkpoint").as_int64() == 3);
    BOOST_TEST(client().post(url + "/ack", R"({"position":5})").status == 200);
    reopen();
    BOOST_TEST(json_of(client().get(url + "/events")).at("events").as_array().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
