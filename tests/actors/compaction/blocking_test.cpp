// Blocking subscriptions hold compactions back: behaviour 27 of the design.
#include "tests/actors/compaction/compaction_fixture.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct TenEventsToRead : CompactionFixture {
    TenEventsToRead() { append_counted(10); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_blocking_subscriptions_read, TenEventsToRead)

BOOST_AUTO_TEST_CASE(when_one_lags_then_only_what_it_has_read_goes_and_the_report_says_so) {
    block("mailer");
    acknowledge("mailer", 4);
    const auto report = compact(keeping(2));
    BOOST_TEST(name_of(report.status) == "succeeded", report.reason);
    BOOST_TEST(report.up_to_version == Version{4});
    BOOST_REQUIRE(report.blockers.size() == 1u);
    BOOST_TEST(report.blockers[0].subscription == "mailer");
    BOOST_TEST(report.blockers[0].checkpoint == Position{4});
    BOOST_TEST(report.blockers[0].version == Version{4});
    acknowledge("mailer", 10);
    BOOST_TEST(compact(keeping(2)).up_to_version == Version{8});
}

BOOST_AUTO_TEST_CASE(when_it_has_read_none_then_it_is_skipped_for_that_reason) {
    block("mailer");
    const auto report = compact(keeping(2));
    BOOST_TEST(name_of(report.status) == "skipped");
    BOOST_TEST(report.reason.find("mailer") != std::string::npos, report.reason);
    require_untouched(10);
}

BOOST_AUTO_TEST_CASE(when_it_is_about_something_else_then_it_holds_nothing_back) {
    SubscriptionSettings other_category;
    other_category.categories = {"order"};
    block("orders", std::move(other_category));
    SubscriptionSettings other_prefix;
    other_prefix.id_prefix = "9";
    block("nines", std::move(other_prefix));
    SubscriptionSettings rare;
    rare.types = {"NeverHappens"};
    block("rare", std::move(rare));
    BOOST_TEST(compact(keeping(2)).up_to_version == Version{8});
}

BOOST_AUTO_TEST_CASE(when_it_does_not_block_then_it_holds_nothing_back) {
    BOOST_REQUIRE(!run(service->set_subscription("reader", SubscriptionSettings{})).error);
    BOOST_TEST(compact(keeping(2)).up_to_version == Version{8});
}

BOOST_AUTO_TEST_CASE(when_one_is_made_between_plan_and_cut_then_it_is_planned_again) {
    when("before the cut", [this] {
        bool made = false;
        SubscriptionSettings settings;
        settings.blocks_compaction = true;
        boost::asio::co_spawn(io, service->set_subscription("late", std::move(settings)),
                              [&](std::exception_ptr, SubscriptionOutcome) { made = true; });
        poll_until([&] { return made; });
    });
    const auto report = compact(keeping(2));
    BOOST_TEST(name_of(report.status) == "skipped");
    BOOST_TEST(report.reason.find("late") != std::string::npos, report.reason);
    require_untouched(10);
}

BOOST_AUTO_TEST_CASE(when_one_that_reads_on_starts_at_zero_then_it_sees_the_same_states) {
    const auto before = state_text();
    (void)compact(keeping(2));
    BOOST_REQUIRE(!run(service->set_subscription("reader", SubscriptionSettings{})).error);
    const auto page = service->subscription("reader")->read(service->store(), 100, 1u << 20, 1000);
    BOOST_REQUIRE(page.has_value());
    BOOST_REQUIRE(page->feed.events.size() == 3u);
    BOOST_TEST((page->feed.events.front().kind == FeedEvent::Kind::snapshot));
    BOOST_TEST(page->feed.events.front().event.position == Position{8});
    BOOST_TEST(state_text() == before);
}

BOOST_AUTO_TEST_CASE(when_it_waits_for_rare_events_then_a_cut_before_what_it_looked_at_is_shown) {
    SubscriptionSettings rare;
    rare.types = {"NeverHappens"};
    BOOST_REQUIRE(!run(service->set_subscription("rare", std::move(rare))).error);
    const auto subscription = service->subscription("rare");
    const auto look = [&] {
        const auto page = subscription->read(service->store(), 100, 1u << 20, 1000);
        BOOST_REQUIRE(page.has_value());
        return page->feed.events.size();
    };
    BOOST_TEST(look() == 0u);
    (void)compact(keeping(2));
    BOOST_TEST(look() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
