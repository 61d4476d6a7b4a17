// Compactions of one stream, as a client sees them.
#include "tests/service/routes/compactions_served.hpp"
#include "tests/support/compaction_stop.hpp"
#include "tests/support/sse_client.hpp"

namespace firn::test {

namespace {

struct OrdersToCompact : CompactionsServed {};

// One that is held on its way, while the server goes on.
struct HeldAt : CompactionsServed {
    explicit HeldAt(const std::string& step) : HeldAt(std::make_unique<CompactionStop>(step)) {}
    ~HeldAt() { stop->let_go(); }

    std::unique_ptr<CompactionStop> stop;
    std::string path;

private:
    explicit HeldAt(std::unique_ptr<CompactionStop> made)
        : CompactionsServed(made->config()), stop(std::move(made)) {
        const auto begun = compact(R"({"keep_last":4})", "");
        BOOST_TEST(begun.status == 202);
        path = begun.header("Location");
        stop->wait_until_there();
    }
};

struct HeldBeforeItsCut : HeldAt {
    HeldBeforeItsCut() : HeldAt("replayed") {}
};
struct HeldInItsCut : HeldAt {
    HeldInItsCut() : HeldAt("before the cut") {}
};

std::string without_trailing_id(const std::string& url) {
    return url.substr(0, url.rfind('/') + 1);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_of_ten_events, OrdersToCompact)

BOOST_AUTO_TEST_CASE(when_it_is_compacted_then_the_report_says_what_went_and_why_it_might) {
    const auto before = json_of(client.get("/v1/streams/order/7"));
    const auto reply = compact(R"({"keep_last":4})");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Preference-Applied") == "wait=60");
    const auto report = json_of(reply);
    const auto id = std::string(report.at("id").as_string());
    BOOST_TEST(reply.header("Location") == "/v1/compactions/" + id);
    BOOST_TEST(report.at("stream") == boost::json::parse(R"({"category":"order","id":"7"})"));
    BOOST_TEST(report.at("status").as_string() == "succeeded");
    BOOST_TEST(report.at("phase").as_string() == "done");
    BOOST_TEST(!report.at("dry_run").as_bool());
    BOOST_TEST(number_in(report, "from_version") == 1u);
    BOOST_TEST(number_in(report, "up_to_version") == 6u);
    BOOST_TEST(number_in(report, "keep_last") == 4u);
    BOOST_TEST(number_in(report, "events_deleted") == 6u);
    BOOST_TEST(number_in(report, "events_kept") == 4u);
    BOOST_TEST(number_in(report, "bytes_deleted") > 0u);
    BOOST_TEST(number_in(report, "first_version_before") == 1u);
    BOOST_TEST(number_in(report, "first_version_after") == 7u);
    BOOST_TEST(report.at("blockers").as_array().empty());
    BOOST_TEST(report.at("reason").is_null());
    BOOST_TEST(report.at("run").is_null());
    const auto& snapshot = report.at("snapshot").as_object();
    const auto& proof = report.at("verification").as_object();
    BOOST_TEST(number_in(snapshot, "version") == 6u);
    BOOST_TEST(proof.at("passed").as_bool());
    BOOST_TEST(number_in(proof, "events_replayed") == 10u);
    BOOST_TEST(number_in(proof, "live_version") == 10u);
    BOOST_TEST(proof.at("state_hash_replayed") == snapshot.at("state_hash"));
    BOOST_TEST(proof.at("state_hash_snapshot") == snapshot.at("state_hash"));
    BOOST_TEST(proof.at("state_hash_live") != snapshot.at("state_hash"));
    BOOST_TEST((json_of(client.get("/v1/compactions/" + id)) == report));

    const auto after = json_of(client.get("/v1/streams/order/7"));
    BOOST_TEST(after.at("version") == before.at("version"));
    BOOST_TEST(after.at("chain_hash") == before.at("chain_hash"));
    BOOST_TEST(number_in(after, "first_version") == 7u);
    BOOST_TEST(number_in(after, "events") == 4u);
}

BOOST_AUTO_TEST_CASE(when_it_was_compacted_then_the_state_is_as_before_and_what_is_gone_is_410) {
    const auto before = client.get("/v1/streams/order/7/state").body;
    const auto at_eight = client.get("/v1/streams/order/7/state?version=8").body;
    compacted(R"({"up_to_version":6})");
    BOOST_TEST(client.get("/v1/streams/order/7/state").body == before);
    BOOST_TEST(client.get("/v1/streams/order/7/state?version=8").body == at_eight);
    BOOST_TEST(client.get("/v1/streams/order/7/state?version=6").status == 200);
    for (const auto& gone : {client.get("/v1/streams/order/7/events?from=6"),
                             client.get("/v1/streams/order/7/events?from=0"),
                             client.get("/v1/streams/order/7/events?from=6&direction=backward"),
                             client.get("/v1/streams/order/7/state?version=5"),
                             client.get("/v1/streams/order/7/state?version=0")}) {
        BOOST_TEST(gone.status == 410);
        BOOST_TEST(slug_of(gone) == "compacted");
        BOOST_TEST(number_in(json_of(gone), "first_version") == 7u);
        BOOST_TEST(number_in(json_of(gone), "snapshot_version") == 6u);
    }
    const auto page = json_of(client.get("/v1/streams/order/7/events"));
    BOOST_TEST(page.at("events").as_array().size() == 4u);
    BOOST_TEST(number_in(page.at("events").at(0).as_object(), "version") == 7u);
    SseClient live(port(), "/v1/streams/order/7/events");
    BOOST_TEST(live.next().value().id == "6");  // what stands in for what is gone
    BOOST_TEST(live.next().value().id == "7");
    const auto snapshots = json_of(client.get("/v1/streams/order/7/snapshots"));
    BOOST_TEST(snapshots.at("snapshots").at(0).at("kind").as_string() == "anchor");
    append("order/7", R"({"events":[{"type":"A"}],"expected_version":10})");
    BOOST_TEST(client.get("/v1/streams/order/7/state?version=10").status == 200);
}

BOOST_AUTO_TEST_CASE(when_it_is_a_dry_run_then_it_says_what_would_go_and_nothing_is_kept_of_it) {
    const auto before = client.get("/v1/streams/order/7").body;
    const auto reply = compact(R"({"keep_last":4,"dry_run":true})");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Location") == "");
    BOOST_TEST(reply.header("Preference-Applied") == "");
    const auto report = json_of(reply);
    BOOST_TEST(report.at("id").is_null());
    BOOST_TEST(report.at("dry_run").as_bool());
    BOOST_TEST(report.at("status").as_string() == "succeeded");
    BOOST_TEST(number_in(report, "events_deleted") == 6u);
    BOOST_TEST(report.at("verification").at("passed").as_bool());
    BOOST_TEST(client.get("/v1/streams/order/7").body == before);
    BOOST_TEST(client.get("/v1/compactions").body == R"({"compactions":[],"next":null})");
    BOOST_TEST(
        json_of(client.get("/v1/streams/order/7/snapshots")).at("snapshots").as_array().empty());
    const auto nothing = json_of(compact(R"({"keep_last":10,"dry_run":true})"));
    BOOST_TEST(nothing.at("status").as_string() == "skipped");
    BOOST_TEST(!nothing.at("reason").as_string().empty());
}

BOOST_AUTO_TEST_CASE(when_nothing_says_how_much_may_go_then_it_is_refused_until_the_category_does) {
    for (const auto* body : {"{}", ""}) {
        const auto reply = compact(body);
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(slug_of(reply) == "bad-request");
        for (const auto* word : {"keep_last", "up_to_version", "compaction.keep_last"}) {
            BOOST_TEST(text_in(reply, "detail").find(word) != std::string::npos);
        }
    }
    set_category("order", R"({"decider":{"kind":"merge_patch"},"compaction":{"keep_last":3}})");
    const auto report = compacted("");
    BOOST_TEST(number_in(report, "keep_last") == 3u);
    BOOST_TEST(number_in(report, "events_deleted") == 7u);
    BOOST_TEST(text_in(compact("{}"), "status") == "skipped");
}

BOOST_AUTO_TEST_CASE(when_all_may_go_then_the_state_stays_and_versions_go_on) {
    BOOST_TEST(number_in(compacted(R"({"keep_last":0})"), "events_kept") == 0u);
    BOOST_TEST(client.get("/v1/streams/order/7/state").has(R"("state":{"n":10})"));
    const auto wrong = client.post("/v1/streams/order/7/events",
                                   R"({"events":[{"type":"A"}],"expected_version":0})");
    BOOST_TEST(wrong.status == 409);
    const auto next = append("order/7", R"({"events":[{"type":"A"}],"expected_version":10})");
    BOOST_TEST(number_in(json_of(next), "version") == 11u);
}

BOOST_AUTO_TEST_CASE(when_a_member_is_wrong_then_a_pointer_says_where) {
    BOOST_TEST(pointer_to(compactions_of_order_7, "[]") == "");
    BOOST_TEST(pointer_to(compactions_of_order_7, R"({"keep_lats":1})") == "/keep_lats");
    BOOST_TEST(pointer_to(compactions_of_order_7, R"({"keep_last":-1})") == "/keep_last");
    BOOST_TEST(pointer_to(compactions_of_order_7, R"({"keep_last":null})") == "/keep_last");
    BOOST_TEST(pointer_to(compactions_of_order_7, R"({"up_to_version":"2"})") == "/up_to_version");
    BOOST_TEST(pointer_to(compactions_of_order_7, R"({"dry_run":1})") == "/dry_run");
    BOOST_TEST(pointer_to(compactions_of_order_7, R"({"category":"order"})") == "/category");
    const auto lines =
        client.post(compactions_of_order_7, "{}\n", "Content-Type: application/x-ndjson\r\n");
    BOOST_TEST(lines.status == 400);
    BOOST_TEST(compact("{}", "Content-Type: text/plain\r\n").status == 415);
    BOOST_TEST(compact(R"({"keep_last":1})", "If-Match: \"10\"\r\n").status == 400);
    BOOST_TEST(statuses() == "");
}

BOOST_AUTO_TEST_CASE(when_the_stream_cannot_be_compacted_then_it_says_so) {
    const auto post = [&](const std::string& stream, const char* body = R"({"keep_last":1})") {
        return client.post("/v1/streams/" + stream + "/compactions", body);
    };
    const auto missing = post("order/none");
    BOOST_TEST(missing.status == 404);
    BOOST_TEST(slug_of(missing) == "stream-not-found");
    const auto ahead = post("order/7", R"({"up_to_version":11})");
    BOOST_TEST(ahead.status == 404);
    BOOST_TEST(slug_of(ahead) == "version-not-found");
    BOOST_TEST(number_in(json_of(ahead), "current_version") == 10u);
    append_counted("bill/1", 3);
    const auto undeclared = post("bill/1");
    BOOST_TEST(undeclared.status == 409);
    BOOST_TEST(slug_of(undeclared) == "decider-not-declared");
    BOOST_TEST(client.erase("/v1/streams/order/7").status == 204);
    const auto deleted = post("order/7");
    BOOST_TEST(deleted.status == 410);
    BOOST_TEST(slug_of(deleted) == "stream-deleted");
    BOOST_TEST(post("order/%01").status == 400);
    BOOST_TEST(statuses() == "");
}

BOOST_AUTO_TEST_CASE(when_it_waits_less_than_it_takes_then_the_answer_is_what_has_begun) {
    const auto reply = compact(R"({"keep_last":4})", "Prefer: respond-async, wait=0\r\n");
    BOOST_TEST(reply.header("Preference-Applied") == "wait=0");
    BOOST_TEST((reply.status == 202 || text_in(reply, "status") == "succeeded"));
    BOOST_TEST(text_in(once_over(reply.header("Location")), "status") == "succeeded");
}

BOOST_AUTO_TEST_CASE(when_a_subscription_blocks_then_the_report_says_whose_events_they_are) {
    BOOST_TEST(client.put("/v1/subscriptions/mail", R"({"blocks_compaction":true})").status == 201);
    BOOST_TEST(client.post("/v1/subscriptions/mail/ack", R"({"position":2})").status == 200);
    const auto report = compacted(R"({"keep_last":4})");
    BOOST_TEST(number_in(report, "up_to_version") == 2u);
    const auto& blocker = report.at("blockers").at(0).as_object();
    BOOST_TEST(blocker.at("subscription").as_string() == "mail");
    BOOST_TEST(number_in(blocker, "version") == 2u);
}

BOOST_AUTO_TEST_CASE(when_streams_were_compacted_then_another_decider_must_migrate) {
    compacted(R"({"keep_last":4})");
    for (const auto& refused :
         {client.put("/v1/categories/order", R"({"decider":{"kind":"json_patch"}})"),
          client.put("/v1/categories/order",
                     lua_settings("initial = {} function evolve(s, e) return s end"))}) {
        BOOST_TEST(refused.status == 409);
        BOOST_TEST(slug_of(refused) == "migration-needed");
    }
    set_category("order", lua_settings("initial = {} function evolve(s, e) s.n = e.data.n return s "
                                       "end function migrate(s, from) return s end"));
    BOOST_TEST(client.get("/v1/streams/order/7/state").has(R"("state":{"n":10})"));
}

BOOST_AUTO_TEST_CASE(when_compactions_are_counted_then_stats_and_metrics_agree) {
    compacted(R"({"keep_last":4})");
    BOOST_TEST(text_in(compact(R"({"keep_last":4})"), "status") == "skipped");
    const auto stats = json_of(client.get("/v1/stats")).at("compactions").as_object();
    BOOST_TEST(number_in(stats, "succeeded") == 1u);
    BOOST_TEST(number_in(stats, "skipped") == 1u);
    BOOST_TEST(number_in(stats, "events_deleted") == 6u);
    BOOST_TEST(number_in(stats, "running") == 0u);
    const auto metrics = client.get("/metrics");
    BOOST_TEST(metrics.has("\nfirn_compactions_total{status=\"succeeded\"} 1\n"));
    BOOST_TEST(metrics.has("\nfirn_compactions_total{status=\"skipped\"} 1\n"));
    BOOST_TEST(metrics.has("\nfirn_compaction_events_deleted_total 6\n"));
    BOOST_TEST(metrics.has("\nfirn_quarantined_streams 0\n"));
}

BOOST_AUTO_TEST_CASE(when_there_is_no_such_compaction_then_it_is_not_found) {
    for (const auto* id : {"01a218c6-fa4f-7fdf-8a9a-8cb37effedfd", "x", "a%20b"}) {
        const auto path = "/v1/compactions/" + std::string(id);
        const auto hash = R"({"state_hash":")" + std::string(64, '0') + "\"}";
        for (const auto& reply :
             {client.get(path), client.erase(path), client.post(path + "/verification", hash)}) {
            BOOST_TEST(reply.status == 404, reply.body);
            BOOST_TEST(slug_of(reply) == "compaction-not-found");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_compaction_before_its_cut, HeldBeforeItsCut)

BOOST_AUTO_TEST_CASE(when_the_same_is_asked_for_again_then_it_is_that_one) {
    const auto again = compact(R"({"keep_last":4})", "");
    BOOST_TEST(again.status == 202);
    BOOST_TEST(again.header("Location") == path);
    BOOST_TEST(text_in(again, "status") == "running");
    BOOST_TEST(statuses() == "running ");
    BOOST_TEST(statuses("?status=running") == "running ");
    BOOST_TEST(
        number_in(json_of(client.get("/v1/stats")).at("compactions").as_object(), "running") == 1u);
}

BOOST_AUTO_TEST_CASE(when_another_is_asked_for_then_it_is_refused_and_names_the_one_that_runs) {
    const auto other = compact(R"({"keep_last":5})", "");
    BOOST_TEST(other.status == 409);
    BOOST_TEST(slug_of(other) == "compaction-running");
    BOOST_TEST(without_trailing_id(path) + text_in(other, "id") == path);
}

BOOST_AUTO_TEST_CASE(when_it_is_cancelled_then_nothing_was_changed) {
    const auto before = client.get("/v1/streams/order/7").body;
    const auto reply = client.erase(path, "Prefer: wait=0\r\n");
    BOOST_TEST(reply.status == 202);
    BOOST_TEST(text_in(reply, "status") == "running");
    stop->let_go();
    BOOST_TEST(text_in(once_over(path), "status") == "cancelled");
    BOOST_TEST(client.get("/v1/streams/order/7").body == before);
    const auto again = client.erase(path);
    BOOST_TEST(again.status == 200);
    BOOST_TEST(text_in(again, "status") == "cancelled");
    BOOST_TEST(statuses("?status=cancelled") == "cancelled ");
    compacted(R"({"keep_last":4})");
}

BOOST_AUTO_TEST_CASE(when_one_that_waits_its_turn_is_cancelled_then_it_is_over_at_once) {
    append_counted("order/8", 3);
    const auto queued = client.post("/v1/streams/order/8/compactions", R"({"keep_last":1})");
    BOOST_TEST(queued.status == 202);
    BOOST_TEST(text_in(queued, "status") == "queued");
    const auto reply = client.erase(queued.header("Location"));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(text_in(reply, "status") == "cancelled");
    BOOST_TEST(client.erase(path, "If-Match: *\r\n").status == 400);
}

BOOST_AUTO_TEST_CASE(when_a_verification_is_posted_then_it_waits_for_none) {
    const auto reply =
        client.post(path + "/verification", R"({"state_hash":")" + std::string(64, 'a') + "\"}");
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(slug_of(reply) == "bad-request");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_compaction_in_its_cut, HeldInItsCut)

BOOST_AUTO_TEST_CASE(when_it_is_cancelled_then_it_is_too_late) {
    const auto reply = client.erase(path);
    BOOST_TEST(reply.status == 409);
    BOOST_TEST(slug_of(reply) == "too-late");
    stop->let_go();
    BOOST_TEST(text_in(once_over(path), "status") == "succeeded");
    const auto after = client.erase(path);
    BOOST_TEST(after.status == 409);
    BOOST_TEST(slug_of(after) == "too-late");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
