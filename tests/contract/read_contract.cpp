// Reading one stream: from where, which way, how much.
#include "tests/contract/given_a_store.hpp"

#include <atomic>
#include <thread>

using namespace firn;
using namespace firn::test;

namespace {

struct GivenTenEvents : GivenAStore {
    GivenTenEvents() {
        append(order, numbered(4));
        append(other, numbered(2));
        append(order, numbered(6));
    }
    void check_versions(const StreamQuery& query, std::initializer_list<std::uint64_t> expected) {
        const auto found = versions(order, query);
        const auto wanted = version_list(expected);
        BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), wanted.begin(), wanted.end());
    }
};

constexpr auto backward = Direction::backward;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_with_ten_events, GivenTenEvents)

BOOST_AUTO_TEST_CASE(when_read_forward_then_versions_rise_from_the_one_asked_for) {
    check_versions({}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    check_versions({.from = Version{1}}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    check_versions({.from = Version{7}}, {7, 8, 9, 10});
    check_versions({.from = Version{10}}, {10});
}

BOOST_AUTO_TEST_CASE(when_read_backward_then_versions_fall_from_the_one_asked_for) {
    check_versions({.direction = backward}, {10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
    check_versions({.from = Version{3}, .direction = backward}, {3, 2, 1});
    check_versions({.from = Version{1}, .direction = backward}, {1});
    check_versions({.from = Version{99}, .direction = backward, .limit = 2}, {10, 9});
}

BOOST_AUTO_TEST_CASE(when_read_after_the_head_then_the_page_is_empty_and_says_the_head) {
    for (const std::uint64_t from : {11u, 12u, 1'000'000u}) {
        const auto page = read(order, {.from = Version{from}});
        BOOST_TEST(page.events.empty());
        BOOST_TEST(page.version == Version{10});
        BOOST_TEST(page.first_version == Version{1});
    }
}

BOOST_AUTO_TEST_CASE(when_read_after_a_version_then_all_later_events_come_and_none_before) {
    const auto all = read_all(order);
    for (std::size_t seen_up_to = 0; seen_up_to <= all.size(); ++seen_up_to) {
        const auto later = seen(read(order, {.from = Version{seen_up_to}.next()}));
        const std::vector<SeenEvent> expected(all.begin() + static_cast<std::ptrdiff_t>(seen_up_to),
                                              all.end());
        BOOST_TEST((later == expected));
    }
}

BOOST_AUTO_TEST_CASE(when_the_limit_is_met_then_the_page_ends) {
    check_versions({.limit = 3}, {1, 2, 3});
    check_versions({.from = Version{9}, .limit = 3}, {9, 10});
    check_versions({.from = Version{5}, .direction = backward, .limit = 1}, {5});
    check_versions({.limit = 0}, {});
    check_versions({.direction = backward, .limit = 0}, {});
}

BOOST_AUTO_TEST_CASE(when_the_bytes_are_used_up_then_the_page_ends_but_holds_one_event) {
    const auto size = encode(numbered(1))->bytes().size();
    check_versions({.bytes_max = 0}, {1});
    check_versions({.bytes_max = size - 1}, {1});
    check_versions({.bytes_max = 3 * size}, {1, 2, 3});
    check_versions({.bytes_max = 4 * size - 1}, {1, 2, 3});
    check_versions({.from = Version{6}, .direction = backward, .bytes_max = 2 * size}, {6, 5});
}

BOOST_AUTO_TEST_CASE(when_paged_both_ways_then_the_pages_join_to_the_whole) {
    const auto all = read_all(order);
    for (std::uint32_t limit = 1; limit <= 11; ++limit) {
        std::vector<SeenEvent> joined;
        for (Version from{1}; from <= Version{10};) {
            for (auto& event : seen(read(order, {.from = from, .limit = limit}))) {
                from = event.version.next();
                joined.push_back(std::move(event));
            }
        }
        BOOST_TEST((joined == all));
        std::vector<SeenEvent> reversed;
        for (Version from{10}; from != no_version;) {
            for (auto& event :
                 seen(read(order, {.from = from, .direction = backward, .limit = limit}))) {
                from = Version{event.version.value() - 1};
                reversed.insert(reversed.begin(), std::move(event));
            }
        }
        BOOST_TEST((reversed == all));
    }
}

BOOST_AUTO_TEST_CASE(when_it_was_closed_and_opened_then_it_reads_the_same) {
    const auto before = read_all(order);
    reopen();
    BOOST_TEST((read_all(order) == before));
    BOOST_TEST(head(order) == Version{10});
    check_versions({.direction = backward, .limit = 2}, {10, 9});
}

BOOST_AUTO_TEST_CASE(when_it_crashed_then_every_acknowledged_event_is_read) {
    const auto before = read_all(order);
    const auto chain = facts(order).chain_hash;
    crash_and_reopen();
    BOOST_TEST((read_all(order) == before));
    BOOST_TEST((facts(order).chain_hash == chain));
    BOOST_TEST(append(order, numbered(1)).position == Position{13});
}

BOOST_AUTO_TEST_CASE(when_a_page_outlives_what_came_after_it_then_its_bytes_stand) {
    const auto page = read(order);
    const auto before = seen(page);
    for (int i = 0; i < 20; ++i) {
        append(order, numbered(100));
    }
    cut(order, Version{50});
    reclaim_all();
    BOOST_TEST((seen(page) == before));
}

BOOST_AUTO_TEST_CASE(when_read_while_it_grows_then_every_page_is_whole) {
    constexpr std::uint64_t commits = 300;
    std::atomic<bool> done{false};
    std::uint64_t torn = 0;
    std::thread reader([&] {
        while (!done) {
            const auto page = store().read(order, {.limit = 10'000});
            if (!page) {
                ++torn;
                continue;
            }
            // Events come in threes after the first ten.
            torn += page->events.size() != page->version.value() ||
                            (page->version.value() - 10) % 3 != 0
                        ? 1
                        : 0;
            for (std::size_t i = 0; i < page->events.size(); ++i) {
                torn += page->events[i].version == Version{i + 1} ? 0 : 1;
            }
            const auto entries = store().feed({.limit = 10'000});
            torn += entries->events.size() == entries->head.value() ? 0 : 1;
        }
    });
    for (std::uint64_t i = 0; i < commits; ++i) {
        append(order, numbered(3));
    }
    done = true;
    reader.join();
    BOOST_TEST(torn == 0u);
    BOOST_TEST(head(order) == Version{10 + 3 * commits});
}

BOOST_AUTO_TEST_SUITE_END()
