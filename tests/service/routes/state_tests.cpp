#include "tests/support/served_store.hpp"

namespace firn::test {

namespace {

constexpr char url[] = "/v1/streams/order/7/state";

struct Ordered : ServedStore {
    Ordered() {
        append("order/7", R"({"type":"A","data":{"total":1,"by":"x"}})");
        append("order/7", R"({"type":"B","data":{"total":2,"by":null}})");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_with_a_state, Ordered)

BOOST_AUTO_TEST_CASE(when_it_is_read_then_it_comes_with_its_version_and_tag) {
    // First folded, then from the cache.
    for (int i = 0; i < 2; ++i) {
        const auto reply = client.get(url);
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.header("ETag") == "\"2-1\"");
        const auto json = json_of(reply);
        BOOST_TEST(json.at("version").as_int64() == 2);
        BOOST_TEST((json.at("state") == boost::json::parse(R"({"total":2})")));
        BOOST_TEST(json.at("decider").at("kind").as_string() == "merge_patch");
        BOOST_TEST(json.at("decider").at("revision").as_int64() == 1);
    }
}

BOOST_AUTO_TEST_CASE(when_its_tag_is_known_then_it_is_not_sent_again) {
    for (int i = 0; i < 2; ++i) {
        const auto reply = client.get(url, "If-None-Match: \"1-1\", \"2-1\"\r\n");
        BOOST_TEST(reply.status == 304);
        BOOST_TEST(reply.header("ETag") == "\"2-1\"");
    }
    append("order/7", R"({"type":"C"})", "If-Match: \"2-1\"\r\n");
    BOOST_TEST(client.get(url, "If-None-Match: \"2-1\"\r\n").status == 200);
}

BOOST_AUTO_TEST_CASE(when_a_version_is_asked_for_then_the_state_is_as_of_then) {
    BOOST_TEST(client.get(url + std::string("?version=0")).has(R"("state":{})"));
    const auto first = client.get(url + std::string("?version=1"));
    BOOST_TEST(first.has(R"("by":"x")"));
    BOOST_TEST(first.header("ETag") == "\"1-1\"");
    const auto past = client.get(url + std::string("?version=3"));
    BOOST_TEST(past.status == 404);
    BOOST_TEST(slug_of(past) == "version-not-found");
    BOOST_TEST(json_of(past).at("current_version").as_int64() == 2);
    BOOST_TEST(client.get(url + std::string("?version=x")).status == 400);
}

BOOST_AUTO_TEST_CASE(when_it_is_asked_for_by_head_then_only_the_fields_come) {
    const auto reply = client.request("HEAD", url);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("ETag") == "\"2-1\"");
    BOOST_TEST(reply.header("Content-Length") != "0");
    BOOST_TEST(client.get(url).status == 200);
}

BOOST_AUTO_TEST_CASE(when_the_stream_does_not_exist_then_it_is_not_found) {
    const auto reply = client.get("/v1/streams/order/8/state");
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(slug_of(reply) == "stream-not-found");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
