#include "tests/support/served_store.hpp"

namespace firn::test {

BOOST_FIXTURE_TEST_SUITE(given_streams, ServedStore)

BOOST_AUTO_TEST_CASE(when_one_is_asked_for_then_its_facts_come) {
    append_counted("order/7", 3);
    const auto json = json_of(client.get("/v1/streams/order/7"));
    BOOST_TEST(json.at("version").as_int64() == 3);
    BOOST_TEST(json.at("first_version").as_int64() == 1);
    BOOST_TEST(json.at("events").as_int64() == 3);
    BOOST_TEST(json.at("last_position").as_int64() == 3);
    BOOST_TEST(json.at("chain_hash").as_string().size() == 64u);
    BOOST_TEST(json.at("snapshots").as_int64() == 0);
    BOOST_TEST(!json.at("deleted").as_bool());
    BOOST_TEST(slug_of(client.get("/v1/streams/order/8")) == "stream-not-found");
}

BOOST_AUTO_TEST_CASE(when_one_is_deleted_then_everything_on_it_is_gone) {
    append_counted("order/7", 2);
    const auto stale = client.request("DELETE", "/v1/streams/order/7", {}, "If-Match: \"1\"\r\n");
    BOOST_TEST(stale.status == 412);
    BOOST_TEST(json_of(stale).at("missed_events").as_array().size() == 1u);
    BOOST_TEST(client.request("DELETE", "/v1/streams/order/7", {}, "If-Match: \"2\"\r\n").status ==
               204);
    const auto gone = [](const HttpReply& reply) {
        BOOST_TEST(reply.status == 410);
        BOOST_TEST(slug_of(reply) == "stream-deleted");
    };
    gone(client.request("DELETE", "/v1/streams/order/7"));
    gone(client.get("/v1/streams/order/7"));
    gone(client.get("/v1/streams/order/7/state"));
    gone(client.get("/v1/streams/order/7/events"));
    gone(client.post("/v1/streams/order/7/events", R"({"type":"A"})", "If-Match: \"9\"\r\n"));
    BOOST_TEST(client.post("/v1/streams/order/7/events", "{}").status == 400);
    BOOST_TEST(json_of(client.get("/v1/streams")).at("streams").as_array().empty());
}

BOOST_AUTO_TEST_CASE(when_one_that_never_was_is_deleted_then_it_is_not_found) {
    BOOST_TEST(client.request("DELETE", "/v1/streams/order/7").status == 404);
    BOOST_TEST(client.request("DELETE", "/v1/streams/order/7", {}, "If-None-Match: *\r\n").status ==
               400);
}

BOOST_AUTO_TEST_CASE(when_they_are_listed_then_pages_go_on_by_category_and_id) {
    for (const auto* name : {"b/1", "a/2", "a/x%2Fy%20z", "a/10"}) {
        append_counted(name, 1);
    }
    std::string url = "/v1/streams?limit=1";
    std::string seen;
    while (!url.empty()) {
        const auto json = json_of(client.get(url));
        for (const auto& info : json.at("streams").as_array()) {
            seen += info.at("stream").at("category").as_string();
            seen += '/';
            seen += info.at("stream").at("id").as_string();
            seen += ';';
        }
        url = json.at("next").is_null() ? "" : std::string(json.at("next").as_string());
    }
    BOOST_TEST(seen == "a/10;a/2;a/x/y z;b/1;");
    const auto count = [&](const char* query) {
        return json_of(client.get(query)).at("streams").as_array().size();
    };
    BOOST_TEST(count("/v1/streams?category=a") == 3u);
    BOOST_TEST(count("/v1/streams?category=a&prefix=x%2F") == 1u);
    BOOST_TEST(count("/v1/streams?prefix=1") == 2u);
    BOOST_TEST(client.get("/v1/streams?cursor=nonsense").status == 400);
    BOOST_TEST(client.get("/v1/streams?category=%24").status == 400);
}

BOOST_AUTO_TEST_CASE(when_a_path_or_method_leads_nowhere_then_it_is_told_so) {
    BOOST_TEST(slug_of(client.get("/v1/nothing")) == "not-found");
    BOOST_TEST(slug_of(client.get("/v1/streams/")) == "not-found");
    BOOST_TEST(slug_of(client.get("/1/2/3/4/5/6/7/8/9/10")) == "not-found");
    const auto reply = client.request("PUT", "/v1/streams/order/7", "{}");
    BOOST_TEST(reply.status == 405);
    BOOST_TEST(slug_of(reply) == "method-not-allowed");
    BOOST_TEST(reply.header("Allow") == "GET, HEAD, DELETE, OPTIONS");
    const auto options = client.request("OPTIONS", "/v1/streams/order/7/events");
    BOOST_TEST(options.status == 204);
    BOOST_TEST(options.header("Allow") == "POST, GET, HEAD, OPTIONS");
    BOOST_TEST(client.request("BREW", "/v1/streams").status == 405);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
