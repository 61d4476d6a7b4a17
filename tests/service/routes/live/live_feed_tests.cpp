// What is read once for all who follow: batches, waiting and waking.
#include "service/routes/live/live_feed.hpp"

#include "tests/actors/scripted_store.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/io_thread.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>
#include <vector>

namespace firn::test {

namespace {

using std::chrono::milliseconds;
using Held = LiveFeed::Held;

constexpr milliseconds for_ever{3'600'000};

struct Followed {
    explicit Followed(LiveFeed::Config config = {})
        : live(std::make_shared<LiveFeed>(io.executor(), service, config)) {}
    ~Followed() {
        io.run(live->async_close());
        io.run(service.async_stop());
    }

    // Its position.
    Position append(const std::string& category, const std::string& id, std::string type = "A") {
        TestEvent event;
        event.type = std::move(type);
        event.data = "\"" + std::string(100, 'd') + "\"";
        AppendRequest request({category, id}, Expected::any(), encode({event}));
        const auto outcome = io.run(service.append(std::move(request)));
        BOOST_TEST_REQUIRE(!outcome.error);
        return outcome.appended.position;
    }
    std::future<Position> wait(Position after, LiveInterest interest,
                               milliseconds at_most = for_ever) {
        return boost::asio::co_spawn(io.executor(), live->wait(after, interest, at_most),
                                     boost::asio::use_future);
    }
    // As wait(), and it is listed.
    std::future<Position> begin_to_wait(Position after, LiveInterest interest) {
        const auto before = live->counts().waited;
        auto waits = wait(after, interest);
        while (live->counts().waited == before) {
            std::this_thread::yield();
        }
        return waits;
    }
    // Appends, and waits until it was read for those who follow.
    Position append_seen(const std::string& category, const std::string& id,
                         std::string type = "A") {
        auto any = begin_to_wait(service.store().head_position(), everything());
        const auto position = append(category, id, std::move(type));
        any.get();
        return position;
    }
    [[nodiscard]] LiveInterest everything() const { return {&all, nullptr}; }

    const FeedQuery all;
    std::shared_ptr<StoreScript> script = std::make_shared<StoreScript>();
    IoThread io{2};
    Service service{io.executor(), {}, std::make_unique<ScriptedStore>(script)};
    std::shared_ptr<LiveFeed> live;
};

FeedQuery of_categories(std::vector<std::string> categories) {
    FeedQuery query;
    query.categories = std::move(categories);
    return query;
}

bool is_ready(const std::future<Position>& answer) {
    return answer.wait_for(milliseconds(0)) == std::future_status::ready;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_live_feed, Followed)

BOOST_AUTO_TEST_CASE(when_an_event_comes_then_who_waits_is_woken_and_finds_it) {
    append("order", "0");
    auto waits = begin_to_wait(Position{1}, everything());
    BOOST_TEST((live->look(Position{1}).held == Held::nothing_new));
    append("order", "1");
    BOOST_TEST((waits.get() == Position{1}));
    const auto look = live->look(Position{1});
    BOOST_TEST_REQUIRE((look.held == Held::here));
    BOOST_TEST((look.batch->last() == Position{2}));
    const auto entries = look.batch->entries_past(Position{1});
    BOOST_TEST_REQUIRE(entries.size() == 1u);
    BOOST_TEST(entries.front().event->stream->id == "1");
    BOOST_TEST(entries.front().text.starts_with("id: 2\ndata: {"));
    BOOST_TEST((live->look(Position{2}).held == Held::nothing_new));
}

BOOST_AUTO_TEST_CASE(when_a_place_is_from_before_anybody_followed_then_it_is_gone) {
    append("order", "1");
    BOOST_TEST((wait(Position{0}, everything()).get() == Position{0}));
    BOOST_TEST((live->look(Position{0}).held == Held::gone));
    BOOST_TEST((live->look(Position{1}).held == Held::nothing_new));
}

BOOST_AUTO_TEST_CASE(when_somebody_follows_before_a_place_is_left_then_it_is_not_gone) {
    append("order", "1");
    live->follow();
    append("order", "2");
    BOOST_TEST((wait(Position{1}, everything()).get() == Position{1}));
    BOOST_TEST((live->look(Position{1}).held == Held::here));
}

BOOST_AUTO_TEST_CASE(when_a_place_is_past_the_head_then_nothing_is_new) {
    append_seen("order", "1");
    BOOST_TEST((live->look(Position{9}).held == Held::nothing_new));
    auto waits = begin_to_wait(Position{9}, everything());
    append("order", "2");
    BOOST_TEST((waits.get() == Position{9}));
}

BOOST_AUTO_TEST_CASE(when_nothing_comes_in_time_then_the_place_is_the_same) {
    BOOST_TEST((wait(Position{0}, everything(), milliseconds(1)).get() == Position{0}));
    BOOST_TEST(live->counts().waiting == 0u);
}

BOOST_AUTO_TEST_CASE(when_others_events_came_then_a_wake_up_goes_on_behind_them) {
    const auto bills = of_categories({"bill"});
    auto waits = begin_to_wait(Position{0}, {&bills, nullptr});
    append_seen("order", "1");
    append_seen("order", "2");
    BOOST_TEST(!is_ready(waits));
    append("bill", "1");
    BOOST_TEST((waits.get() == Position{2}));
}

BOOST_AUTO_TEST_CASE(when_time_is_up_after_others_events_then_waiting_goes_on_behind_them) {
    const auto bills = of_categories({"bill"});
    Position start;
    Position end;
    // Its time may be up before the event came, on a machine that is busy.
    for (int attempt = 0; end == start && attempt != 50; ++attempt) {
        start = service.store().head_position();
        auto waits = wait(start, {&bills, nullptr}, milliseconds(200));
        while (live->counts().waiting == 0 && !is_ready(waits)) {
            std::this_thread::yield();
        }
        append_seen("order", "1");
        end = waits.get();
    }
    BOOST_TEST((end == start.next()));
}

BOOST_AUTO_TEST_CASE(when_a_category_is_asked_for_twice_then_that_is_once) {
    const auto twice = of_categories({"order", "bill", "order"});
    for (const auto* category : {"order", "bill"}) {
        const auto woken = live->counts().woken;
        auto waits = begin_to_wait(service.store().head_position(), {&twice, nullptr});
        append(category, "1");
        waits.get();
        BOOST_TEST(live->counts().woken == woken + 1);
        BOOST_TEST(live->counts().waiting == 0u);
    }
}

BOOST_AUTO_TEST_CASE(when_an_event_comes_then_only_those_are_woken_whom_it_concerns) {
    std::vector<StreamName> streams;
    std::vector<FeedQuery> queries(100);
    for (int i = 0; i != 100; ++i) {
        streams.push_back({"order", std::to_string(i)});
        auto& query = queries[static_cast<std::size_t>(i)];
        query.types = {"T" + std::to_string(i)};
        query.id_prefix = i % 2 == 0 ? "" : "x";
        query.categories =
            i % 3 == 0 ? std::vector<std::string>{"order"} : std::vector<std::string>{};
    }
    std::vector<std::future<Position>> waits;
    for (std::size_t i = 0; i != 100; ++i) {
        waits.push_back(begin_to_wait(Position{0}, {nullptr, &streams[i]}));
        waits.push_back(begin_to_wait(Position{0}, {&queries[i], nullptr}));
    }
    append("order", "7", "T12");
    waits[2 * 7].get();
    waits[2 * 12 + 1].get();
    BOOST_TEST(live->counts().woken == 2u);
    BOOST_TEST(live->counts().waiting == 198u);
    append("order", "no one's", "T13");  // has another prefix than T13 asks for
    append("order", "x", "T13");
    waits[2 * 13 + 1].get();
    BOOST_TEST(live->counts().woken == 3u);
    live->close();
    for (auto& wait : waits) {
        if (wait.valid()) {
            wait.get();
        }
    }
    BOOST_TEST(live->counts().waiting == 0u);
}

BOOST_AUTO_TEST_CASE(when_it_is_closed_then_all_are_woken_now_and_later) {
    const StreamName stream{"order", "1"};
    const auto orders = of_categories({"order", "bill"});
    auto one = begin_to_wait(Position{0}, everything());
    auto two = begin_to_wait(Position{0}, {nullptr, &stream});
    auto three = begin_to_wait(Position{0}, {&orders, nullptr});
    live->close();
    for (auto* wait : {&one, &two, &three}) {
        BOOST_TEST((wait->get() == Position{0}));
    }
    BOOST_TEST((wait(Position{0}, everything()).get() == Position{0}));
    BOOST_TEST(live->counts().waiting == 0u);
}

BOOST_AUTO_TEST_CASE(when_waits_end_at_the_moment_they_begin_then_none_is_left_behind) {
    std::vector<std::thread> threads;
    for (int i = 0; i != 3; ++i) {
        threads.emplace_back([this] {
            const StreamName stream{"order", "1"};
            for (int round = 0; round != 200; ++round) {
                wait(service.store().head_position(), {nullptr, &stream}, milliseconds(round % 2))
                    .get();
            }
        });
    }
    for (int i = 0; i != 100; ++i) {
        append("order", "1");
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST(live->counts().waiting == 0u);
}

BOOST_AUTO_TEST_CASE(when_the_store_cannot_be_read_then_all_are_woken_and_find_their_place_gone) {
    const auto bills = of_categories({"bill"});
    auto waits = begin_to_wait(Position{0}, {&bills, nullptr});
    script->fail_feed_with(storage_errc::io_failed);
    append("order", "1");
    BOOST_TEST((waits.get() == Position{0}));
    BOOST_TEST((wait(Position{0}, {&bills, nullptr}).get() == Position{0}));
    BOOST_TEST((live->look(Position{0}).held == Held::gone));
    script->fail_feed_with({});
    auto again = begin_to_wait(Position{1}, {&bills, nullptr});
    append("bill", "1");
    BOOST_TEST((again.get() == Position{1}));
    BOOST_TEST((live->look(Position{1}).held == Held::here));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_live_feed_with_bounds)

BOOST_AUTO_TEST_CASE(when_more_comes_than_is_kept_then_the_oldest_places_are_gone) {
    Followed feed(LiveFeed::Config{.kept_bytes_max = 1});
    for (const auto* id : {"1", "2", "3"}) {
        feed.append_seen("order", id);
    }
    BOOST_TEST((feed.live->look(Position{1}).held == Held::gone));
    BOOST_TEST((feed.live->look(Position{2}).held == Held::here));
    BOOST_TEST((feed.live->look(Position{3}).held == Held::nothing_new));
}

BOOST_AUTO_TEST_CASE(when_much_comes_then_what_is_kept_stays_within_the_bound) {
    Followed feed(LiveFeed::Config{.kept_bytes_max = 16u << 10});
    for (int i = 0; i != 200; ++i) {
        feed.append_seen("order", "1");
        BOOST_TEST(feed.live->counts().kept_bytes <= 16u << 10);
    }
    BOOST_TEST((feed.live->look(Position{1}).held == Held::gone));
    BOOST_TEST((feed.live->look(Position{199}).held == Held::here));
}

BOOST_AUTO_TEST_CASE(when_nobody_follows_any_more_then_a_busy_store_is_read_no_longer) {
    Followed feed(LiveFeed::Config{.idle = milliseconds(1)});
    feed.append_seen("order", "1");
    for (int i = 0; i != 100'000 && feed.live->counts().reading; ++i) {
        feed.append("order", "1");
    }
    BOOST_TEST(!feed.live->counts().reading);
    BOOST_TEST(feed.live->counts().kept_bytes == 0u);
    const auto last = feed.append_seen("order", "2");
    BOOST_TEST((feed.live->look(last).held == Held::nothing_new));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
