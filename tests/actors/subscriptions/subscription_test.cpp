#include "tests/actors/subscriptions/given_subscriptions.hpp"

using namespace firn;
using namespace firn::test;

namespace {

const StreamName order{"order", "7"};
const StreamName bill{"bill", "7"};

// Positions 1 to 5: order A, bill B, order B, order A, bill A.
struct FiveEvents : GivenSubscriptions {
    FiveEvents() {
        append(order, numbered(1, "A"));
        append(bill, numbered(1, "B"));
        append(order, numbered(1, "B"));
        append(order, numbered(1, "A"));
        append(bill, numbered(1, "A"));
    }
};

// 200 events of type A, none of which matches.
struct RareEvents : GivenSubscriptions {
    RareEvents() {
        append(order, numbered(200, "A"));
        make("rare", R"({"type":"Rare"})");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_five_events_and_subscriptions, FiveEvents)

BOOST_AUTO_TEST_CASE(when_one_is_read_then_its_events_come_in_order_from_the_checkpoint_on) {
    make("all");
    BOOST_TEST(next("all") == "1 2 3 4 5 ");
    BOOST_TEST(next("all", 2) == "1 2 ");
    BOOST_TEST(next("all", 2) == "1 2 ");  // reading moves nothing
    BOOST_TEST(!acknowledge("all", 2).error());
    BOOST_TEST(next("all", 2) == "3 4 ");
    BOOST_TEST(!acknowledge("all", 5).error());
    BOOST_TEST(next("all") == "");
}

BOOST_AUTO_TEST_CASE(when_filters_are_set_then_only_what_passes_comes) {
    make("a", R"({"type":"A"})");
    make("bills", R"({"category":["bill","none"],"type":["A","B"]})");
    make("seven", R"({"id_prefix":"7"})");
    make("eight", R"({"id_prefix":"8"})");
    BOOST_TEST(next("a") == "1 4 5 ");
    BOOST_TEST(next("bills") == "2 5 ");
    BOOST_TEST(next("seven") == "1 2 3 4 5 ");
    BOOST_TEST(next("eight") == "");
}

BOOST_AUTO_TEST_CASE(when_it_begins_elsewhere_then_only_later_events_come) {
    make("end", R"({"from":"end"})");
    make("three", R"({"from":3})");
    make("five", R"({"from":5})");
    BOOST_TEST(next("end") == "");
    BOOST_TEST(next("three") == "4 5 ");
    BOOST_TEST(next("five") == "");
    append(order, numbered(1));
    BOOST_TEST(next("end") == "6 ");
    BOOST_TEST(next("five") == "6 ");
}

BOOST_AUTO_TEST_CASE(when_filters_change_then_what_was_passed_over_since_the_checkpoint_comes) {
    make("x", R"({"type":"A"})");
    BOOST_TEST(!acknowledge("x", 1).error());
    BOOST_TEST(next("x") == "4 5 ");
    BOOST_TEST(!set("x", R"({"type":"B"})").error());
    BOOST_TEST(next("x") == "2 3 ");
}

BOOST_AUTO_TEST_CASE(when_the_lag_is_taken_then_it_counts_what_matches_after_the_checkpoint) {
    make("a", R"({"type":"A"})");
    BOOST_TEST(lag("a").events == 3u);
    BOOST_TEST(lag("a").exact);
    BOOST_TEST(!acknowledge("a", 3).error());
    BOOST_TEST(lag("a").events == 2u);
    BOOST_TEST(!acknowledge("a", 5).error());
    const auto none = lag("a", 10'000, now() + std::chrono::hours(1));
    BOOST_TEST(none.events == 0u);
    BOOST_TEST(none.exact);
    BOOST_TEST(none.age.count() == 0);
}

BOOST_AUTO_TEST_CASE(when_the_lag_is_taken_then_its_age_is_that_of_the_oldest_that_matches) {
    const auto at = now();
    auto old = numbered(1, "Old");
    old.front().recorded_at = at - std::chrono::seconds(90);
    append(order, old);
    make("old", R"({"type":"Old"})");
    BOOST_TEST(lag("old", 10'000, at).age.count() == 90);
    // An event of the future is not late.
    BOOST_TEST(lag("old", 10'000, at - std::chrono::hours(1)).age.count() == 0);
}

BOOST_AUTO_TEST_CASE(when_the_budget_ends_then_the_rest_counts_as_if_it_matched) {
    make("a", R"({"type":"A"})");
    const auto part = lag("a", 3);
    BOOST_TEST(part.events == 3u);  // 1 of the first three, and two more
    BOOST_TEST(!part.exact);
    BOOST_TEST(part.scanned == 3u);
    make("b", R"({"type":"B","category":"order"})");
    const auto none = lag("b", 2, now() + std::chrono::hours(1));
    BOOST_TEST(none.events == 3u);
    BOOST_TEST(!none.exact);
    BOOST_TEST(none.age.count() >= 3600);
    BOOST_TEST(lag("a", 0).events == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_subscription_to_rare_events, RareEvents)

BOOST_AUTO_TEST_CASE(when_nothing_matches_then_the_same_stretch_is_not_searched_again) {
    BOOST_TEST(lag("rare").scanned == 200u);
    BOOST_TEST(lag("rare").scanned == 0u);
    append(order, numbered(3, "A"));
    BOOST_TEST(lag("rare").scanned == 3u);
    BOOST_TEST(next("rare") == "");
    append(order, numbered(1, "A"));
    BOOST_TEST(next("rare") == "");
    BOOST_TEST(lag("rare").scanned == 0u);
    append(order, numbered(1, "Rare"));
    BOOST_TEST(next("rare") == "205 ");
}

BOOST_AUTO_TEST_CASE(when_the_search_comes_to_the_budget_then_it_goes_on_from_there) {
    append(order, numbered(1, "Rare"));
    const auto page = find("rare")->read(gate->store(), 10, FeedQuery{}.bytes_max, 7);
    BOOST_TEST(page->must_look_on());
    BOOST_TEST(page->feed.next_after == Position{7});
    BOOST_TEST(next("rare", 10, 7) == "201 ");
    BOOST_TEST(lag("rare").scanned == 1u);  // from just before the event
    BOOST_TEST(lag("rare").events == 1u);
}

BOOST_AUTO_TEST_CASE(when_the_budgets_of_several_lags_are_small_then_they_get_there_together) {
    BOOST_TEST(lag("rare", 150).events == 50u);
    BOOST_TEST(lag("rare", 150).events == 0u);
    BOOST_TEST(lag("rare", 150).exact);
}

BOOST_AUTO_TEST_CASE(when_a_stream_is_deleted_then_its_stand_in_comes_though_all_was_searched) {
    append(bill, numbered(1, "A"));
    append(order, numbered(1, "A"));
    BOOST_TEST(next("rare") == "");
    erase(bill);
    BOOST_TEST(next("rare") == "201 ");
    BOOST_TEST(lag("rare").events == 1u);
    BOOST_TEST(!acknowledge("rare", 201).error());
    BOOST_TEST(next("rare") == "");
    erase(order);
    BOOST_TEST(next("rare") == "202 ");
}

BOOST_AUTO_TEST_SUITE_END()
