// Reports of compactions as people read them.
#include "service/cli/compact/dry_run_table.hpp"
#include "service/cli/compact/compaction_text.hpp"
#include "service/cli/progress_bar.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace firn::cli {

namespace {

constexpr char of_many[] = R"({"category":"order","status":"succeeded","dry_run":true,
    "streams":4,"counts":{"succeeded":2,"skipped":1,"failed":1,"cancelled":0,
    "awaiting_verification":0},"events_deleted":1512,"events_kept":7,"bytes_deleted":4096,
    "results":[
    {"stream":{"category":"order","id":"small"},"status":"succeeded","events_deleted":12,
     "events_kept":1,"bytes_deleted":1024,"blockers":[{"subscription":"mailer","checkpoint":5,
     "version":13,"age_seconds":7300}],"reason":null},
    {"stream":{"category":"order","id":"short"},"status":"skipped","events_deleted":0,
     "events_kept":3,"bytes_deleted":0,"blockers":[],"reason":"keep_last is 5"},
    {"stream":{"category":"order","id":"odd"},"status":"failed","events_deleted":9,
     "events_kept":2,"bytes_deleted":9,"blockers":[],"reason":"it hides state"},
    {"stream":{"category":"order","id":"big"},"status":"succeeded","events_deleted":1500,
     "events_kept":1,"bytes_deleted":3072,"blockers":[],"reason":null}],"results_left_out":0})";

constexpr char running[] = R"({"id":"x","stream":{"category":"order","id":"7"},
    "status":"running","phase":"replay","from_version":1,"up_to_version":900,"events_kept":100,
    "verification":{"events_replayed":500}})";

}  // namespace

BOOST_AUTO_TEST_SUITE(given_the_report_of_a_dry_run)

BOOST_AUTO_TEST_CASE(when_it_is_shown_then_the_biggest_come_first_and_the_totals_last) {
    BOOST_TEST(
        dry_run_table(of_many, 40) ==
        "WOULD DELETE   WOULD KEEP       BYTES  STREAM\n"
        "       1,500            1     3.0 KiB  order/big\n"
        "          12            1     1.0 KiB  order/small  (held back by subscription "
        "mailer (2 h behind))\n"
        "           0            2         0 B  order/odd  (FAILS: it hides state)\n"
        "           0            3         0 B  order/short  (keep_last is 5)\n"
        "       1,512            7     4.0 KiB  in all; of 4 streams 2 would be compacted, 1 "
        "skipped, 1 would fail\n");
}

BOOST_AUTO_TEST_CASE(when_there_are_more_streams_than_lines_then_it_is_told) {
    const auto table = dry_run_table(of_many, 1);
    BOOST_TEST(table.find("order/big") != std::string::npos);
    BOOST_TEST(table.find("order/small") == std::string::npos);
    BOOST_TEST(table.find("3 more; --all-lines") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_it_is_of_one_stream_then_it_is_one_line) {
    BOOST_TEST(dry_run_table(R"({"stream":{"category":"order","id":"7"},"status":"skipped",
                                 "events_kept":3,"blockers":[],"reason":"keep_last is 5"})",
                             40) ==
               "WOULD DELETE   WOULD KEEP       BYTES  STREAM\n"
               "           0            3         0 B  order/7  (keep_last is 5)\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_the_report_of_a_compaction_that_runs)

BOOST_AUTO_TEST_CASE(when_its_progress_is_shown_then_it_fits_the_terminal) {
    const std::chrono::duration<double> elapsed(3);
    BOOST_TEST(compaction_progress(running, elapsed, 80) ==
               "[############............] replay, 500 events folded again, 3 s");
    BOOST_TEST(compaction_progress(running, elapsed, 40) == "replay, 500 events folded again, 3 s");
    BOOST_TEST(compaction_progress(running, elapsed, 8) == "replay,");
    BOOST_TEST(compaction_progress(of_many, elapsed, 80) ==
               "4 streams, 1,512 events (4.0 KiB) deleted, 3 s");
    BOOST_TEST(compaction_progress("", elapsed, 80) == "folding again, 3 s");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
