#include "tests/service/routes/counter.hpp"
#include "tests/support/reopened_store.hpp"

#include <optional>

namespace firn::test {

namespace {

constexpr char url[] = "/v1/categories/tally";

struct Categories : ServedStore {
    HttpReply put(std::string_view settings) { return client.put(url, settings); }
    boost::json::object read() { return json_of(client.get(url)); }
    std::int64_t revision() { return read().at("decider").at("revision").as_int64(); }
    std::string names() {
        std::string all;
        const auto list = json_of(client.get("/v1/categories"));
        for (const auto& category : list.at("categories").as_array()) {
            all.append(category.at("category").as_string()).append(" ");
        }
        return all;
    }
    // Of a PUT that must be refused for its form.
    std::string pointer_to(std::string_view settings) {
        const auto reply = put(settings);
        BOOST_TEST(reply.status == 400, settings);
        BOOST_TEST(slug_of(reply) == "bad-request");
        return text_in(reply, "pointer");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_categories, Categories)

BOOST_AUTO_TEST_CASE(when_nothing_was_set_then_the_defaults_apply_and_no_category_is_listed) {
    BOOST_TEST(names() == "");
    const auto reply = client.get(url);
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(slug_of(reply) == "category-not-found");
    BOOST_TEST(reply.has("/v1/categories/tally"));
    append("tally/1", R"({"type":"A"})");
    BOOST_TEST(client.get(url).status == 404);
    BOOST_TEST(client.erase(url).status == 404);
}

BOOST_AUTO_TEST_CASE(when_all_is_set_then_it_reads_back) {
    const auto answer = put(R"({"decider":{"kind":"json_patch"},"snapshots":{"every":7,"keep":3},
        "compaction":{"enabled":true,"keep_last":5,"min_events":10},
        "limits":{"state_bytes_max":1000}})");
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.header("Content-Type") == "application/json");
    BOOST_TEST((json_of(answer) == boost::json::parse(R"({"category":"tally",
        "decider":{"kind":"json_patch","revision":2,"declared":true},
        "snapshots":{"every":7,"keep":3},
        "compaction":{"enabled":true,"keep_last":5,"min_events":10},
        "limits":{"state_bytes_max":1000},"defaults":[]})")),
               answer.body);
    BOOST_TEST((read() == json_of(answer)));
}

BOOST_AUTO_TEST_CASE(when_little_is_set_then_the_answer_tells_what_is_default) {
    put(R"({"snapshots":{"every":7}})");
    BOOST_TEST((read() == boost::json::parse(R"({"category":"tally",
        "decider":{"kind":"merge_patch","revision":1,"declared":false},
        "snapshots":{"every":7,"keep":2},"compaction":{"enabled":false,"min_events":1000},
        "limits":{"state_bytes_max":1048576},
        "defaults":["decider","snapshots.keep","compaction.enabled","compaction.keep_last",
                    "compaction.min_events","limits.state_bytes_max"]})")));
    // A PUT replaces: what it leaves out is not kept.
    put("{}");
    BOOST_TEST(read().at("snapshots").at("every").as_int64() == 100);
    BOOST_TEST(names() == "tally ");
}

BOOST_AUTO_TEST_CASE(when_a_decider_changes_then_its_revision_does_and_otherwise_not) {
    put(R"({"decider":{"kind":"merge_patch"}})");
    BOOST_TEST(revision() == 1);  // only declared what was there
    BOOST_TEST(read().at("decider").at("declared").as_bool());
    put(lua_settings(counter_script));
    BOOST_TEST(revision() == 2);
    put(lua_settings(counter_script));
    BOOST_TEST(revision() == 2);
    BOOST_TEST(read().at("decider").at("source").as_string() ==
               boost::json::string_view(counter_script.data(), counter_script.size()));
    put(lua_settings(mended_script));
    BOOST_TEST(revision() == 3);
    put("{}");
    BOOST_TEST(revision() == 4);
    BOOST_TEST(!read().at("decider").as_object().contains("source"));
}

BOOST_AUTO_TEST_CASE(when_one_is_deleted_then_the_defaults_apply_again) {
    append("tally/1", R"({"type":"Counted","data":{"by":2}})");
    put(lua_settings(counter_script));
    BOOST_TEST(client.get("/v1/streams/tally/1/state").has(R"("count":2)"));
    BOOST_TEST(client.erase(url).status == 204);
    BOOST_TEST(client.get(url).status == 404);
    BOOST_TEST(names() == "");
    const auto state = json_of(client.get("/v1/streams/tally/1/state"));
    BOOST_TEST((state.at("state") == boost::json::parse(R"({"by":2})")));
    BOOST_TEST(state.at("decider").at("revision").as_int64() == 3);
    // The revision goes on from there, so that no snapshot is ever mistaken.
    put(lua_settings(counter_script));
    BOOST_TEST(revision() == 4);
}

BOOST_AUTO_TEST_CASE(when_they_are_listed_then_in_order_and_as_each_reads) {
    for (const auto* name : {"b", "a.1", "a"}) {
        client.put("/v1/categories/" + std::string(name), R"({"snapshots":{"every":5}})");
    }
    BOOST_TEST(names() == "a a.1 b ");
    const auto list = json_of(client.get("/v1/categories"));
    BOOST_TEST((list.at("categories").at(1) == json_of(client.get("/v1/categories/a.1"))));
}

BOOST_AUTO_TEST_CASE(when_json_patches_or_clients_fold_then_states_say_so) {
    put(R"({"decider":{"kind":"json_patch"}})");
    append("tally/1", R"({"type":"A","data":[{"op":"add","path":"/n","value":1}]})");
    append("tally/1", R"({"type":"A","data":[{"op":"replace","path":"/n","value":2}]})");
    const auto patched = json_of(client.get("/v1/streams/tally/1/state"));
    BOOST_TEST((patched.at("state") == boost::json::parse(R"({"n":2})")));
    BOOST_TEST(patched.at("decider").at("kind").as_string() == "json_patch");
    append("tally/1", R"({"type":"A","data":[{"op":"remove","path":"/gone"}]})");
    const auto failed = client.get("/v1/streams/tally/1/state");
    BOOST_TEST(slug_of(failed) == "fold-failed");
    BOOST_TEST(json_of(failed).at("version").as_int64() == 3);

    put(R"({"decider":{"kind":"external"}})");
    const auto external = json_of(client.get("/v1/streams/tally/1/state"));
    BOOST_TEST(external.at("state").is_null());
    BOOST_TEST(external.at("version").as_int64() == 0);
    BOOST_TEST(external.at("events_behind").as_int64() == 3);
}

BOOST_AUTO_TEST_CASE(when_a_state_outgrows_its_limit_then_it_fails_until_the_limit_is_raised) {
    put(R"({"limits":{"state_bytes_max":20}})");
    append("tally/1", R"({"type":"A","data":{"text":"longer than the limit"}})");
    const auto reply = client.get("/v1/streams/tally/1/state");
    BOOST_TEST(slug_of(reply) == "fold-failed");
    BOOST_TEST(reply.has("20"));
    put(R"({"limits":{"state_bytes_max":200}})");
    BOOST_TEST(client.get("/v1/streams/tally/1/state").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_settings_that_are_wrong, Categories)

BOOST_AUTO_TEST_CASE(when_the_form_is_wrong_then_a_pointer_says_where) {
    BOOST_TEST(pointer_to("[]") == "");
    BOOST_TEST(pointer_to("{} x") == "");
    BOOST_TEST(pointer_to(R"({"snapshot":{"every":7}})") == "/snapshot");
    BOOST_TEST(pointer_to(R"({"snapshots":{"evry":7}})") == "/snapshots/evry");
    BOOST_TEST(pointer_to(R"({"snapshots":7})") == "/snapshots");
    BOOST_TEST(pointer_to(R"({"snapshots":{"every":-1}})") == "/snapshots/every");
    BOOST_TEST(pointer_to(R"({"snapshots":{"every":1.0}})") == "/snapshots/every");
    BOOST_TEST(pointer_to(R"({"snapshots":{"every":1000000001}})") == "/snapshots/every");
    BOOST_TEST(pointer_to(R"({"snapshots":{"keep":0}})") == "/snapshots/keep");
    BOOST_TEST(pointer_to(R"({"snapshots":{"keep":1,"keep":2}})") == "/snapshots/keep");
    BOOST_TEST(pointer_to(R"({"compaction":{"enabled":"yes"}})") == "/compaction/enabled");
    BOOST_TEST(pointer_to(R"({"compaction":{"min_events":0}})") == "/compaction/min_events");
    BOOST_TEST(pointer_to(R"({"limits":{"state_bytes_max":1}})") == "/limits/state_bytes_max");
    BOOST_TEST(pointer_to(R"({"decider":{"kind":7}})") == "/decider/kind");
    BOOST_TEST(pointer_to(R"({"decider":{}})") == "/decider");
    BOOST_TEST(pointer_to(R"({"decider":{"kind":"magic"}})") == "/decider");
    BOOST_TEST(pointer_to(R"({"decider":{"kind":"lua"}})") == "/decider");
    BOOST_TEST(pointer_to(R"({"decider":{"kind":"native"}})") == "/decider");
    BOOST_TEST(pointer_to(R"({"decider":{"kind":"json_patch","source":"x"}})") == "/decider");
    BOOST_TEST(pointer_to(R"({"decider":{"kind":"lua","source":"x","revision":2}})") ==
               "/decider/revision");
    BOOST_TEST(client.get(url).status == 404);
}

BOOST_AUTO_TEST_CASE(when_the_request_is_of_another_form_then_it_is_told_which_one_is_taken) {
    BOOST_TEST(client.request("PUT", url).status == 400);
    BOOST_TEST(client.put(url, "{}\n", "Content-Type: application/x-ndjson\r\n").status == 400);
    BOOST_TEST(client.put(url, "{}", "Content-Type: text/plain\r\n").status == 415);
    BOOST_TEST(client.put(url, "{}", "If-None-Match: *\r\n").status == 400);
    BOOST_TEST(client.put("/v1/categories/a%2Fb", "{}").status == 400);
    BOOST_TEST(client.get("/v1/categories/.a").status == 400);
    BOOST_TEST(client.erase("/v1/categories/a%20b").status == 400);
    BOOST_TEST(client.post(url, "{}").status == 405);
    BOOST_TEST(names() == "");
}

BOOST_AUTO_TEST_CASE(when_a_script_cannot_work_then_the_line_and_the_reason_are_told) {
    set_category("tally", lua_settings(counter_script));
    const auto refused = [this](std::string_view source) {
        const auto reply = put(lua_settings(source));
        BOOST_TEST(reply.status == 422, source);
        BOOST_TEST(slug_of(reply) == "invalid-decider");
        BOOST_TEST(reply.has("reason"));
        return json_of(reply);
    };
    const auto garbled = refused("initial = {}\nfunction evolve(state, event\n  return state\nend");
    BOOST_TEST(garbled.at("line").as_int64() == 3);
    BOOST_TEST(garbled.at("detail").as_string().starts_with("Line 3: "));
    const auto without_initial = refused("function evolve(state, event) return state end");
    BOOST_TEST(without_initial.at("reason").as_string().find("initial") != std::string::npos);
    const auto without_evolve = refused("initial = {}");
    BOOST_TEST(without_evolve.at("reason").as_string().find("evolve") != std::string::npos);
    const auto raises = refused("initial = {}\nfunction evolve(s, e) return s end\nerror('no')");
    BOOST_TEST(raises.at("line").as_int64() == 3);
    refused("initial = {}\nfunction evolve(s, e) return s end\nwhile true do end");
    refused("initial = print\nfunction evolve(s, e) return s end");
    BOOST_TEST(revision() == 2);  // as it was
}

BOOST_AUTO_TEST_CASE(when_a_native_decider_is_unknown_then_its_name_is_told) {
    const auto reply = put(R"({"decider":{"kind":"native","name":"nobody"}})");
    BOOST_TEST(reply.status == 422);
    BOOST_TEST(text_in(reply, "reason").find("\"nobody\"") != std::string::npos);
    BOOST_TEST(!json_of(reply).contains("line"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_data_directory, ReopenedStore)

BOOST_AUTO_TEST_CASE(when_it_is_served_again_then_settings_revisions_and_removals_are_kept) {
    served->set_category("tally", lua_settings(counter_script));
    served->set_category("tally", lua_settings(mended_script));
    served->set_category("gone", R"({"decider":{"kind":"json_patch"}})");
    BOOST_TEST(client().erase("/v1/categories/gone").status == 204);
    const auto before = client().get(url);
    reopen();
    BOOST_TEST(client().get(url).body == before.body);
    BOOST_TEST(client().get("/v1/categories/gone").status == 404);
    BOOST_TEST(client().post("/v1/streams/tally/1/commands", R"({"type":"Count"})").status == 201);
    served->append("gone/1", R"({"type":"A"})");
    const auto state = json_of(client().get("/v1/streams/gone/1/state"));
    BOOST_TEST(state.at("decider").at("revision").as_int64() == 3);
}

BOOST_AUTO_TEST_CASE(when_it_is_served_again_then_policies_and_snapshots_are_kept) {
    served->append_counted("order/1", 3);
    BOOST_TEST(client().put("/v1/streams/order/1/policy", R"({"snapshots":{"every":9}})").status ==
               200);
    BOOST_TEST(client().post("/v1/streams/order/1/snapshots", {}).status == 201);
    const auto taken = client().get("/v1/streams/order/1/snapshots/latest");
    reopen();
    BOOST_TEST(client().get("/v1/streams/order/1/snapshots/latest").body == taken.body);
    BOOST_TEST(client().get("/v1/streams/order/1/policy").has(R"("every":9,"keep":2},"own":true)"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
