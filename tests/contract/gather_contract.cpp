// Windows of the feed: whatever their bounds, they hold what pages of the same stretch hold.
#include "tests/contract/given_a_store.hpp"

#include <algorithm>

using namespace firn;
using namespace firn::test;

namespace {

constexpr std::size_t streams = 40;

StreamName stream_of(std::size_t number) {
    return {number % 4 == 0 ? "order" : "invoice", "s-" + std::to_string(number)};
}

// 3,000 events of 40 streams in turns of three, so that their chunks hold several events each and
// a window of all of them is too long for sorting by comparisons.
struct GivenAWideFeed : GivenAStore {
    GivenAWideFeed() {
        for (std::size_t i = 0; i < 1000; ++i) {
            const auto number = i * 7 % streams;
            append(stream_of(number), numbered(3, number % 3 == 0 ? "Opened" : "Closed"));
        }
    }
    FeedWindow gather(const FeedQuery& query, FeedWindow done = {}) {
        auto window = store().gather(query, std::move(done));
        BOOST_REQUIRE_MESSAGE(window.has_value(), window.error().message());
        return *std::move(window);
    }
    std::vector<SeenEntry> entries_of(FeedWindow& window, std::size_t at_once) {
        std::vector<SeenEntry> entries;
        for (auto piece = window.next(at_once); !piece.empty(); piece = window.next(at_once)) {
            BOOST_TEST(piece.size() <= at_once);
            for (const auto& entry : piece) {
                entries.push_back({entry.kind, *entry.stream, seen(entry.event)});
            }
        }
        return entries;
    }
    std::vector<SeenEntry> page_of(FeedQuery query, Position up_to) {
        query.limit = 1'000'000;
        query.bytes_max = 1u << 30;
        query.scan_max = static_cast<std::uint32_t>(up_to.since(query.after));
        const auto page = feed(query);
        BOOST_TEST(page.next_after == up_to);
        return seen(page);
    }
    // From the start to the head, one window after another, each in the memory of the one before.
    std::size_t check_windows(FeedQuery query, std::size_t at_once = 100) {
        query.after = no_position;
        const auto head = store().head_position();
        std::size_t windows = 0;
        FeedWindow window;
        while (query.after < head) {
            window = gather(query, std::move(window));
            BOOST_REQUIRE(window.next_after() > query.after);
            BOOST_TEST(window.head() == head);
            const auto found = entries_of(window, at_once);
            BOOST_TEST(found.size() <= query.limit);
            BOOST_TEST((found == page_of(query, window.next_after())));
            query.after = window.next_after();
            ++windows;
        }
        BOOST_TEST(query.after == head);
        return windows;
    }
    void check_all_bounds() {
        BOOST_TEST(check_windows({.limit = 10'000}) >= 1u);
        BOOST_TEST(check_windows({.limit = 1000}, 1) >= 3u);
        BOOST_TEST(check_windows({.limit = 77}, 1000) >= 30u);
        BOOST_TEST(check_windows({.limit = 10'000, .scan_max = 501}) >= 5u);
        BOOST_TEST(check_windows({.limit = 10'000, .bytes_max = 4096}) >= 5u);
        check_windows({.limit = 500, .categories = {"order"}});
        check_windows({.limit = 500, .types = {"Opened", "Never"}});
        check_windows({.limit = 500, .id_prefix = "s-1"});
        check_windows({.limit = 3,
                       .scan_max = 400,
                       .categories = {"invoice"},
                       .types = {"Closed"},
                       .id_prefix = "s-3"});
        check_windows({.limit = 500, .categories = {"nothing"}});
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_feed_of_many_streams, GivenAWideFeed)

BOOST_AUTO_TEST_CASE(when_it_is_gathered_in_windows_then_they_hold_what_pages_hold) {
    check_all_bounds();
    reopen();  // by then all has settled
    check_all_bounds();
}

BOOST_AUTO_TEST_CASE(when_streams_were_cut_and_deleted_then_windows_hold_what_stands_in_for_them) {
    cut(stream_of(1), Version{20});
    cut(stream_of(4), Version{75});
    delete_stream(stream_of(6));
    delete_stream(stream_of(8));
    check_all_bounds();
    reopen();
    check_all_bounds();
    delete_stream(stream_of(9));  // settled events, and a deletion that has not settled
    delete_stream(stream_of(1));
    check_all_bounds();
    reclaim_all();
    check_all_bounds();
}

BOOST_AUTO_TEST_CASE(when_a_stream_is_deleted_then_a_window_from_before_holds_it_all_the_same) {
    reopen();
    auto window = gather({.limit = 10'000});
    auto before = entries_of(window, 100);
    window = gather({.limit = 10'000});
    delete_stream(stream_of(0));
    cut(stream_of(1), Version{10});
    reclaim_all();
    reopen();
    BOOST_TEST((entries_of(window, 7) == before));
}

BOOST_AUTO_TEST_CASE(when_it_is_gathered_at_or_past_the_head_then_the_window_is_empty) {
    for (int opened = 0; opened < 2; ++opened) {
        for (const auto after : {Position{3000}, Position{9000}}) {
            auto window = gather({.after = after});
            BOOST_TEST(window.next(10).empty());
            BOOST_TEST(window.next_after() == after);
            BOOST_TEST(window.head() == Position{3000});
        }
        auto none = gather({.after = Position{7}, .limit = 0});
        BOOST_TEST(none.next(10).empty());
        BOOST_TEST(none.next_after() == Position{7});
        reopen();
    }
}

BOOST_AUTO_TEST_CASE(when_a_large_event_lies_among_small_ones_then_windows_hold_it_too) {
    append(stream_of(0), {{.type = "Large", .data = '"' + std::string(3u << 20, 'x') + '"'}});
    append(stream_of(1), numbered(3, "Opened"));
    reopen();
    check_windows({.limit = 10'000});
    check_windows({.limit = 10'000, .bytes_max = 10'000});
}

BOOST_AUTO_TEST_SUITE_END()
