#include "tests/support/served_store.hpp"

#include <string>

namespace firn::test {

namespace {

constexpr char url[] = "/v1/transactions";
constexpr char uuid_a[] = "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55";
constexpr char uuid_b[] = "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c56";

// One of "appends"; `expected` as JSON.
std::string entry(std::string_view id, std::string_view expected, std::string_view events) {
    return R"({"stream":{"category":"account","id":")" + std::string(id) +
           R"("},"expected_version":)" + std::string(expected) + R"(,"events":[)" +
           std::string(events) + "]}";
}
std::string appends(std::string_view entries) {
    return R"({"appends":[)" + std::string(entries) + "]}";
}
std::string with_id(std::string_view id) {
    return R"({"type":"Moved","id":")" + std::string(id) + R"("})";
}
constexpr std::string_view moved = R"({"type":"Moved"})";

struct Transactions : ServedStore {
    HttpReply transact(const std::string& entries) { return client.post(url, appends(entries)); }
    // 0 if there is none.
    std::int64_t version(const std::string& id) {
        const auto reply = client.get("/v1/streams/account/" + id);
        return reply.status == 404 ? 0 : json_of(reply).at("version").as_int64();
    }
    std::string pointer_to(const std::string& body) {
        const auto reply = client.post(url, body);
        BOOST_TEST(reply.status == 400);
        return text_in(reply, "pointer");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_several_streams, Transactions)

BOOST_AUTO_TEST_CASE(when_all_are_as_expected_then_all_get_their_events) {
    append("account/a", R"({"type":"Opened"})");
    const auto reply = transact(entry("a", "1", R"({"type":"Moved"},{"type":"Moved"})") + "," +
                                entry("b", "\"none\"", moved) + "," + entry("c", "0", ""));
    BOOST_TEST(reply.status == 201);
    const auto json = json_of(reply);
    BOOST_TEST(json.at("position").as_int64() == 4);
    BOOST_TEST(!json.contains("replayed"));
    const auto& results = json.at("results").as_array();
    BOOST_REQUIRE(results.size() == 3u);
    BOOST_TEST(results[0].at("first_version").as_int64() == 2);
    BOOST_TEST(results[0].at("version").as_int64() == 3);
    BOOST_TEST(results[0].at("ids").as_array().size() == 2u);
    BOOST_TEST(results[1].at("stream").at("id").as_string() == "b");
    BOOST_TEST(results[1].at("position").as_int64() == 4);
    BOOST_TEST(results[2].at("version").as_int64() == 0);
    BOOST_TEST(results[2].at("ids").as_array().empty());
    BOOST_TEST(version("a") == 3);
    BOOST_TEST(version("b") == 1);
    BOOST_TEST(version("c") == 0);
}

BOOST_AUTO_TEST_CASE(when_streams_have_moved_then_nothing_is_appended_and_each_is_named) {
    append("account/a", R"({"type":"Opened"})");
    append("account/c", R"({"type":"Opened"})");
    const auto reply = transact(entry("a", "0", moved) + "," + entry("b", "0", moved) + "," +
                                entry("c", "\"none\"", ""));
    BOOST_TEST(reply.status == 409);
    BOOST_TEST(slug_of(reply) == "wrong-version");
    const auto json = json_of(reply);
    const auto& conflicts = json.at("conflicts").as_array();
    BOOST_REQUIRE(conflicts.size() == 2u);
    BOOST_TEST(conflicts[0].at("stream").at("id").as_string() == "a");
    BOOST_TEST(conflicts[0].at("expected_version").as_int64() == 0);
    BOOST_TEST(conflicts[0].at("current_version").as_int64() == 1);
    BOOST_TEST(conflicts[1].at("stream").at("id").as_string() == "c");
    BOOST_TEST(conflicts[1].at("expected_version").as_string() == "none");
    BOOST_TEST(version("a") == 1);
    BOOST_TEST(version("b") == 0);
}

BOOST_AUTO_TEST_CASE(when_a_guard_has_moved_then_nothing_is_appended) {
    append("account/rules", R"({"type":"Changed"})");
    BOOST_TEST(transact(entry("a", "0", moved) + "," + entry("rules", "0", "")).status == 409);
    BOOST_TEST(version("a") == 0);
    BOOST_TEST(transact(entry("a", "0", moved) + "," + entry("rules", "1", "")).status == 201);
    BOOST_TEST(version("a") == 1);
    BOOST_TEST(version("rules") == 1);
}

BOOST_AUTO_TEST_CASE(when_it_is_repeated_by_ids_then_the_first_answer_comes_again) {
    const auto entries = entry("a", "0", with_id(uuid_a)) + "," + entry("b", "0", with_id(uuid_b));
    const auto first = transact(entries);
    BOOST_TEST(first.status == 201);
    append("account/a", R"({"type":"Later"})");
    const auto again = transact(entries);
    BOOST_TEST(again.status == 200);
    auto expected = json_of(first);
    expected["replayed"] = true;
    BOOST_TEST((json_of(again) == expected));
    BOOST_TEST(version("a") == 2);
    BOOST_TEST(version("b") == 1);
}

BOOST_AUTO_TEST_CASE(when_only_a_part_is_known_then_it_is_no_repeat) {
    BOOST_TEST(transact(entry("a", "0", with_id(uuid_a))).status == 201);
    const auto reply =
        transact(entry("a", "\"any\"", with_id(uuid_a)) + "," + entry("b", "\"any\"", moved));
    BOOST_TEST(reply.status == 409);
    BOOST_TEST(slug_of(reply) == "duplicate-event");
    BOOST_TEST(text_in(reply, "event_id") == uuid_a);
    BOOST_TEST(version("b") == 0);
}

BOOST_AUTO_TEST_CASE(when_one_of_them_is_deleted_then_it_is_told_and_nothing_is_appended) {
    append("account/a", R"({"type":"Opened"})");
    BOOST_TEST(client.erase("/v1/streams/account/a").status == 204);
    const auto reply = transact(entry("b", "0", moved) + "," + entry("a", "\"any\"", ""));
    BOOST_TEST(reply.status == 410);
    BOOST_TEST(slug_of(reply) == "stream-deleted");
    BOOST_TEST(version("b") == 0);
}

BOOST_AUTO_TEST_CASE(when_the_form_is_wrong_then_a_pointer_says_where) {
    BOOST_TEST(pointer_to("[]") == "");
    BOOST_TEST(pointer_to("{}") == "/appends");
    BOOST_TEST(pointer_to(appends("")) == "/appends");
    BOOST_TEST(pointer_to(appends(entry("a", "0", ""))) == "/appends");
    BOOST_TEST(pointer_to(R"({"append":[]})") == "/append");
    BOOST_TEST(pointer_to(appends(entry("a", "-1", moved))) == "/appends/0/expected_version");
    BOOST_TEST(pointer_to(appends(entry("a", "0", moved) + "," + entry("a", "0", moved))) ==
               "/appends/1/stream");
    BOOST_TEST(pointer_to(appends(entry("..", "0", moved))) == "/appends/0/stream/id");
    BOOST_TEST(pointer_to(appends(R"({"events":[{"type":"A"}]})")) == "/appends/0/stream/category");
    BOOST_TEST(pointer_to(appends(R"({"stream":{"category":"a","id":"b"}})")) == "/appends/0");
    BOOST_TEST(pointer_to(appends(entry("a", "0", R"({"type":"$x"})"))) ==
               "/appends/0/events/0/type");
    BOOST_TEST(pointer_to(appends(entry("a", "0", with_id(uuid_a) + "," + with_id(uuid_a)))) ==
               "/appends/0/events/1/id");
    BOOST_TEST(pointer_to(appends(R"({"stream":{"category":"a","id":"b","x":1},"events":[]})")) ==
               "/appends/0/stream/x");
    BOOST_TEST(client.request("POST", url).status == 400);
    BOOST_TEST(client.post(url, appends(entry("a", "0", moved)), "If-Match: \"1\"\r\n").status ==
               400);
    BOOST_TEST(version("a") == 0);
}

BOOST_AUTO_TEST_CASE(when_the_same_id_goes_to_two_streams_then_each_remembers_it) {
    BOOST_TEST(transact(entry("a", "0", with_id(uuid_a)) + "," + entry("b", "0", with_id(uuid_a)))
                   .status == 201);
}

BOOST_AUTO_TEST_CASE(when_it_names_too_many_streams_then_it_is_413) {
    std::string entries;
    for (int i = 0; i <= 1'000; ++i) {
        entries += (i == 0 ? "" : ",") + entry("s" + std::to_string(i), "0", moved);
    }
    const auto reply = transact(entries);
    BOOST_TEST(reply.status == 413);
    BOOST_TEST(text_in(reply, "pointer") == "/appends/1000");
    BOOST_TEST(version("s0") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
