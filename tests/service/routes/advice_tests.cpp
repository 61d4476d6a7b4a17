#include "tests/service/routes/counter.hpp"
#include "tests/support/served_store.hpp"

namespace firn::test {

namespace {

constexpr char url[] = "/v1/categories/tally/advice";

struct Advised : ServedStore {
    boost::json::object advice() { return json_of(client.get(url)); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_category_to_advise_on, Advised)

BOOST_AUTO_TEST_CASE(when_it_has_no_streams_then_the_default_stands_and_why_is_told) {
    const auto json = advice();
    BOOST_TEST(json.at("category").as_string() == "tally");
    BOOST_TEST(json.at("recommended_every").as_int64() == 100);
    BOOST_TEST(json.at("current_every").as_int64() == 100);
    BOOST_TEST(json.at("pays_from_events").is_null());
    BOOST_TEST(json.at("measured").at("events_folded").as_int64() == 0);
    BOOST_TEST(!json.at("reason").as_string().empty());
}

BOOST_AUTO_TEST_CASE(when_it_has_a_stream_then_that_is_measured) {
    set_category("tally", R"({"snapshots":{"every":0}})");
    set_category("tally", R"({"decider":{"kind":"merge_patch"},"snapshots":{"every":17}})");
    append_counted("tally/1", 1500);
    // Folds all of them; measuring itself ends by time, and a slow machine folds fewer.
    BOOST_TEST(client.get("/v1/streams/tally/1/state").status == 200);
    const auto json = advice();
    const auto& measured = json.at("measured");
    BOOST_TEST(json.at("current_every").as_int64() == 17);
    BOOST_TEST(measured.at("events_folded").as_int64() >= 1500);
    BOOST_TEST(measured.at("fold_ns_per_event").as_int64() > 0);
    BOOST_TEST(measured.at("snapshots_made").as_int64() > 0);
    BOOST_TEST(measured.at("snapshots_restored").as_int64() > 0);
    const auto bytes = measured.at("snapshot_bytes").as_int64();
    BOOST_TEST(bytes >= std::int64_t{sizeof(R"({"n":1})") - 1});
    BOOST_TEST(bytes <= std::int64_t{sizeof(R"({"n":1500})") - 1});
    BOOST_TEST(json.at("pays_from_events").as_int64() >= 1);
    BOOST_TEST(measured.at("events_appended").as_int64() == 1500);
}

BOOST_AUTO_TEST_CASE(when_its_clients_fold_then_there_is_nothing_to_advise) {
    set_category("tally", R"({"decider":{"kind":"external"}})");
    append_counted("tally/1", 100);
    const auto json = advice();
    BOOST_TEST(json.at("pays_from_events").is_null());
}

BOOST_AUTO_TEST_CASE(when_a_stream_cannot_be_folded_then_the_answer_comes_all_the_same) {
    set_category("tally", lua_settings(counter_script));
    append("tally/1", R"({"type":"Poison"})");
    BOOST_TEST(client.get(url).status == 200);
}

BOOST_AUTO_TEST_CASE(when_the_category_is_no_name_then_that_is_told) {
    BOOST_TEST(client.get("/v1/categories/a%2Fb/advice").status == 400);
    BOOST_TEST(client.post(url, "{}").status == 405);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
