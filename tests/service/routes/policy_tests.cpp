#include "tests/support/served_store.hpp"

namespace firn::test {

namespace {

constexpr char url[] = "/v1/streams/order/7/policy";

struct Policies : ServedStore {
    // "every/keep", with '*' if the stream sets some of it itself.
    std::string policy() {
        const auto json = json_of(client.get(url));
        const auto& snapshots = json.at("snapshots");
        return std::to_string(snapshots.at("every").as_int64()) + "/" +
               std::to_string(snapshots.at("keep").as_int64()) +
               (json.at("own").as_bool() ? "*" : "");
    }
    std::string pointer_to(std::string_view body) {
        const auto reply = client.put(url, body);
        BOOST_TEST(reply.status == 400, body);
        return text_in(reply, "pointer");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_and_its_category, Policies)

BOOST_AUTO_TEST_CASE(when_nothing_was_set_then_the_defaults_apply) {
    BOOST_TEST(policy() == "100/2");
    BOOST_TEST(client.get("/v1/streams/order/7").status == 404);
    BOOST_TEST(client.erase(url).status == 204);
}

BOOST_AUTO_TEST_CASE(when_the_stream_sets_some_of_it_then_the_rest_is_the_categorys) {
    const auto reply = client.put(url, R"({"snapshots":{"every":7}})");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == client.get(url).body);
    BOOST_TEST(policy() == "7/2*");
    set_category("order", R"({"snapshots":{"every":50,"keep":9}})");
    BOOST_TEST(policy() == "7/9*");
    client.put(url, R"({"snapshots":{"keep":1}})");
    BOOST_TEST(policy() == "50/1*");
    BOOST_TEST(json_of(client.get("/v1/streams/order/8/policy")).at("own").as_bool() == false);
    BOOST_TEST(client.erase(url).status == 204);
    BOOST_TEST(policy() == "50/9");
}

BOOST_AUTO_TEST_CASE(when_the_form_is_wrong_then_a_pointer_says_where) {
    BOOST_TEST(pointer_to("7") == "");
    BOOST_TEST(pointer_to(R"({"every":7})") == "/every");
    BOOST_TEST(pointer_to(R"({"snapshots":{"every":"7"}})") == "/snapshots/every");
    BOOST_TEST(pointer_to(R"({"snapshots":{"keep":1001}})") == "/snapshots/keep");
    BOOST_TEST(pointer_to(R"({"snapshots":{},"compaction":{}})") == "/compaction");
    BOOST_TEST(client.request("PUT", url).status == 400);
    BOOST_TEST(client.put("/v1/streams/order/%2E%2E/policy", "{}").status == 400);
    BOOST_TEST(policy() == "100/2");
}

BOOST_AUTO_TEST_CASE(when_the_stream_was_deleted_then_so_was_its_policy) {
    append_counted("order/7", 1);
    client.put(url, R"({"snapshots":{"every":7}})");
    BOOST_TEST(client.erase("/v1/streams/order/7").status == 204);
    BOOST_TEST(slug_of(client.get(url)) == "stream-deleted");
    BOOST_TEST(slug_of(client.put(url, "{}")) == "stream-deleted");
    BOOST_TEST(slug_of(client.erase(url)) == "stream-deleted");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
