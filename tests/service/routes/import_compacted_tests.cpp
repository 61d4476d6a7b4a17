// What was exported of compacted streams, imported elsewhere: the same states, versions and chains.
#include "tests/service/routes/compactions_served.hpp"
#include "tests/support/import_exchange.hpp"

namespace firn::test {

namespace {

constexpr char all_appended[] = "done lines 7 appended 7 skipped 0";
constexpr char merge_patch[] = R"({"decider":{"kind":"merge_patch"}})";

// order/7 has 10 events, of which 8 are compacted away; order/8 has 3, all of them there, that came
// between.
struct CompactedElsewhere {
    CompactionsServed source;
    std::string exported;

    CompactedElsewhere() {
        for (const auto* type : {"A", "B", "C"}) {
            source.append("order/8", R"({"type":")" + std::string(type) + R"(","data":{"at":")" +
                                         type + "\"}}");
        }
        (void)source.compacted(R"({"keep_last":2})");
        source.append("order/7", R"({"type":"Z","data":{"last":true}})");
        exported = export_of(source);
    }
    // "$snapshot" lines alone.
    [[nodiscard]] std::string line_of_snapshot() const {
        std::istringstream lines(exported);
        for (std::string line; std::getline(lines, line);) {
            if (line.find("\"$snapshot\"") != line.npos) {
                return line;
            }
        }
        return {};
    }
    // The line with one part of it replaced.
    [[nodiscard]] std::string changed(std::string_view part, std::string_view by) const {
        auto line = line_of_snapshot();
        const auto at = line.find(part);
        BOOST_TEST_REQUIRE(at != line.npos);
        return line.replace(at, part.size(), by);
    }
};

struct Target : ServedStore {
    explicit Target(std::unique_ptr<EventStore> store = make_memory_store())
        : ServedStore({}, std::move(store)) {
        set_category("order", merge_patch);
    }
    std::string import(std::string_view lines) { return summary(import_into(*this, lines)); }
    // "wrong-version 3": the slug and the line of a refusal.
    std::string refusal(std::string_view lines) {
        const auto reply = client.post("/v1/import", lines, import_fields());
        BOOST_TEST(reply.status >= 400, reply.body);
        return slug_of(reply) + ' ' + std::to_string(json_of(reply).at("line").as_int64());
    }
};

// But for positions, which are each store's own.
std::string facts_of(ServedStore& served, const std::string& stream) {
    auto facts = json_of(served.client.get("/v1/streams/" + stream));
    facts.erase("last_position");
    facts.erase("snapshots");
    facts.erase("bytes");  // an event whose time was stated keeps it with itself
    return boost::json::serialize(facts);
}

std::string state_of(ServedStore& served, const std::string& stream) {
    return served.client.get("/v1/streams/" + stream + "/state").body;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_export_of_compacted_streams, CompactedElsewhere)

BOOST_AUTO_TEST_CASE(when_it_is_imported_into_an_empty_store_then_all_is_as_it_was) {
    TemporaryDirectory directory;
    for (const bool journaled : {false, true}) {
        Target target(journaled ? open_journaled_store({.directory = directory.path() / "data"})
                                : make_memory_store());
        BOOST_TEST(target.import(exported) == all_appended);
        for (const auto* stream : {"order/7", "order/8"}) {
            BOOST_TEST(facts_of(target, stream) == facts_of(source, stream));
            BOOST_TEST(state_of(target, stream) == state_of(source, stream));
        }
        // Lines have places of their own here, but are otherwise the same.
        std::istringstream before(exported);
        std::istringstream after(export_of(target));
        std::string expected;
        std::string found;
        std::int64_t position = 0;
        while (std::getline(before, expected)) {
            BOOST_TEST_REQUIRE(static_cast<bool>(std::getline(after, found)));
            auto theirs = boost::json::parse(expected).as_object();
            auto ours = boost::json::parse(found).as_object();
            BOOST_TEST(ours.at("position").as_int64() == ++position);
            theirs.erase("position");
            ours.erase("position");
            BOOST_TEST(theirs == ours);
        }
        BOOST_TEST(target.client.get("/v1/streams/order/7/events?from=8").status == 410);
        BOOST_TEST(target.client.get("/v1/streams/order/7/state?version=8").status == 200);
        // Once more: all of it is there.
        BOOST_TEST(target.import(exported) == "done lines 7 appended 0 skipped 7");
    }
}

BOOST_AUTO_TEST_CASE(when_the_states_decider_is_not_declared_here_then_the_line_says_which) {
    ServedStore none;
    auto reply = none.client.post("/v1/import", exported, import_fields());
    BOOST_TEST(slug_of(reply) == "decider-not-declared");
    BOOST_TEST(text_in(reply, "detail").find("merge_patch") != std::string::npos);
    Target target;
    target.set_category("order", R"({"decider":{"kind":"lua","source":)"
                                 R"("initial = {} function evolve(s, e) return s end"}})");
    reply = target.client.post("/v1/import", exported, import_fields());
    BOOST_TEST(slug_of(reply) == "decider-not-declared");
    BOOST_TEST(text_in(reply, "detail").find("lua") != std::string::npos);
    target.set_category("order", merge_patch);
    BOOST_TEST(target.import(exported) == all_appended);
    BOOST_TEST(state_of(target, "order/7").find("\"last\":true") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_there_then_it_is_passed_over_or_refused) {
    // At a version behind the line: what lies between is missing.
    Target behind;
    behind.append("order/7", R"({"type":"A"})");
    BOOST_TEST(behind.refusal(line_of_snapshot()) == "wrong-version 1");
    // Beyond it, with events of its own: what the line stands for cannot be compared.
    Target whole;
    BOOST_TEST(whole.import(exported) == all_appended);
    BOOST_TEST(whole.import(line_of_snapshot()) == "done lines 1 appended 0 skipped 1");
    const auto chain = text_in(source.client.get("/v1/streams/order/7/snapshots/8"), "chain_hash");
    BOOST_TEST(whole.refusal(changed(chain, std::string(64, 'a'))) == "wrong-version 1");
    BOOST_TEST(whole.client.erase("/v1/streams/order/7").status == 204);
    BOOST_TEST(whole.refusal(line_of_snapshot()) == "stream-deleted 1");
}

BOOST_AUTO_TEST_CASE(when_the_line_was_changed_then_it_is_refused_and_nothing_began) {
    Target target;
    const std::pair<std::string, std::string> damages[] = {
        {R"("version":8)", R"("version":0)"},
        {R"("version":8)", R"("version":9007199254740992)"},
        {R"("state":{)", R"("state":{"forged":1,)"},
        {R"("state_hash":")", R"("state_hash":"zz)"},
        {R"("chain_hash":")", R"("chain_hash":"0)"},
        {R"("state":{)", R"("other":{)"},
        {R"("kind":")", R"("sort":")"},
        {R"("data":{)", R"("data":[],"metadata":{)"},
        {R"("recorded_at":")", R"("traceparent":")"},
    };
    for (const auto& [part, by] : damages) {
        BOOST_TEST_CONTEXT(part << " by " << by) {
            BOOST_TEST(target.refusal(changed(part, by)) == "bad-request 1");
        }
    }
    BOOST_TEST(target.refusal(R"({"type":"$snapshot","stream":{"category":"order","id":"7"},)"
                              R"("version":8,"data":{"error":"unrecoverable-state"}})") ==
               "bad-request 1");
    BOOST_TEST(target.store().head_position().value() == 0u);
}

BOOST_AUTO_TEST_CASE(when_a_stream_began_with_a_state_then_it_lives_on_like_any_other) {
    Target target;
    BOOST_TEST(target.import(exported) == all_appended);
    // Its decider cannot be changed for one that could do nothing with the state.
    const auto changed_decider = target.client.put(
        "/v1/categories/order",
        R"({"decider":{"kind":"lua","source":"initial = {} function evolve(s, e) return s end"}})");
    BOOST_TEST(slug_of(changed_decider) == "migration-needed");
    target.append("order/7", R"({"type":"N","data":{"n":"more"}})");
    const auto report =
        target.client.post("/v1/streams/order/7/compactions", R"({"keep_last":1})", patient);
    BOOST_TEST(text_in(report, "status") == "succeeded", report.body);
    BOOST_TEST(number_in(json_of(report), "events_deleted") == 3u);
    BOOST_TEST(state_of(target, "order/7").find("\"n\":\"more\"") != std::string::npos);
    BOOST_TEST(target.client.erase("/v1/streams/order/7").status == 204);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
