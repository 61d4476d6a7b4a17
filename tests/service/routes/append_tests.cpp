#include "tests/support/served_store.hpp"

namespace firn::test {

namespace {

constexpr char url[] = "/v1/streams/order/7/events";
constexpr char ndjson[] = "Content-Type: application/x-ndjson\r\n";
constexpr char uuid_a[] = "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55";
constexpr char uuid_b[] = "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c56";

std::string with_id(std::string_view id, int n) {
    return R"({"type":"Paid","id":")" + std::string(id) + R"(","data":{"n":)" + std::to_string(n) +
           "}}";
}

std::string list(std::string_view events, std::string_view rest = {}) {
    return "{\"events\":[" + std::string(events) + "]" + std::string(rest) + "}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_new_stream, ServedStore)

BOOST_AUTO_TEST_CASE(when_a_list_is_appended_then_the_answer_says_where_it_is) {
    const auto reply = append("order/7", list(R"({"type":"A"},{"type":"B","data":[1, 2]})"));
    const auto json = json_of(reply);
    BOOST_TEST(json.at("stream").at("category").as_string() == "order");
    BOOST_TEST(json.at("stream").at("id").as_string() == "7");
    BOOST_TEST(json.at("first_version").as_int64() == 1);
    BOOST_TEST(json.at("version").as_int64() == 2);
    BOOST_TEST(json.at("position").as_int64() == 2);
    BOOST_TEST(json.at("ids").as_array().size() == 2u);
    BOOST_TEST(!json.contains("replayed"));
    BOOST_TEST(reply.header("ETag") == "\"2\"");
}

BOOST_AUTO_TEST_CASE(when_lines_or_a_bare_event_are_appended_then_they_follow) {
    append("order/7", "{\"type\":\"A\"}\n{\"type\":\"B\"}\n", ndjson);
    BOOST_TEST(json_of(append("order/7", R"({"type":"C"})")).at("version").as_int64() == 3);
}

BOOST_AUTO_TEST_CASE(when_it_is_expected_to_exist_then_the_form_of_the_expectation_decides) {
    const auto by_body =
        client.post(url, list(R"({"type":"A"})", R"(,"expected_version":"exists")"));
    BOOST_TEST(by_body.status == 409);
    BOOST_TEST(slug_of(by_body) == "wrong-version");
    BOOST_TEST(json_of(by_body).at("expected_version").as_string() == "exists");
    BOOST_TEST(json_of(by_body).at("current_version").as_int64() == 0);
    const auto by_header = client.post(url, R"({"type":"A"})", "If-Match: *\r\n");
    BOOST_TEST(by_header.status == 412);
    BOOST_TEST(slug_of(by_header) == "wrong-version");
    append("order/7", R"({"type":"A"})", "If-None-Match: *\r\n");
    BOOST_TEST(client.post(url, R"({"type":"A"})", "If-None-Match: *\r\n").status == 412);
    append("order/7", R"({"type":"A"})", "If-Match: \"1\"\r\n");
    append("order/7", R"({"type":"A"})", "If-Match: \"2-1\"\r\n");
}

BOOST_AUTO_TEST_CASE(when_the_form_is_wrong_then_it_is_400_before_anything_else) {
    append("order/7", R"({"type":"A"})");
    const auto both = client.post(url, list(R"({"type":"A"})", R"(,"expected_version":9)"),
                                  "If-Match: \"9\"\r\n");
    BOOST_TEST(both.status == 400);
    BOOST_TEST(client.post(url, R"({"type":"A"})", "If-Match: 1\r\n").status == 400);
    BOOST_TEST(client.post(url, R"({"type":"A"})", "If-Match: W/\"1\"\r\n").status == 400);
    BOOST_TEST(client.post(url, R"({"tpye":"A"})", "If-Match: \"9\"\r\n").status == 400);
    BOOST_TEST(client.request("POST", url).status == 400);
    BOOST_TEST(client.post(url + std::string("?limit=1"), R"({"type":"A"})").status == 400);
    BOOST_TEST(client.post("/v1/streams/or%20der/7/events", R"({"type":"A"})").status == 400);
    BOOST_TEST(client.post("/v1/streams/order/%2E%2E/events", R"({"type":"A"})").status == 400);
    BOOST_TEST(client.post("/v1/streams/order//events", R"({"type":"A"})").status == 400);
}

BOOST_AUTO_TEST_CASE(when_ids_come_again_then_the_original_answer_does_too) {
    const auto both = list(with_id(uuid_a, 1) + "," + with_id(uuid_b, 2));
    const auto first = json_of(append("order/7", both));
    append("order/7", R"({"type":"Later"})");
    const auto again = client.post(url, both, "If-Match: \"99\"\r\n");
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.header("ETag") == "\"2\"");
    const auto json = json_of(again);
    BOOST_TEST(json.at("replayed").as_bool());
    for (const auto* name : {"first_version", "version", "position", "ids", "stream"}) {
        BOOST_TEST(json.at(name) == first.at(name), name);
    }
}

BOOST_AUTO_TEST_CASE(when_an_id_comes_with_other_content_then_it_is_a_duplicate) {
    append("order/7", with_id(uuid_a, 1));
    const auto reply = client.post(url, with_id(uuid_a, 2), "If-Match: \"99\"\r\n");
    BOOST_TEST(reply.status == 409);
    BOOST_TEST(slug_of(reply) == "duplicate-event");
    BOOST_TEST(json_of(reply).at("event_id").as_string() == uuid_a);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_moved_on, ServedStore)

BOOST_AUTO_TEST_CASE(when_an_old_version_is_expected_then_what_was_missed_is_told) {
    append_counted("order/7", 150);
    const auto reply = client.post(url, R"({"type":"A"})", "If-Match: \"10\"\r\n");
    BOOST_TEST(reply.status == 412);
    const auto json = json_of(reply);
    BOOST_TEST(json.at("expected_version").as_int64() == 10);
    BOOST_TEST(json.at("current_version").as_int64() == 150);
    const auto& missed = json.at("missed_events").as_array();
    BOOST_REQUIRE(missed.size() == 100u);
    BOOST_TEST(missed[0].at("version").as_int64() == 11);
    BOOST_TEST(missed[0].at("data").at("n").as_int64() == 11);
}

BOOST_AUTO_TEST_CASE(when_a_future_version_is_expected_then_nothing_was_missed) {
    append_counted("order/7", 2);
    const auto reply = client.post(url, list(R"({"type":"A"})", R"(,"expected_version":5)"));
    BOOST_TEST(reply.status == 409);
    BOOST_TEST(json_of(reply).at("missed_events").as_array().empty());
}

BOOST_AUTO_TEST_CASE(when_what_was_missed_is_held_no_more_then_it_is_left_out) {
    append_counted("order/7", 5);
    BOOST_TEST(store().cut({"order", "7"}, Version{3}).has_value());
    const auto reply = client.post(url, R"({"type":"A"})", "If-Match: \"1\"\r\n");
    BOOST_TEST(reply.status == 412);
    BOOST_TEST(!json_of(reply).contains("missed_events"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
