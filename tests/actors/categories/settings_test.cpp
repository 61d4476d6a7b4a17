#include "actors/categories/category_document.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;

namespace {

std::string pointer_of(std::string_view json) {
    const auto parsed = parse_category_settings(json);
    return parsed ? "accepted" : parsed.error().pointer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_categorys_settings)

BOOST_AUTO_TEST_CASE(when_nothing_is_set_then_the_defaults_are_left_open) {
    const auto settings = parse_category_settings("{}");
    BOOST_REQUIRE(settings);
    BOOST_TEST(!settings->decider);
    BOOST_TEST(!settings->snapshots.every);
    BOOST_TEST(settings->decider_or_default().kind == "merge_patch");
}

BOOST_AUTO_TEST_CASE(when_all_is_set_then_it_comes_back_as_written) {
    const auto* const json =
        R"({"decider":{"kind":"lua","source":"a \"b\"\n"},"snapshots":{"every":0,"keep":3},)"
        R"("compaction":{"enabled":true,"keep_last":5,"min_events":7},)"
        R"("limits":{"state_bytes_max":9}})";
    const auto settings = parse_category_settings(json);
    BOOST_REQUIRE(settings);
    BOOST_TEST(settings->decider->source == "a \"b\"\n");
    BOOST_TEST(*settings->snapshots.every == 0u);
    BOOST_TEST(write_settings(*settings) == json);
}

BOOST_AUTO_TEST_CASE(when_a_member_is_wrong_then_its_place_is_told) {
    BOOST_TEST(pointer_of("[]").empty());
    BOOST_TEST(pointer_of(R"({"decidr":{}})") == "/decidr");
    BOOST_TEST(pointer_of(R"({"snapshots":{"every":-1}})") == "/snapshots/every");
    BOOST_TEST(pointer_of(R"({"snapshots":{"every":1.5}})") == "/snapshots/every");
    BOOST_TEST(pointer_of(R"({"snapshots":{"keep":0}})") == "/snapshots/keep");
    BOOST_TEST(pointer_of(R"({"compaction":{"enabled":1}})") == "/compaction/enabled");
    BOOST_TEST(pointer_of(R"({"limits":{"state_bytes_max":1}})") == "/limits/state_bytes_max");
    BOOST_TEST(pointer_of(R"({"limits":[]})") == "/limits");
    BOOST_TEST(pointer_of(R"({"decider":{"kind":"prolog"}})") == "/decider");
    BOOST_TEST(pointer_of(R"({"decider":{"source":"x"}})") == "/decider");
    BOOST_TEST(pointer_of(R"({"decider":{"kind":"lua"}})") == "/decider");
    BOOST_TEST(pointer_of(R"({"decider":{"kind":"merge_patch","source":"x"}})") == "/decider");
    BOOST_TEST(pointer_of(R"({"decider":{"kind":"native"}})") == "/decider");
}

BOOST_AUTO_TEST_CASE(when_a_document_is_written_then_it_reads_back) {
    CategoryDocument document;
    document.revision = 7;
    document.code_revision = 2;
    document.removed = true;
    document.settings.snapshots.every = 12;
    const auto read = parse_document(write_document(document));
    BOOST_REQUIRE(read);
    BOOST_TEST(read->revision == 7u);
    BOOST_TEST(read->code_revision == 2u);
    BOOST_TEST(read->removed);
    BOOST_TEST(*read->settings.snapshots.every == 12u);
}

BOOST_AUTO_TEST_CASE(when_a_document_is_damaged_then_nothing_is_read) {
    BOOST_TEST(!parse_document("{"));
    BOOST_TEST(!parse_document(R"({"revision":0})"));
    BOOST_TEST(!parse_document(R"({"revision":1,"settings":{"nope":1}})"));
}

BOOST_AUTO_TEST_SUITE_END()
