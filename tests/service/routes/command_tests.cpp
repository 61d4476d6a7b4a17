#include "tests/service/routes/counter.hpp"
#include "tests/support/served_store.hpp"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace firn::test {

namespace {

constexpr char url[] = "/v1/streams/tally/7/commands";
constexpr char uuid_a[] = "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55";
constexpr char uuid_b[] = "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c56";

struct Tally : ServedStore {
    Tally() { set_category("tally", lua_settings(counter_script)); }

    HttpReply command(std::string_view type, std::string_view rest = {}) {
        return client.post(url,
                           R"({"type":")" + std::string(type) + "\"" + std::string(rest) + "}");
    }
    HttpReply with_id(std::string_view type, std::string_view id, std::string_view rest = {}) {
        return command(type, R"(,"id":")" + std::string(id) + "\"" + std::string(rest));
    }
    boost::json::object state() { return json_of(client.get("/v1/streams/tally/7/state")); }
    std::int64_t count() { return state().at("state").at("count").as_int64(); }
    // 0 if there is no stream.
    std::int64_t version() {
        const auto reply = client.get("/v1/streams/tally/7");
        return reply.status == 404 ? 0 : json_of(reply).at("version").as_int64();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_category_with_a_decider, Tally)

BOOST_AUTO_TEST_CASE(when_a_stream_gets_its_first_command_then_that_makes_it) {
    const auto reply = command("Count", R"(,"data":{"by":3},"metadata":{"user":"a17"})");
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.header("ETag") == "\"1\"");
    BOOST_TEST(reply.header("Content-Type") == "application/json");
    const auto json = json_of(reply);
    BOOST_TEST((json.at("stream") == boost::json::parse(R"({"category":"tally","id":"7"})")));
    BOOST_TEST(json.at("version").as_int64() == 1);
    BOOST_TEST(json.at("first_version").as_int64() == 1);
    BOOST_TEST(json.at("position").as_int64() == 1);
    BOOST_TEST(!json.contains("replayed"));
    const auto& events = json.at("events").as_array();
    BOOST_REQUIRE(events.size() == 1u);
    BOOST_TEST(events[0].at("type").as_string() == "Counted");
    BOOST_TEST((events[0].at("data") == boost::json::parse(R"({"by":3})")));
    BOOST_TEST((events[0].at("metadata") == boost::json::parse(R"({"user":"a17"})")));
    BOOST_TEST(count() == 3);
}

BOOST_AUTO_TEST_CASE(when_a_command_becomes_several_events_then_they_are_the_ones_that_are_stored) {
    append("other/1", R"({"type":"Elsewhere"})");
    command("Count");
    const auto json = json_of(command("Twice"));
    BOOST_TEST(json.at("first_version").as_int64() == 2);
    BOOST_TEST(json.at("version").as_int64() == 3);
    BOOST_TEST(json.at("position").as_int64() == 4);
    const auto stored = json_of(client.get("/v1/streams/tally/7/events?from=2"));
    BOOST_TEST((json.at("events") == stored.at("events")));
    BOOST_TEST(count() == 12);
}

BOOST_AUTO_TEST_CASE(when_a_command_decides_nothing_then_the_version_stays) {
    const auto on_none = command("Nothing");
    BOOST_TEST(on_none.status == 200);
    BOOST_TEST(on_none.header("ETag") == "\"0\"");
    BOOST_TEST(json_of(on_none).at("events").as_array().empty());
    BOOST_TEST(client.get("/v1/streams/tally/7").status == 404);
    command("Count");
    const auto json = json_of(command("Nothing"));
    BOOST_TEST(json.at("version").as_int64() == 1);
    BOOST_TEST(!json.contains("position"));
}

BOOST_AUTO_TEST_CASE(when_the_decider_refuses_then_its_reason_is_told_and_nothing_is_appended) {
    command("Count");
    const auto reply = command("Halve");
    BOOST_TEST(reply.status == 422);
    BOOST_TEST(slug_of(reply) == "command-rejected");
    BOOST_TEST(text_in(reply, "reason") == "there is nothing to Halve at 1");
    BOOST_TEST(json_of(reply).at("version").as_int64() == 1);
    BOOST_TEST(text_in(reply, "detail") ==
               "The stream tally/7 refuses \"Halve\" at version 1: there is nothing to Halve at 1");
    BOOST_TEST(version() == 1);
}

BOOST_AUTO_TEST_CASE(when_the_form_is_wrong_then_a_pointer_says_where) {
    const auto pointer_to = [this](std::string_view body) {
        const auto reply = client.post(url, body);
        BOOST_TEST(reply.status == 400, body);
        return text_in(reply, "pointer");
    };
    BOOST_TEST(pointer_to("{}") == "");
    BOOST_TEST(pointer_to("[]") == "");
    BOOST_TEST(pointer_to(R"({"type":"Count"} x)") == "");
    BOOST_TEST(pointer_to(R"({"type":""})") == "/type");
    BOOST_TEST(pointer_to(R"({"type":7})") == "/type");
    BOOST_TEST(pointer_to(R"({"type":")" + std::string(256, 'x') + "\"}") == "/type");
    BOOST_TEST(pointer_to(R"({"type":"Count","data":{"a":1,"a":2}})") == "/data/a");
    BOOST_TEST(pointer_to(R"({"type":"Count","data":{"n":1e999}})") == "/data/n");
    BOOST_TEST(pointer_to(R"({"type":"Count","metadata":[]})") == "/metadata");
    BOOST_TEST(pointer_to(R"({"type":"Count","id":"7"})") == "/id");
    BOOST_TEST(pointer_to(R"({"type":"Count","expected_version":7})") == "/expected_version");
    BOOST_TEST(version() == 0);
}

BOOST_AUTO_TEST_CASE(when_the_request_is_of_another_form_then_it_is_told_which_one_is_taken) {
    BOOST_TEST(client.request("POST", url).status == 400);
    BOOST_TEST(client.post(url, "{\"type\":\"Count\"}\n", "Content-Type: application/x-ndjson\r\n")
                   .status == 400);
    BOOST_TEST(client.post(url, R"({"type":"Count"})", "Content-Type: text/plain\r\n").status ==
               415);
    BOOST_TEST(client.post(url + std::string("?limit=1"), R"({"type":"Count"})").status == 400);
    BOOST_TEST(client.get(url).status == 405);
    // One that nobody looks at must not look as if it held.
    const auto conditional = client.post(url, R"({"type":"Count"})", "If-Match: \"9\"\r\n");
    BOOST_TEST(conditional.status == 400);
    BOOST_TEST(text_in(conditional, "parameter") == "If-Match");
    BOOST_TEST(version() == 0);
}

BOOST_AUTO_TEST_CASE(when_the_request_is_traced_then_its_events_are) {
    constexpr char trace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const auto reply =
        client.post(url, R"({"type":"Twice"})", "traceparent: " + std::string(trace) + "\r\n");
    const auto json = json_of(reply);
    BOOST_TEST(json.at("events").as_array().size() == 2u);
    for (const auto& event : json.at("events").as_array()) {
        BOOST_TEST(event.at("traceparent").as_string() == trace);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_command_with_an_id, Tally)

BOOST_AUTO_TEST_CASE(when_it_comes_again_then_the_first_answer_does) {
    const auto first = json_of(with_id("Twice", uuid_a));
    command("Count");
    // Whatever else the repeat says: the id is the command.
    for (const auto& again : {with_id("Twice", uuid_a), with_id("Halve", uuid_a)}) {
        BOOST_TEST(again.status == 200);
        BOOST_TEST(again.header("ETag") == "\"2\"");
        auto json = json_of(again);
        BOOST_TEST(json.at("replayed").as_bool());
        json.erase("replayed");
        BOOST_TEST((json == first));
    }
    BOOST_TEST(version() == 3);
}

BOOST_AUTO_TEST_CASE(when_it_goes_to_another_stream_then_it_is_another_command) {
    with_id("Count", uuid_a);
    const auto elsewhere = client.post("/v1/streams/tally/8/commands",
                                       R"({"type":"Count","id":")" + std::string(uuid_a) + "\"}");
    BOOST_TEST(elsewhere.status == 201);
    BOOST_TEST(with_id("Count", uuid_b).status == 201);
    BOOST_TEST(version() == 2);
}

BOOST_AUTO_TEST_CASE(when_the_decider_changed_meanwhile_then_the_first_answer_comes_all_the_same) {
    auto first = json_of(with_id("Twice", uuid_a));
    first["replayed"] = true;
    append("tally/7", R"({"type":"Poison"})");
    BOOST_TEST(command("Count").status == 500);
    BOOST_TEST((json_of(with_id("Twice", uuid_a)) == first));
    BOOST_TEST(client.erase("/v1/categories/tally").status == 204);
    BOOST_TEST(with_id("Count", uuid_b).status == 409);
    BOOST_TEST((json_of(with_id("Twice", uuid_a)) == first));
}

BOOST_AUTO_TEST_CASE(when_it_decided_nothing_then_it_is_decided_again) {
    BOOST_TEST(with_id("Nothing", uuid_a).status == 200);
    BOOST_TEST(with_id("Halve", uuid_a).status == 422);
    BOOST_TEST(with_id("Count", uuid_a).status == 201);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_decider_that_fails, Tally)

BOOST_AUTO_TEST_CASE(when_decide_fails_then_the_reason_is_told_and_later_commands_go_on) {
    command("Count");
    const auto reply = command("Stumble");
    BOOST_TEST(reply.status == 500);
    BOOST_TEST(slug_of(reply) == "fold-failed");
    BOOST_TEST(json_of(reply).at("version").as_int64() == 1);
    BOOST_TEST(reply.has("could not decide \\\"Stumble\\\" at version 1"));
    BOOST_TEST(reply.has("/v1/categories/tally"));
    BOOST_TEST(command("Forge").status == 500);
    // Its event would leave the stream without a state.
    BOOST_TEST(command("Poison").status == 500);
    BOOST_TEST(command("Count").status == 201);
    BOOST_TEST(version() == 2);
}

BOOST_AUTO_TEST_CASE(when_an_event_cannot_be_folded_then_a_mended_decider_heals_the_stream) {
    append("tally/7", R"({"events":[{"type":"Counted"},{"type":"Poison"},{"type":"Counted"}]})");
    for (const auto& reply : {command("Count"), client.get("/v1/streams/tally/7/state")}) {
        BOOST_TEST(reply.status == 500);
        BOOST_TEST(slug_of(reply) == "fold-failed");
        BOOST_TEST(json_of(reply).at("version").as_int64() == 2);
        BOOST_TEST(reply.has("this one cannot be counted"));
        BOOST_TEST(reply.has("The stream tally/7 has no state as of version 2: "));
    }
    BOOST_TEST(client.post("/v1/streams/tally/7/snapshots", {}).status == 500);
    BOOST_TEST(client.get("/v1/streams/tally/7/events").status == 200);
    BOOST_TEST(client.get("/v1/streams/tally/7/state?version=1").has(R"("count":1)"));

    set_category("tally", lua_settings(mended_script));
    BOOST_TEST(count() == 2);
    BOOST_TEST(command("Count").status == 201);
    BOOST_TEST(count() == 3);
}

BOOST_AUTO_TEST_CASE(when_there_is_no_decide_then_it_is_told_how_to_get_one) {
    const auto undeclared = client.post("/v1/streams/plain/1/commands", R"({"type":"Count"})");
    BOOST_TEST(undeclared.status == 409);
    BOOST_TEST(slug_of(undeclared) == "no-decide");
    BOOST_TEST(undeclared.has("merge_patch"));
    BOOST_TEST(undeclared.has("/v1/categories/plain"));
    set_category("plain", lua_settings("initial = {}\nfunction evolve(s, e) return s end"));
    const auto without = client.post("/v1/streams/plain/1/commands", R"({"type":"Count"})");
    BOOST_TEST(slug_of(without) == "no-decide");
    BOOST_TEST(without.has("lua without decide"));
}

BOOST_AUTO_TEST_CASE(when_the_stream_was_deleted_then_that_is_what_is_told) {
    command("Count");
    append("plain/1", R"({"type":"A"})");
    BOOST_TEST(client.erase("/v1/streams/tally/7").status == 204);
    BOOST_TEST(client.erase("/v1/streams/plain/1").status == 204);
    for (const auto* gone : {"/v1/streams/tally/7/commands", "/v1/streams/plain/1/commands"}) {
        const auto reply = client.post(gone, R"({"type":"Count"})");
        BOOST_TEST(reply.status == 410);
        BOOST_TEST(slug_of(reply) == "stream-deleted");
        BOOST_TEST(client.post(gone, R"({"tpye":"Count"})").status == 400);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_many_clients, Tally)

BOOST_AUTO_TEST_CASE(when_all_count_on_one_stream_then_nothing_conflicts_and_nothing_is_lost) {
    constexpr int clients = 64;
    constexpr int each = 10;
    std::atomic<int> accepted{0};
    std::vector<std::set<std::int64_t>> versions(clients);
    std::vector<std::thread> threads;
    for (int i = 0; i != clients; ++i) {
        threads.emplace_back([&, port = port(), &mine = versions[static_cast<std::size_t>(i)]] {
            HttpClient own(port);
            for (int n = 0; n != each; ++n) {
                const auto reply = own.post(url, R"({"type":"Count"})");
                accepted += reply.status == 201 ? 1 : 0;
                mine.insert(json_of(reply).at("version").as_int64());
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    std::set<std::int64_t> all;
    for (const auto& mine : versions) {
        all.insert(mine.begin(), mine.end());
    }
    BOOST_TEST(accepted == clients * each);
    BOOST_TEST(all.size() == std::size_t{clients * each});
    BOOST_TEST(count() == clients * each);
    BOOST_TEST(version() == clients * each);
    const auto stats = json_of(client.get("/v1/stats"));
    BOOST_TEST(stats.at("appends").at("conflicts").as_int64() == 0);
    BOOST_TEST(stats.at("commands").at("decided").as_int64() == clients * each);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
