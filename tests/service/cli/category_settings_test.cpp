#include "service/cli/category_settings.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {

namespace {

constexpr char set_now[] = R"({"category":"tally",
    "decider":{"kind":"lua","revision":3,"declared":true,"source":"initial = \"\\n\""},
    "snapshots":{"every":7,"keep":2},
    "compaction":{"enabled":true,"keep_last":5,"min_events":1000},
    "limits":{"state_bytes_max":1048576},
    "defaults":["snapshots.keep","compaction.min_events","limits.state_bytes_max"]})";

constexpr char nothing_set[] = R"({"category":"tally",
    "decider":{"kind":"merge_patch","revision":1,"declared":false},
    "snapshots":{"every":100,"keep":2},"compaction":{"enabled":false,"min_events":1000},
    "limits":{"state_bytes_max":1048576},
    "defaults":["decider","snapshots.every","snapshots.keep","compaction.enabled",
                "compaction.keep_last","compaction.min_events","limits.state_bytes_max"]})";

constexpr char empty[] = R"({"snapshots":{},"compaction":{},"limits":{}})";

}  // namespace

BOOST_AUTO_TEST_SUITE(given_settings_of_a_category)

BOOST_AUTO_TEST_CASE(when_one_is_changed_then_what_was_set_stays_and_defaults_stay_defaults) {
    BOOST_TEST(
        merged_settings({.decider = {}, .snapshots_every = 9, .snapshots_keep = {}}, set_now) ==
        R"({"decider":{"kind":"lua","source":"initial = \"\\n\""},"snapshots":{"every":9},)"
        R"("compaction":{"enabled":true,"keep_last":5},"limits":{}})");
    BOOST_TEST(
        merged_settings({.decider = {}, .snapshots_every = {}, .snapshots_keep = 4}, nothing_set) ==
        R"({"snapshots":{"keep":4},"compaction":{},"limits":{}})");
}

BOOST_AUTO_TEST_CASE(when_the_decider_is_changed_then_nothing_of_the_old_one_stays) {
    const std::string decider = R"({"kind":"json_patch"})";
    BOOST_TEST(merged_settings({.decider = decider, .snapshots_every = {}, .snapshots_keep = {}},
                               set_now) ==
               R"({"decider":{"kind":"json_patch"},"snapshots":{"every":7},)"
               R"("compaction":{"enabled":true,"keep_last":5},"limits":{}})");
}

BOOST_AUTO_TEST_CASE(when_there_are_none_then_only_the_change_is_put) {
    BOOST_TEST(merged_settings({.decider = {}, .snapshots_every = 0, .snapshots_keep = 1}, "") ==
               R"({"snapshots":{"every":0,"keep":1},"compaction":{},"limits":{}})");
    BOOST_TEST(merged_settings({}, "") == empty);
    BOOST_TEST(merged_settings({}, "{}") == empty);
    BOOST_TEST(merged_settings({}, nothing_set) == empty);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
