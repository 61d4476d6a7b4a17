// The global feed: order over all streams, resuming, filters before limits, bounds of a page.
#include "tests/contract/given_a_store.hpp"

using namespace firn;
using namespace firn::test;

namespace {

// Positions: 1–3 order/1 Opened; 4–5 order/2 Closed; 6 invoice/1 Opened; 7–8 order/1 Closed;
// 9 invoice/12 Opened.
struct GivenAMixedFeed : GivenAStore {
    GivenAMixedFeed() {
        append(order, numbered(3, "Opened"));
        append(other, numbered(2, "Closed"));
        append({"invoice", "1"}, numbered(1, "Opened"));
        append(order, numbered(2, "Closed"));
        append({"invoice", "12"}, numbered(1, "Opened"));
    }
    void check_page(const FeedQuery& query, std::initializer_list<std::uint64_t> expected,
                    std::uint64_t next_after) {
        const auto found = positions(query);
        const auto wanted = position_list(expected);
        BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), wanted.begin(), wanted.end());
        const auto page = feed(query);
        BOOST_TEST(page.next_after == Position{next_after});
        BOOST_TEST(page.head == Position{9});
    }
};

// Two events that every filter lets pass, at positions 301 and 602, each behind 300 that none does.
struct GivenAHaystack : GivenAStore {
    GivenAHaystack() {
        for (int i = 0; i < 2; ++i) {
            append({"straw", "s"}, numbered(300, "Passed"));
            append({"needle", "n-" + std::to_string(i)}, numbered(1, "Found"));
        }
        append({"straw", "s"}, numbered(50, "Passed"));
    }
    // Settled or not: what is on its way is filtered by other code than what has arrived.
    void check_first_two(FeedQuery query) {
        for (int opened = 0; opened < 2; ++opened) {
            query.after = no_position;
            query.limit = 1;
            BOOST_TEST((positions(query) == position_list({301})));
            BOOST_TEST(feed(query).next_after == Position{301});
            query.after = Position{301};
            BOOST_TEST((positions(query) == position_list({602})));
            query.after = Position{602};
            BOOST_TEST(feed(query).events.empty());
            BOOST_TEST(feed(query).next_after == Position{652});
            query.after = no_position;
            query.limit = 3;
            BOOST_TEST((positions(query) == position_list({301, 602})));
            reopen();
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_feed_of_several_streams, GivenAMixedFeed)

BOOST_AUTO_TEST_CASE(when_read_from_the_start_then_all_streams_come_in_position_order) {
    check_page({}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9);
    const auto entries = seen(feed());
    for (const auto& entry : entries) {
        BOOST_TEST((entry.kind == FeedEvent::Kind::event));
        const auto own = seen(read(entry.stream, {.from = entry.event.version, .limit = 1}));
        BOOST_TEST((entry.event == own.front()));
    }
    BOOST_TEST(entries[5].stream == (StreamName{"invoice", "1"}));
    BOOST_TEST(entries[6].event.version == Version{4});
}

BOOST_AUTO_TEST_CASE(when_resumed_by_position_then_nothing_is_missed_or_repeated) {
    const auto all = seen(feed());
    for (std::uint32_t limit = 1; limit <= 10; ++limit) {
        std::vector<SeenEntry> joined;
        Position after;
        while (after < Position{9}) {
            const auto page = feed({.after = after, .limit = limit});
            for (auto& entry : seen(page)) {
                joined.push_back(std::move(entry));
            }
            BOOST_REQUIRE(page.next_after > after);
            after = page.next_after;
        }
        BOOST_TEST((joined == all));
    }
}

BOOST_AUTO_TEST_CASE(when_resumed_at_or_past_the_head_then_the_page_is_empty_and_stays_there) {
    check_page({.after = Position{8}}, {9}, 9);
    check_page({.after = Position{9}}, {}, 9);
    check_page({.after = Position{1000}}, {}, 1000);
    check_page({.limit = 0}, {}, 0);
    check_page({.after = Position{4}, .limit = 0}, {}, 4);
}

BOOST_AUTO_TEST_CASE(when_categories_are_stated_then_only_theirs_come) {
    check_page({.categories = {"invoice"}}, {6, 9}, 9);
    check_page({.categories = {"invoice", "order"}}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9);
    check_page({.categories = {"ord"}}, {}, 9);
    check_page({.categories = {"nothing", "invoice"}}, {6, 9}, 9);
}

BOOST_AUTO_TEST_CASE(when_types_are_stated_then_only_those_come) {
    check_page({.types = {"Closed"}}, {4, 5, 7, 8}, 9);
    check_page({.types = {"Closed", "Opened"}}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9);
    check_page({.types = {"Close"}}, {}, 9);
}

BOOST_AUTO_TEST_CASE(when_an_id_prefix_is_stated_then_only_ids_that_begin_so_come) {
    check_page({.id_prefix = "1"}, {1, 2, 3, 6, 7, 8, 9}, 9);
    check_page({.id_prefix = "12"}, {9}, 9);
    check_page({.id_prefix = "123"}, {}, 9);
}

BOOST_AUTO_TEST_CASE(when_several_filters_are_stated_then_all_must_pass) {
    check_page({.categories = {"order"}, .types = {"Closed"}, .id_prefix = "1"}, {7, 8}, 9);
}

BOOST_AUTO_TEST_CASE(when_the_limit_is_met_then_the_feeds_page_ends) {
    check_page({.limit = 1}, {1}, 1);
    check_page({.after = Position{2}, .limit = 4}, {3, 4, 5, 6}, 6);
    check_page({.after = Position{7}, .limit = 2}, {8, 9}, 9);
    check_page({.after = Position{7}, .limit = 3}, {8, 9}, 9);
}

BOOST_AUTO_TEST_CASE(when_filters_and_a_limit_are_stated_then_filters_come_first) {
    check_page({.limit = 2, .types = {"Closed"}}, {4, 5}, 5);
    check_page({.after = Position{5}, .limit = 1, .types = {"Closed"}}, {7}, 7);
    check_page({.limit = 1, .categories = {"invoice"}}, {6}, 6);
    check_page({.limit = 1, .id_prefix = "12"}, {9}, 9);
}

BOOST_AUTO_TEST_CASE(when_the_scan_budget_is_met_then_the_page_is_short_but_moves_on) {
    check_page({.scan_max = 4, .categories = {"invoice"}}, {}, 4);
    check_page({.after = Position{4}, .scan_max = 4, .categories = {"invoice"}}, {6}, 8);
    check_page({.after = Position{8}, .scan_max = 4, .categories = {"invoice"}}, {9}, 9);
    check_page({.scan_max = 3}, {1, 2, 3}, 3);
    check_page({.scan_max = 0}, {1}, 1);
}

BOOST_AUTO_TEST_CASE(when_the_bytes_are_used_up_then_the_page_ends_before_what_did_not_fit) {
    const auto size = encode(numbered(1, "Opened"))->bytes().size();
    check_page({.bytes_max = 0}, {1}, 1);
    check_page({.bytes_max = 2 * size}, {1, 2}, 2);
    check_page({.bytes_max = 3 * size - 1}, {1, 2}, 2);
    // What filters leave out does not count; the page ends just before what did not fit.
    check_page({.bytes_max = 2 * size, .types = {"Closed"}}, {4, 5}, 6);
}

BOOST_AUTO_TEST_CASE(when_a_stand_in_follows_an_event_past_the_bytes_then_it_fits_having_none) {
    const StreamName cut_away{"late", "1"};
    append(cut_away, numbered(1));
    cut(cut_away, Version{1});
    const auto entries = seen(feed({.after = Position{8}, .bytes_max = 0}));
    BOOST_REQUIRE_EQUAL(entries.size(), 2u);
    BOOST_TEST((entries[0].kind == FeedEvent::Kind::event));
    BOOST_TEST((entries[1].kind == FeedEvent::Kind::snapshot));
}

BOOST_AUTO_TEST_CASE(when_it_was_closed_and_opened_then_the_feed_is_the_same) {
    const auto before = seen(feed());
    reopen();
    BOOST_TEST((seen(feed()) == before));
    crash_and_reopen();
    BOOST_TEST((seen(feed()) == before));
    check_page({.limit = 2, .types = {"Closed"}}, {4, 5}, 5);
}

BOOST_AUTO_TEST_CASE(when_a_transaction_spans_streams_then_its_events_are_neighbours) {
    commit({appending(other, numbered(2)), appending({"new", "1"}, numbered(1)),
            appending(order, numbered(1))});
    const auto entries = seen(feed({.after = Position{9}}));
    BOOST_REQUIRE_EQUAL(entries.size(), 4u);
    BOOST_TEST(entries[0].stream == other);
    BOOST_TEST(entries[2].stream == (StreamName{"new", "1"}));
    BOOST_TEST(entries[3].stream == order);
    BOOST_TEST(entries[3].event.position == Position{13});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_two_events_that_pass_behind_many_that_do_not, GivenAHaystack)

BOOST_AUTO_TEST_CASE(when_a_category_is_stated_then_it_is_applied_before_the_limit) {
    check_first_two({.categories = {"needle"}});
}

BOOST_AUTO_TEST_CASE(when_a_type_is_stated_then_it_is_applied_before_the_limit) {
    check_first_two({.types = {"Found"}});
}

BOOST_AUTO_TEST_CASE(when_an_id_prefix_is_stated_then_it_is_applied_before_the_limit) {
    check_first_two({.id_prefix = "n-"});
}

BOOST_AUTO_TEST_CASE(when_all_filters_are_stated_then_they_are_applied_before_the_limit) {
    check_first_two({.categories = {"needle"}, .types = {"Found"}, .id_prefix = "n-"});
}

BOOST_AUTO_TEST_SUITE_END()
