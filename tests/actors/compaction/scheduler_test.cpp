// Compactions in the background: behaviour 29 of the design.
#include "actors/compaction/compaction_scheduler.hpp"

#include "tests/actors/compaction/compaction_fixture.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct Scheduled : CompactionFixture {
    Scheduled() {
        service->stop();
        service = std::make_unique<Service>(io.get_executor(), quick(),
                                            std::make_unique<ScriptedStore>(store));
    }
    ServiceConfig quick() {
        auto config = config_of(steps, 0);
        config.compaction.scan_every = std::chrono::seconds(1);
        return config;
    }
    void enable(std::uint64_t keep_last, std::uint64_t min_events = 1) {
        CategorySettings settings;
        settings.decider = DeciderSpec{};
        settings.compaction = {true, keep_last, min_events};
        BOOST_REQUIRE(!set_category(std::move(settings)).error);
    }
    CompactionScheduler::Status status() { return service->scheduler()->status(); }
    std::uint64_t events_of(const std::string& id) {
        return store->memory().facts({"account", id})->events;
    }
    template <class Condition>
    void run_until(const Condition& condition) {
        while (!condition()) {
            io.restart();
            io.run_one();
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_category_that_is_compacted_in_the_background, Scheduled)

BOOST_AUTO_TEST_CASE(when_streams_have_enough_to_delete_then_they_are_compacted_and_others_not) {
    append_counted_to({"account", "short"}, 7);
    append_counted_to({"account", "long"}, 30);
    append_counted_to({"account", "longer"}, 40);
    append_counted_to({"order", "1"}, 40);
    enable(5, 10);
    BOOST_TEST(status().enabled);
    BOOST_TEST(status().next_scan.has_value());
    run_until([this] { return status().streams == 2; });
    BOOST_TEST(events_of("short") == 7u);
    BOOST_TEST(events_of("long") == 5u);
    BOOST_TEST(events_of("longer") == 5u);
    BOOST_TEST(store->memory().facts({"order", "1"})->events == 40u);
    BOOST_TEST(status().events == 60u);
    BOOST_TEST(status().bytes > 0u);
    // The one that saves most came first.
    const auto reports = service->compactions()->list({}).reports;
    BOOST_REQUIRE(reports.size() == 2u);
    BOOST_TEST(std::get<Compactions::Report>(reports.back())->stream.id == "longer");
}

BOOST_AUTO_TEST_CASE(when_one_stream_fails_then_it_is_quarantined_and_the_others_go_on) {
    for (const auto* id : {"1", "2", "3"}) {
        append_counted_to({"account", id}, 20);
    }
    when("after the anchor", [this] { store->spoil_copies({Version{15}}); });
    enable(5);
    run_until([this] { return status().streams == 2; });
    BOOST_TEST(service->compactions()->quarantine().size() == 1u);
    BOOST_TEST(store->memory().stats().events == 30u);
}

BOOST_AUTO_TEST_CASE(
    when_it_is_paused_then_nothing_happens_until_it_is_resumed_also_after_a_restart) {
    append_counted_to({"account", "1"}, 20);
    bool durable = false;
    service->scheduler()->set_paused(true, [&](error_code error) { durable = !error; });
    BOOST_TEST(durable);
    enable(5);
    run_until([this] { return status().waiting == 1; });
    io.run_for(std::chrono::milliseconds(100));
    BOOST_TEST(events_of("1") == 20u);
    BOOST_TEST(status().paused);
    service->stop();
    service = std::make_unique<Service>(io.get_executor(), quick(),
                                        std::make_unique<ScriptedStore>(store));
    BOOST_TEST(status().paused);
    service->scheduler()->set_paused(false, [](error_code) {});
    run_until([this] { return status().streams == 1; });
    BOOST_TEST(events_of("1") == 5u);
}

BOOST_AUTO_TEST_CASE(when_the_service_stops_in_the_middle_then_it_stops_within_a_slice) {
    for (int i = 0; i != 20; ++i) {
        append_counted_to({"account", std::to_string(i)}, 20);
    }
    bool stopped = false;
    when("verified", [&] {
        service->stop();
        stopped = true;
    });
    enable(5);
    run_until([&] { return stopped; });
    io.restart();
    io.run();  // ends, since nothing is left to do
    BOOST_TEST(store->memory().stats().events == 400u);
}

BOOST_AUTO_TEST_CASE(when_no_category_is_enabled_then_the_executor_runs_out_of_work) {
    BOOST_TEST(!status().enabled);
    BOOST_TEST(!status().next_scan.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
