// Compactions of streams that are well: the behaviours 13 to 16, 19, 20, 22 to 26, 28, 30, 31, 33
// and 34 of the design.
#include "tests/actors/compaction/compaction_fixture.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct TenEvents : CompactionFixture {
    TenEvents() {
        append_counted(10);
        state_before = state_text();
    }
    std::string state_before;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_of_ten_events, TenEvents)

BOOST_AUTO_TEST_CASE(when_three_are_kept_then_seven_go_and_state_and_version_stay) {
    const auto report = compact(keeping(3));
    BOOST_TEST(name_of(report.status) == "succeeded");
    BOOST_TEST(report.reason == "");
    BOOST_TEST(report.from_version == Version{1});
    BOOST_TEST(report.up_to_version == Version{7});
    BOOST_TEST(report.events_deleted == 7u);
    BOOST_TEST(report.events_kept == 3u);
    BOOST_TEST(report.bytes_deleted > 0u);
    BOOST_TEST(report.first_version_before == Version{1});
    BOOST_TEST(report.first_version_after == Version{8});
    BOOST_REQUIRE(report.snapshot);
    BOOST_TEST(report.snapshot->version == Version{7});
    BOOST_REQUIRE(report.verification);
    BOOST_TEST(report.verification->passed);
    BOOST_TEST(report.verification->events_replayed == 10u);
    BOOST_TEST(report.verification->live_version == Version{10});
    BOOST_TEST((report.verification->state_hash_replayed == report.snapshot->state_hash));
    BOOST_TEST((report.verification->state_hash_snapshot == report.snapshot->state_hash));

    BOOST_TEST(facts().version == Version{10});
    BOOST_TEST(facts().first_version == Version{8});
    BOOST_TEST(facts().events == 3u);
    BOOST_TEST(state_text() == state_before);
    drop_actors();
    BOOST_TEST(state_text() == state_before);
    BOOST_TEST(*store->memory().is_reclaimed(name));
}

BOOST_AUTO_TEST_CASE(when_as_many_are_kept_as_there_are_then_it_is_skipped) {
    for (const std::uint64_t kept : {10, 11, 1'000'000}) {
        const auto report = compact(keeping(kept));
        BOOST_TEST(name_of(report.status) == "skipped");
        BOOST_TEST(report.reason.find("the stream holds 10 events") != std::string::npos,
                   report.reason);
    }
    require_untouched(10);
}

BOOST_AUTO_TEST_CASE(when_none_are_kept_then_none_is_left_and_the_next_append_is_the_eleventh) {
    const auto report = compact(keeping(0));
    BOOST_TEST(name_of(report.status) == "succeeded");
    BOOST_TEST(facts().events == 0u);
    BOOST_TEST(facts().version == Version{10});
    BOOST_TEST(facts().first_version == Version{11});
    drop_actors();
    BOOST_TEST(state_text() == state_before);
    BOOST_TEST(append({patch("{}")}, Expected::exactly(Version{0})).error ==
               storage_errc::wrong_version);
    BOOST_TEST(append({patch("{}")}, Expected::none()).error == storage_errc::wrong_version);
    BOOST_TEST(append({patch("{}")}).appended.version == Version{11});
    BOOST_TEST(state_text() == state_before);
}

BOOST_AUTO_TEST_CASE(when_it_is_a_dry_run_then_the_report_is_there_and_nothing_is_written) {
    const auto saves = store->saves();
    const auto report = compact(dry(keeping(3)));
    BOOST_TEST(name_of(report.status) == "succeeded");
    BOOST_TEST(report.asked.dry_run);
    BOOST_TEST(report.events_deleted == 7u);
    BOOST_TEST(report.bytes_deleted > 0u);
    BOOST_REQUIRE(report.verification);
    BOOST_TEST(report.verification->passed);
    BOOST_TEST(store->saves() == saves);
    BOOST_TEST(service->compactions()->list({}).reports.empty());
    BOOST_TEST(store->memory().documents().list(DocumentKind::compaction, "", 10)->empty());
    require_untouched(10);
}

BOOST_AUTO_TEST_CASE(when_it_is_verified_then_the_store_is_read_and_not_what_memory_holds) {
    state_text();
    const auto reads = store->reads();
    (void)compact(keeping(3));
    // The prefix in three parts, and the kept events.
    BOOST_TEST(store->reads() - reads >= 4u);
}

BOOST_AUTO_TEST_CASE(when_events_are_appended_at_every_step_then_all_of_them_survive) {
    int appended = 0;
    for (const auto* step : {"planned", "replayed", "before the anchor", "after the anchor",
                             "verified", "before the cut", "after the cut", "reclaimed"}) {
        when(step, [this, step, &appended] {
            boost::asio::co_spawn(
                io,
                service->append({name, Expected::any(),
                                 encode({patch(std::string("{\"at ") + step + "\":true}")})}),
                [&appended](std::exception_ptr, AppendOutcome) { ++appended; });
        });
    }
    const auto report = compact(keeping(3));
    BOOST_TEST(name_of(report.status) == "succeeded");
    while (appended != 8) {
        io.restart();
        io.run_one();
    }
    const auto after = state_text();
    BOOST_TEST(facts().version == Version{18});
    for (const auto* step : {"planned", "before the cut", "reclaimed"}) {
        BOOST_TEST(after.find(std::string("at ") + step) != std::string::npos, after);
    }
    drop_actors();
    BOOST_TEST(state_text() == after);
}

BOOST_AUTO_TEST_CASE(when_it_is_compacted_twice_then_the_second_skips) {
    (void)compact(keeping(3));
    const auto second = compact(keeping(3));
    BOOST_TEST(name_of(second.status) == "skipped");
    BOOST_TEST(second.reason.find("holds 3 events") != std::string::npos, second.reason);
    BOOST_TEST(facts().events == 3u);
}

BOOST_AUTO_TEST_CASE(
    when_the_same_is_asked_while_it_runs_then_it_is_the_same_and_another_is_refused) {
    const auto first = begin(keeping(3));
    const auto same = begin(keeping(3));
    const auto other = begin(keeping(4));
    BOOST_REQUIRE(first.has_value());
    BOOST_REQUIRE(same.has_value());
    BOOST_TEST((*same)->id == (*first)->id);
    BOOST_TEST(other.error() == actor_errc::compaction_running);
    BOOST_TEST(name_of(ended((*first)->id).status) == "succeeded");
    BOOST_TEST(facts().events == 3u);
}

BOOST_AUTO_TEST_CASE(when_it_grows_and_is_compacted_again_then_the_state_is_as_without) {
    (void)compact(keeping(3));
    append_counted(10);
    const auto state = state_text();
    const auto report = compact(keeping(2));
    BOOST_TEST(name_of(report.status) == "succeeded", report.reason);
    BOOST_TEST(report.from_version == Version{8});
    BOOST_TEST(report.up_to_version == Version{18});
    BOOST_TEST(report.verification->events_replayed == 13u);
    BOOST_TEST(facts().events == 2u);
    drop_actors();
    BOOST_TEST(state_text() == state);
    // Only the newest anchor is left.
    BOOST_TEST((snapshot_kinds() == std::vector{SnapshotKind::anchor}));
}

BOOST_AUTO_TEST_CASE(
    when_a_compacted_version_is_asked_for_then_it_says_so_and_later_ones_are_there) {
    const auto at_seven = state_text(Version{7});
    const auto at_nine = state_text(Version{9});
    (void)compact(keeping(3));
    BOOST_TEST(store->memory().read(name, {.from = Version{7}}).error() == storage_errc::compacted);
    const auto older = state(Version{6});
    BOOST_REQUIRE(!older);
    BOOST_TEST(older.error().error == storage_errc::compacted);
    BOOST_TEST(state_text(Version{7}) == at_seven);
    BOOST_TEST(state_text(Version{9}) == at_nine);
}

BOOST_AUTO_TEST_CASE(when_a_reader_is_in_the_prefix_as_it_goes_then_it_goes_on_from_the_anchor) {
    // A load of the head that began at version 0.
    const auto kept = up_to(7);
    drop_actors();
    auto load = start(service->state(name, std::nullopt));
    (void)compact(kept);
    const auto loaded = load.get();
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST(*loaded->json == state_before);
}

BOOST_AUTO_TEST_CASE(when_a_transaction_is_over_it_while_it_is_compacted_then_it_stays_atomic) {
    const StreamName other{"account", "43"};
    bool committed = false;
    when("before the cut", [&] {
        Transaction both;
        both.writes.push_back({name, Expected::exactly(Version{10}), StreamWrite::Kind::append,
                               encode({patch("{\"moved\":1}")})});
        both.writes.push_back(
            {other, Expected::none(), StreamWrite::Kind::append, encode({patch("{\"moved\":1}")})});
        boost::asio::co_spawn(io, service->transact(std::move(both)),
                              [&](std::exception_ptr, TransactionOutcome outcome) {
                                  BOOST_TEST(!outcome.error);
                                  committed = true;
                              });
    });
    BOOST_TEST(name_of(compact(keeping(3)).status) == "succeeded");
    while (!committed) {
        io.restart();
        io.run_one();
    }
    BOOST_TEST(facts().version == Version{11});
    BOOST_TEST(*store->memory().head_version(other) == Version{1});
}

BOOST_AUTO_TEST_CASE(when_the_service_starts_again_then_reports_are_still_there) {
    const auto report = compact(keeping(3));
    restart();
    const auto kept = report_of(report.id);
    BOOST_TEST(write_report_document(kept) == write_report_document(report));
    BOOST_TEST(service->compactions()->list({}).reports.size() == 1u);
}

BOOST_AUTO_TEST_CASE(when_it_is_cancelled_before_the_cut_then_nothing_changed) {
    for (const auto* step :
         {"planned", "replayed", "before the anchor", "after the anchor", "verified"}) {
        error_code cancelled = actor_errc::bad_request;
        const auto begun = begin(keeping(3));
        BOOST_REQUIRE(begun.has_value());
        when(step, [&, id = (*begun)->id] {
            boost::asio::co_spawn(io, service->compactions()->cancel(id),
                                  [&](std::exception_ptr, error_code error) { cancelled = error; });
            io.poll();
        });
        const auto report = ended((*begun)->id);
        BOOST_TEST(name_of(report.status) == "cancelled", step);
        BOOST_TEST(!cancelled, step << ": " << cancelled.message());
        require_untouched(10);
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_cancelled_after_the_cut_then_it_is_too_late) {
    const auto begun = begin(keeping(3));
    error_code cancelled;
    when("after the cut", [&, id = (*begun)->id] {
        boost::asio::co_spawn(io, service->compactions()->cancel(id),
                              [&](std::exception_ptr, error_code error) { cancelled = error; });
        io.poll();
    });
    BOOST_TEST(name_of(ended((*begun)->id).status) == "succeeded");
    BOOST_TEST(cancelled == storage_errc::too_late);
    BOOST_TEST(run(service->compactions()->cancel((*begun)->id)) == storage_errc::too_late);
    BOOST_TEST(run(service->compactions()->cancel("nobody")) == actor_errc::compaction_not_found);
}

BOOST_AUTO_TEST_CASE(when_streams_have_names_that_begin_alike_then_only_the_one_meant_is_touched) {
    const std::vector<StreamName> others{{"account", "4"},    {"account", "421"},
                                         {"account", "42/1"}, {"account", "42\x20"},
                                         {"account2", "42"},  {"accoun", "t42"}};
    for (const auto& other : others) {
        append_counted_to(other, 10);
    }
    (void)compact(keeping(0));
    BOOST_TEST(facts().events == 0u);
    for (const auto& other : others) {
        BOOST_TEST(store->memory().facts(other)->events == 10u, other.category + "/" + other.id);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_streams_that_are_hardly_there, CompactionFixture)

BOOST_AUTO_TEST_CASE(when_the_stream_is_missing_or_deleted_then_it_is_refused) {
    BOOST_TEST(begin(keeping(0)).error() == storage_errc::stream_not_found);
    append_counted(3);
    BOOST_REQUIRE(!run(service->delete_stream(name, Expected::any())).error);
    BOOST_TEST(begin(keeping(0)).error() == storage_errc::stream_deleted);
}

BOOST_AUTO_TEST_CASE(when_it_is_deleted_at_any_step_before_the_cut_then_it_is_skipped) {
    for (const auto* step : {"planned", "replayed", "before the anchor", "after the anchor",
                             "verified", "before the cut"}) {
        BOOST_TEST_CONTEXT(step) {
            const StreamName deleted{name.category, std::string("deleted ") + step};
            append_counted_to(deleted, 5);
            when(step, [&] {
                boost::asio::co_spawn(io, service->delete_stream(deleted, Expected::any()),
                                      boost::asio::detached);
                poll_until([&] { return store->memory().facts(deleted)->deleted; });
            });
            const auto begun = run(service->compactions()->start(deleted, keeping(0)));
            BOOST_REQUIRE(begun.has_value());
            const auto report = ended((*begun)->id);
            BOOST_TEST(name_of(report.status) == "skipped");
            BOOST_TEST(report.reason == "the stream was deleted");
            BOOST_TEST(!service->compactions()->quarantine().find(deleted).has_value());
            steps->clear();
        }
    }
}

BOOST_AUTO_TEST_CASE(when_the_state_folds_to_null_then_it_is_kept_as_null) {
    declare({.kind = "lua",
             .source = "initial = json.null\n"
                       "function evolve(state, event) return json.null end",
             .name = {}});
    append_counted(4);
    BOOST_TEST(state_text() == "null");
    const auto report = compact(keeping(0));
    BOOST_TEST(name_of(report.status) == "succeeded", report.reason);
    drop_actors();
    BOOST_TEST(state_text() == "null");
}

BOOST_AUTO_TEST_CASE(when_one_event_is_all_there_is_then_it_can_go) {
    append_counted(1);
    const auto before = state_text();
    BOOST_TEST(name_of(compact(keeping(0)).status) == "succeeded");
    drop_actors();
    BOOST_TEST(state_text() == before);
    BOOST_TEST(name_of(compact(keeping(0)).status) == "skipped");
}

BOOST_AUTO_TEST_CASE(when_nothing_says_how_much_to_keep_then_it_is_refused) {
    append_counted(3);
    BOOST_TEST(begin({}).error() == actor_errc::bad_request);
    CategorySettings settings;
    settings.decider = DeciderSpec{};
    settings.compaction.keep_last = 2;
    BOOST_REQUIRE(!set_category(std::move(settings)).error);
    const auto report = compact({});
    BOOST_TEST(report.events_deleted == 1u);
}

BOOST_AUTO_TEST_CASE(when_no_decider_was_declared_then_it_is_refused) {
    const StreamName undeclared{"order", "1"};
    append_counted_to(undeclared, 3);
    BOOST_TEST(run(service->compactions()->start(undeclared, keeping(0))).error() ==
               actor_errc::decider_not_declared);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_category_of_streams, CompactionFixture)

BOOST_AUTO_TEST_CASE(when_all_of_it_is_compacted_then_the_totals_are_those_of_the_streams) {
    for (int i = 1; i <= 20; ++i) {
        append_counted_to({"account", std::to_string(i)}, i);
    }
    const auto begun = run(service->compactions()->start_run("account", keeping(5)));
    BOOST_REQUIRE(begun.has_value());
    const auto report = run_ended((*begun)->id);
    BOOST_TEST(name_of(report.status) == "succeeded", report.reason);
    BOOST_TEST(report.streams == 20u);
    BOOST_TEST(report.counts.succeeded == 15u);
    BOOST_TEST(report.counts.skipped == 5u);
    BOOST_TEST(report.events_deleted == 120u);
    BOOST_TEST(report.events_kept == 90u);
    BOOST_TEST(store->memory().stats().events == 90u);
    // One report each, and the run's.
    BOOST_TEST(service->compactions()->list({}).reports.size() == 16u);
}

BOOST_AUTO_TEST_CASE(when_it_is_a_dry_run_then_each_stream_has_a_line_and_nothing_is_kept) {
    append_counted_to({"account", "short"}, 3);
    append_counted_to({"account", "long"}, 9);
    const auto report = run(service->compactions()->start_run("account", dry(keeping(5))));
    BOOST_REQUIRE(report.has_value());
    BOOST_TEST(name_of((*report)->status) == "succeeded");
    BOOST_TEST((*report)->lines.size() == 2u);
    BOOST_TEST((*report)->events_deleted == 4u);
    BOOST_TEST(service->compactions()->list({}).reports.empty());
    BOOST_TEST(store->memory().stats().events == 12u);
}

BOOST_AUTO_TEST_CASE(when_all_is_compacted_then_undeclared_categories_are_skipped_with_the_reason) {
    append_counted_to({"account", "1"}, 9);
    append_counted_to({"order", "1"}, 9);
    const auto report = run(service->compactions()->start_run("", dry(keeping(5))));
    BOOST_REQUIRE(report.has_value());
    BOOST_REQUIRE((*report)->lines.size() == 2u);
    BOOST_TEST((*report)->counts.succeeded == 1u);
    BOOST_TEST((*report)->counts.skipped == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
