// Compactions of many streams, their lists, the quarantine, and deciders that clients are.
#include "tests/service/routes/compactions_served.hpp"

#include <set>

namespace firn::test {

namespace {

struct ManyOrders : CompactionsServed {
    ManyOrders() {
        append_counted("order/8", 2);
        append_counted("order/9", 6);
        append_counted("bill/1", 9);
    }
};

constexpr char failing_script[] = R"lua(
    initial = {n = 0}
    function evolve(state, event)
        if event.data.n == 15 then error("no 15, please") end
        state.n = event.data.n
        return state
    end)lua";

struct Failing : ServedStore {
    Failing() {
        set_category("tally", lua_settings(failing_script));
        append_counted("tally/a", 20);
        append_counted("tally/b%2Fc", 20);
    }
    HttpReply compact(const std::string& stream) {
        return client.post("/v1/streams/" + stream + "/compactions", R"({"keep_last":2})", patient);
    }
};

struct Folding : ServedStore {
    std::string path;

    Folding() {
        set_category("order", R"({"decider":{"kind":"external"}})");
        append_counted("order/7", 5);
        const auto begun = client.post(compactions_of_order_7, R"({"keep_last":2})", patient);
        BOOST_TEST(begun.status == 202);
        BOOST_TEST(text_in(begun, "status") == "awaiting_verification");
        BOOST_TEST(number_in(json_of(begun), "up_to_version") == 3u);
        path = begun.header("Location");
    }
    // The hash of the snapshot as the server says it; of a state this simple, it is what any
    // client computes.
    std::string put_state() {
        const auto put =
            client.put("/v1/streams/order/7/snapshots/3", R"({"state":{"n":3},"revision":2})");
        BOOST_TEST(put.status == 200, put.body);
        return text_in(put, "state_hash");
    }
    HttpReply verify(const std::string& hash) {
        return client.post(path + "/verification", R"({"state_hash":")" + hash + "\"}", patient);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_categories_of_several_streams, ManyOrders)

BOOST_AUTO_TEST_CASE(when_a_category_is_compacted_then_its_report_has_the_totals) {
    const auto reply = run(R"({"category":"order","keep_last":4})");
    BOOST_TEST(reply.status == 200);
    const auto report = json_of(reply);
    const auto id = std::string(report.at("id").as_string());
    BOOST_TEST(reply.header("Location") == "/v1/compactions/" + id);
    BOOST_TEST(report.at("category").as_string() == "order");
    BOOST_TEST(!report.at("all").as_bool());
    BOOST_TEST(report.at("status").as_string() == "succeeded");
    BOOST_TEST(number_in(report, "streams") == 3u);
    BOOST_TEST(number_in(report, "events_deleted") == 8u);
    BOOST_TEST(number_in(report.at("counts").as_object(), "succeeded") == 2u);
    BOOST_TEST(number_in(report.at("counts").as_object(), "skipped") == 1u);
    BOOST_TEST(!report.contains("results"));
    const auto list = json_of(client.get("/v1/compactions?status=succeeded"));
    std::size_t parts = 0;
    for (const auto& one : list.at("compactions").as_array()) {
        parts += one.as_object().contains("run") && one.at("run").as_string() == id ? 1 : 0;
    }
    BOOST_TEST(parts == 2u);
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/bill/1")), "events") == 9u);
}

BOOST_AUTO_TEST_CASE(when_it_is_a_dry_run_then_each_stream_is_told_and_nothing_is_kept_of_it) {
    const auto reply = run(R"({"category":"order","keep_last":4,"dry_run":true})");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Location") == "");
    const auto report = json_of(reply);
    BOOST_TEST(report.at("id").is_null());
    const auto& results = report.at("results").as_array();
    BOOST_TEST(results.size() == 3u);
    std::set<std::string> statuses_told;
    for (const auto& result : results) {
        statuses_told.insert(std::string(result.at("stream").at("id").as_string()) + " " +
                             std::string(result.at("status").as_string()));
    }
    const std::set<std::string> expected{"7 succeeded", "8 skipped", "9 succeeded"};
    BOOST_TEST(statuses_told == expected, boost::test_tools::per_element());
    BOOST_TEST(number_in(report, "events_deleted") == 8u);
    BOOST_TEST(statuses() == "");
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/order/7")), "events") == 10u);
}

BOOST_AUTO_TEST_CASE(when_all_are_compacted_then_those_without_a_declared_decider_are_skipped) {
    const auto report = json_of(run(R"({"all":true,"keep_last":1})"));
    BOOST_TEST(report.at("category").is_null());
    BOOST_TEST(report.at("all").as_bool());
    BOOST_TEST(number_in(report, "streams") == 4u);
    BOOST_TEST(number_in(report.at("counts").as_object(), "skipped") == 1u);
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/bill/1")), "events") == 9u);
}

BOOST_AUTO_TEST_CASE(when_it_does_not_say_which_streams_then_it_is_refused) {
    constexpr char url[] = "/v1/compactions";
    BOOST_TEST(pointer_to(url, R"({"keep_last":1})") == "");
    BOOST_TEST(pointer_to(url, R"({"all":false})") == "");
    BOOST_TEST(pointer_to(url, R"({"all":true,"category":"order"})") == "/all");
    BOOST_TEST(pointer_to(url, R"({"all":1})") == "/all");
    BOOST_TEST(pointer_to(url, R"({"category":"a b"})") == "/category");
    BOOST_TEST(pointer_to(url, R"({"category":"order","stream":"7"})") == "/stream");
    BOOST_TEST(pointer_to(url, R"({"category":"order"})") == "");
    BOOST_TEST(client.request("POST", url).status == 400);
    const auto undeclared = run(R"({"category":"bill","keep_last":1})");
    BOOST_TEST(undeclared.status == 409);
    BOOST_TEST(slug_of(undeclared) == "decider-not-declared");
    BOOST_TEST(statuses() == "");
}

BOOST_AUTO_TEST_CASE(when_they_are_listed_then_the_newest_come_first_in_pages) {
    BOOST_TEST(text_in(compact(R"({"keep_last":4})"), "status") == "succeeded");
    BOOST_TEST(text_in(compact(R"({"keep_last":4})"), "status") == "skipped");
    BOOST_TEST(
        client.post("/v1/streams/order/9/compactions", R"({"keep_last":4})", patient).status ==
        200);
    BOOST_TEST(statuses() == "succeeded skipped succeeded ");
    BOOST_TEST(statuses("?category=order&stream=7") == "skipped succeeded ");
    BOOST_TEST(statuses("?category=order&stream=7&status=skipped") == "skipped ");
    BOOST_TEST(statuses("?category=bill") == "");
    const auto first = client.get("/v1/compactions?category=order&limit=2");
    const auto next = text_in(first, "next");
    BOOST_TEST(first.header("Link") == "<" + next + ">; rel=\"next\"");
    const auto last = json_of(client.get(next));
    BOOST_TEST(last.at("compactions").as_array().size() == 1u);
    BOOST_TEST(last.at("next").is_null());
    const auto wrong = [&](const char* query) {
        const auto reply = client.get("/v1/compactions?" + std::string(query));
        BOOST_TEST(reply.status == 400, query);
        return text_in(reply, "parameter");
    };
    BOOST_TEST(wrong("stream=7") == "stream");
    BOOST_TEST(wrong("category=a%20b") == "category");
    BOOST_TEST(wrong("category=order&stream=..") == "stream");
    BOOST_TEST(wrong("status=done") == "status");
    BOOST_TEST(wrong("limit=0") == "limit");
    BOOST_TEST(wrong("cursor=%2F") == "cursor");
    BOOST_TEST(wrong("statsu=failed") == "statsu");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_decider_that_fails, Failing)

BOOST_AUTO_TEST_CASE(when_it_is_compacted_then_it_fails_and_the_stream_is_quarantined) {
    BOOST_TEST(client.get("/v1/quarantine").body == R"({"quarantine":[],"next":null})");
    const auto failed = compact("tally/a");
    BOOST_TEST(failed.status == 200);
    BOOST_TEST(text_in(failed, "status") == "failed", failed.body);
    BOOST_TEST(number_in(json_of(failed), "events_deleted") == 0u);
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/tally/a")), "events") == 20u);
    const auto entry = json_of(client.get("/v1/quarantine")).at("quarantine").at(0).as_object();
    BOOST_TEST(entry.at("stream") == boost::json::parse(R"({"category":"tally","id":"a"})"));
    BOOST_TEST(entry.at("compaction").as_string() == text_in(failed, "id"));
    BOOST_TEST(entry.at("reason").as_string() == text_in(failed, "reason"));
    BOOST_TEST(client.get("/metrics").has("\nfirn_quarantined_streams 1\n"));
}

BOOST_AUTO_TEST_CASE(when_streams_are_quarantined_then_runs_pass_them_over_until_released) {
    BOOST_TEST(text_in(compact("tally/a"), "status") == "failed");
    const auto run = [&] {
        return json_of(
            client.post("/v1/compactions", R"({"category":"tally","keep_last":2})", patient));
    };
    const auto first = run();
    BOOST_TEST(first.at("status").as_string() == "failed");
    BOOST_TEST(number_in(first.at("counts").as_object(), "skipped") == 1u);
    BOOST_TEST(number_in(first.at("counts").as_object(), "failed") == 1u);
    const auto page = json_of(client.get("/v1/quarantine?limit=1"));
    BOOST_TEST(page.at("quarantine").at(0).at("stream").at("id").as_string() == "a");
    const auto next = json_of(client.get(std::string(page.at("next").as_string())));
    BOOST_TEST(next.at("quarantine").at(0).at("stream").at("id").as_string() == "b/c");
    BOOST_TEST(next.at("next").is_null());
    BOOST_TEST(number_in(run().at("counts").as_object(), "skipped") == 2u);
    BOOST_TEST(client.erase("/v1/quarantine/tally/b%2Fc").status == 204);
    BOOST_TEST(number_in(run().at("counts").as_object(), "failed") == 1u);
}

BOOST_AUTO_TEST_CASE(when_what_is_not_there_is_released_then_it_is_not_found) {
    const auto missing = client.erase("/v1/quarantine/tally/a");
    BOOST_TEST(missing.status == 404);
    BOOST_TEST(slug_of(missing) == "not-found");
    BOOST_TEST(client.erase("/v1/quarantine/a%20b/c").status == 400);
    BOOST_TEST(client.erase("/v1/quarantine/tally/a", "If-Match: *\r\n").status == 400);
    BOOST_TEST(text_in(client.get("/v1/quarantine?cursor=a"), "parameter") == "cursor");
    BOOST_TEST(text_in(client.get("/v1/quarantine?limit=x"), "parameter") == "limit");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_client_that_folds, Folding)

BOOST_AUTO_TEST_CASE(when_it_says_the_hash_of_the_state_that_it_put_then_the_prefix_goes) {
    const auto hash = put_state();
    const auto done = verify(hash);
    BOOST_TEST(done.status == 200, done.body);
    BOOST_TEST(done.header("Preference-Applied") == "wait=60");
    BOOST_TEST(text_in(done, "status") == "succeeded", done.body);
    BOOST_TEST(number_in(json_of(done), "events_deleted") == 3u);
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/order/7")), "first_version") == 4u);
    BOOST_TEST(client.get("/v1/streams/order/7/state").has(R"("state":{"n":3})"));
    // An answer that got lost is asked for again.
    BOOST_TEST(text_in(verify(hash), "status") == "succeeded");
    BOOST_TEST(verify(std::string(64, '0')).status == 400);
}

BOOST_AUTO_TEST_CASE(when_it_says_another_hash_then_nothing_is_deleted) {
    BOOST_TEST(put_state() != std::string(64, '0'));
    const auto done = verify(std::string(64, '0'));
    BOOST_TEST(done.status == 200);
    BOOST_TEST(text_in(done, "status") == "failed");
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/order/7")), "events") == 5u);
    BOOST_TEST(json_of(client.get("/v1/quarantine")).at("quarantine").as_array().size() == 1u);
}

BOOST_AUTO_TEST_CASE(when_it_posts_no_hash_then_it_is_told_and_the_compaction_waits_on) {
    const auto wrong = [&](std::string_view body) {
        const auto reply = client.post(path + "/verification", body);
        BOOST_TEST(reply.status == 400, body);
        return text_in(reply, "pointer");
    };
    BOOST_TEST(wrong("{}") == "");
    BOOST_TEST(wrong(R"({"state_hash":"abc"})") == "/state_hash");
    BOOST_TEST(wrong(R"({"state_hash":7})") == "/state_hash");
    BOOST_TEST(wrong(R"({"hash":"abc"})") == "/hash");
    BOOST_TEST(client.request("POST", path + "/verification").status == 400);
    BOOST_TEST(text_in(client.get(path), "status") == "awaiting_verification");
    const auto cancelled = client.erase(path);
    BOOST_TEST(cancelled.status == 200);
    BOOST_TEST(text_in(cancelled, "status") == "cancelled");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
