// The behaviours of snapshots, by their numbers in the design: 1 to 8, 10 and 11.
#include "actors/categories/category_registry.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

ServiceConfig every(std::uint32_t n, std::uint32_t keep = 2) {
    auto config = unhurried();
    config.snapshots = {.every = n, .keep = keep};
    return config;
}

struct Snapshotting : ServiceFixture {
    explicit Snapshotting(const ServiceConfig& config = every(10)) : ServiceFixture(config) {}

    // One append each, so that no batch crosses a threshold.
    void append_singly(int count) {
        for (int i = 0; i != count; ++i) {
            append({counted()});
        }
        wait_for_snapshots();
    }
    void append_batch(int count) {
        std::vector<TestEvent> batch;
        for (int i = 0; i != count; ++i) {
            batch.push_back(counted());
        }
        append(batch);
        wait_for_snapshots();
    }
    void wait_for_snapshots() {
        io.restart();
        io.poll();
        while (service->stats().snapshots.due != 0) {
            io.restart();
            io.run_one();
        }
    }
    TestEvent counted() { return patch("{\"n\":" + std::to_string(++n_) + "}"); }
    [[nodiscard]] std::string expected_state() const {
        return "{\"n\":" + std::to_string(n_) + "}";
    }

    std::vector<SnapshotFacts> snapshots() {
        auto list = store->memory().snapshots().list(name);
        BOOST_REQUIRE(list);
        return *std::move(list);
    }
    std::vector<std::uint64_t> versions() {
        std::vector<std::uint64_t> found;
        for (const auto& facts : snapshots()) {
            found.push_back(facts.version.value());
        }
        return found;
    }
    ServiceStats::Snapshots counts() { return service->stats().snapshots; }
    // The same store under a new service: nothing is in memory.
    void restart(const ServiceConfig& config = every(10)) {
        service->stop();
        service = std::make_unique<Service>(io.get_executor(), config,
                                            std::make_unique<ScriptedStore>(store));
    }
    void set_category(CategorySettings settings) {
        const auto outcome = run(service->set_category(name.category, std::move(settings)));
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message() + outcome.invalid.reason);
    }
    void set_decider(DeciderSpec spec) {
        CategorySettings settings;
        settings.decider = std::move(spec);
        set_category(std::move(settings));
    }
    std::uint64_t applied_by_a_load() {
        const auto before = service->stats().events_applied;
        BOOST_TEST(state_text() == expected_state());
        return service->stats().events_applied - before;
    }

private:
    int n_ = 0;
};

std::vector<std::uint64_t> numbers(std::initializer_list<std::uint64_t> list) {
    return list;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_snapshots_every_10_events, Snapshotting)

BOOST_AUTO_TEST_CASE(behaviour_1_N_events_give_one_snapshot_at_N_and_none_before_2N) {
    append_singly(9);
    BOOST_TEST(versions() == numbers({}), boost::test_tools::per_element());
    append_singly(1);
    BOOST_TEST(versions() == numbers({10}), boost::test_tools::per_element());
    append_singly(9);
    BOOST_TEST(versions() == numbers({10}), boost::test_tools::per_element());
    append_singly(1);
    BOOST_TEST(versions() == numbers({10, 20}), boost::test_tools::per_element());
    BOOST_TEST(counts().taken == 2u);
}

BOOST_AUTO_TEST_CASE(behaviour_1_a_snapshot_holds_the_state_its_hash_and_its_decider) {
    append_singly(10);
    const auto found = store->memory().snapshots().find(name, Version{10});
    BOOST_REQUIRE(found);
    BOOST_REQUIRE(*found);
    BOOST_TEST((*found)->state == R"({"n":10})");
    BOOST_TEST((*found)->facts.decider_kind == "merge_patch");
    BOOST_TEST((*found)->facts.revision == 1u);
    BOOST_TEST(((*found)->facts.kind == SnapshotKind::automatic));
    // SHA-256 of {"n":10}
    BOOST_TEST(to_hex((*found)->facts.state_hash) ==
               "3ff6698e101869f36e088516c6c0ca6495c40c0abdae72f6e4d124610dace7b0");
}

BOOST_AUTO_TEST_CASE(behaviour_2_every_0_takes_none) {
    restart(every(0));
    append_singly(50);
    BOOST_TEST(versions() == numbers({}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(behaviour_2_the_category_counts_over_the_global_policy) {
    CategorySettings settings;
    settings.snapshots.every = 25;
    set_category(settings);
    append_singly(24);
    BOOST_TEST(versions() == numbers({}), boost::test_tools::per_element());
    append_singly(1);
    BOOST_TEST(versions() == numbers({25}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(behaviour_2_the_stream_counts_over_its_category) {
    CategorySettings settings;
    settings.snapshots.every = 0;
    set_category(settings);
    SnapshotSettings own;
    own.every = 5;
    BOOST_REQUIRE(!run(service->set_stream_policy(name, own)).error);
    append_singly(7);
    BOOST_TEST(versions() == numbers({5}), boost::test_tools::per_element());
    restart();
    append_singly(3);
    BOOST_TEST(versions() == numbers({5, 10}), boost::test_tools::per_element());
    BOOST_REQUIRE(!run(service->set_stream_policy(name, std::nullopt)).error);
    append_singly(20);
    BOOST_TEST(versions() == numbers({5, 10}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(behaviour_3_one_batch_over_several_thresholds_gives_one_at_the_new_head) {
    append_batch(35);
    BOOST_TEST(versions() == numbers({35}), boost::test_tools::per_element());
    append_singly(5);
    BOOST_TEST(versions() == numbers({35, 40}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(behaviour_4_a_load_applies_exactly_the_events_after_the_snapshot) {
    append_singly(27);
    restart();
    BOOST_TEST(applied_by_a_load() == 7u);
    BOOST_TEST(counts().used == 1u);
    const auto loads = service->stats().load_events;
    BOOST_TEST(loads.sum == 7u);
    BOOST_TEST(loads.buckets[2] == 1u);  // at most 10
}

BOOST_AUTO_TEST_CASE(behaviour_4_a_state_of_the_past_starts_at_the_nearest_snapshot_below) {
    restart(every(10, 100));
    append_singly(57);
    restart();
    const auto before = service->stats().events_applied;
    BOOST_TEST(state_text(Version{33}) == R"({"n":33})");
    BOOST_TEST(service->stats().events_applied - before == 3u);
    BOOST_TEST(state_text(Version{9}) == R"({"n":9})");
    BOOST_TEST(state_text(Version{10}) == R"({"n":10})");
    BOOST_TEST(service->stats().events_applied - before == 12u);
}

BOOST_AUTO_TEST_CASE(behaviour_5_a_warm_actor_reads_nothing_from_the_store) {
    append_singly(3);
    BOOST_TEST(state_text() == expected_state());
    const auto reads = store->reads() + store->head_reads() + store->snapshot_loads();
    append_singly(14);
    BOOST_TEST(state_text() == expected_state());
    BOOST_TEST(store->reads() + store->head_reads() + store->snapshot_loads() == reads);
}

BOOST_AUTO_TEST_CASE(behaviour_5_an_evicted_actor_comes_back_with_the_same_state) {
    append_singly(23);
    BOOST_TEST(state_text() == expected_state());
    ServiceConfig tiny = every(10);
    tiny.actors.cache_bytes_max = 1;  // every actor leaves as soon as nobody holds it
    restart(tiny);
    for (int i = 0; i != 3; ++i) {
        BOOST_TEST(state_text() == expected_state());
        BOOST_TEST(run(service->state({"account", "another"}, {})).has_error());
    }
    BOOST_TEST(counts().used >= 3u);
    BOOST_TEST(service->stats().actors_evicted >= 3u);
}

BOOST_AUTO_TEST_CASE(behaviour_6_a_stale_save_does_not_regress) {
    store->hold_saves();
    append_singly(10);
    append_singly(10);
    store->wait_until_saves_are_held(2);
    // Whatever order the disk takes them in, the newest is what a load starts from.
    store->release_saves();
    Snapshot stale;
    stale.facts.version = Version{10};
    stale.facts.revision = 1;
    stale.state = R"({"n":"stale"})";
    store->memory().snapshots().save(name, stale, 2, [](error_code error) { BOOST_TEST(!error); });
    restart();
    BOOST_TEST(applied_by_a_load() == 0u);
    BOOST_TEST(state_text(Version{10}) == R"({"n":10})");
}

BOOST_AUTO_TEST_CASE(behaviour_7_a_failed_save_fails_no_append_and_is_tried_again) {
    store->fail_saves(2);
    for (int i = 0; i != 10; ++i) {
        BOOST_TEST(!append({counted()}).error);
    }
    BOOST_TEST(state_text() == expected_state());
    wait_for_snapshots();
    BOOST_TEST(versions() == numbers({10}), boost::test_tools::per_element());
    BOOST_TEST(counts().failed == 2u);
    BOOST_TEST(counts().taken == 1u);
}

BOOST_AUTO_TEST_CASE(behaviour_8_a_corrupt_snapshot_is_passed_over_counted_and_replaced) {
    append_singly(24);
    store->corrupt_snapshots({Version{20}});
    restart();
    BOOST_TEST(applied_by_a_load() == 14u);  // from version 10 instead of 20
    BOOST_TEST(counts().passed_over == 1u);
    wait_for_snapshots();
    BOOST_TEST(versions().back() == 24u);
    restart();
    BOOST_TEST(applied_by_a_load() == 0u);
}

BOOST_AUTO_TEST_CASE(behaviour_8_without_any_good_snapshot_all_events_are_replayed) {
    append_singly(24);
    store->corrupt_snapshots({Version{10}, Version{20}});
    restart();
    BOOST_TEST(applied_by_a_load() == 24u);
    BOOST_TEST(counts().passed_over == 2u);
}

BOOST_AUTO_TEST_CASE(behaviour_10_a_snapshot_ahead_of_the_head_is_rejected) {
    set_decider({.kind = "external"});
    append_singly(3);
    const auto put = run(service->put_snapshot(name, Version{4}, R"({"n":4})", 2));
    BOOST_REQUIRE(!put);
    BOOST_TEST(put.error().error == storage_errc::version_not_found);
    BOOST_TEST(versions() == numbers({}), boost::test_tools::per_element());
    BOOST_TEST(counts().failed == 1u);
}

BOOST_AUTO_TEST_CASE(behaviour_10_a_loaded_snapshot_ahead_of_the_head_is_passed_over) {
    append_singly(25);
    restart();
    store->misreport_snapshot(Version{30});
    BOOST_TEST(state_text() == expected_state());
    BOOST_TEST(state()->version == Version{25});
    BOOST_TEST(counts().passed_over == 1u);
}

BOOST_AUTO_TEST_CASE(when_an_old_event_is_repeated_to_a_cold_actor_then_the_state_is_the_newest) {
    auto first = client_event(7, R"({"n":0})");
    append({first});
    append_singly(24);
    restart();
    const auto repeated = append({first});
    BOOST_TEST(repeated.appended.replayed);
    BOOST_TEST(repeated.appended.version == Version{1});
    BOOST_TEST(state()->version == Version{25});
    BOOST_TEST(state_text() == expected_state());
}

BOOST_AUTO_TEST_CASE(when_a_guard_finds_no_stream_then_there_is_still_no_state) {
    Transaction transaction;
    transaction.writes.push_back({name, Expected::none()});
    BOOST_REQUIRE(!run(service->transact(std::move(transaction))).error);
    BOOST_TEST(state_text() == make_error_code(storage_errc::stream_not_found).message());
}

BOOST_AUTO_TEST_CASE(when_keep_changes_then_a_stream_in_memory_keeps_so_many) {
    append_singly(30);
    BOOST_TEST(state_text() == expected_state());
    BOOST_TEST(versions() == numbers({20, 30}), boost::test_tools::per_element());
    CategorySettings settings;
    settings.snapshots.keep = 4;
    set_category(settings);
    append_singly(30);
    BOOST_TEST(versions() == numbers({30, 40, 50, 60}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_deleted_then_its_own_policy_is_forgotten) {
    append_singly(1);
    SnapshotSettings own;
    own.every = 3;
    BOOST_REQUIRE(!run(service->set_stream_policy(name, own)).error);
    BOOST_REQUIRE(service->categories()->policy(name));
    BOOST_REQUIRE(!run(service->delete_stream(name, Expected::any())).error);
    while (service->categories()->policy(name)) {
        io.restart();
        io.run_one();
    }
    BOOST_TEST(!service->categories()->policy(name).has_value());
}

BOOST_AUTO_TEST_CASE(behaviour_11_a_changed_decider_refolds_from_the_events) {
    append_singly(25);
    BOOST_TEST(state_text() == expected_state());
    set_decider({.kind = "lua",
                 .source = "initial = {sum = 0}\n"
                           "function evolve(state, event)\n"
                           "  state.sum = state.sum + event.data.n\n"
                           "  return state\n"
                           "end"});
    const auto before = service->stats().events_applied;
    const auto refolded = state();
    BOOST_REQUIRE(refolded);
    BOOST_TEST(*refolded->json == R"({"sum":325})");
    BOOST_TEST(refolded->decider_kind == "lua");
    BOOST_TEST(refolded->decider_revision == 2u);
    BOOST_TEST(service->stats().events_applied - before == 25u);
    // Back to the first one: a third revision, and again no snapshot of an older one is used.
    set_decider({.kind = "merge_patch"});
    BOOST_TEST(state_text() == expected_state());
    BOOST_TEST(state()->decider_revision == 3u);
    restart();
    BOOST_TEST(applied_by_a_load() == 25u);
    BOOST_TEST(state()->decider_revision == 3u);
}

BOOST_AUTO_TEST_CASE(when_a_snapshot_is_asked_for_then_it_is_durable_when_the_answer_comes) {
    append_singly(3);
    const auto taken = run(service->take_snapshot(name));
    BOOST_REQUIRE(taken);
    BOOST_TEST(taken->version == Version{3});
    BOOST_TEST((taken->kind == SnapshotKind::manual));
    BOOST_TEST(taken->chain_hash != Hash{});
    BOOST_TEST(versions() == numbers({3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_snapshot_is_asked_for_of_a_missing_stream_then_it_is_not_found) {
    const auto taken = run(service->take_snapshot({"account", "nobody"}));
    BOOST_REQUIRE(!taken);
    BOOST_TEST(taken.error().error == storage_errc::stream_not_found);
}

BOOST_AUTO_TEST_CASE(when_more_than_keep_were_taken_then_only_the_newest_stay) {
    append_singly(3);
    BOOST_REQUIRE(run(service->take_snapshot(name)));
    append_singly(57);
    BOOST_TEST(versions() == numbers({3, 50, 60}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_the_stream_was_deleted_then_its_snapshots_are_gone) {
    append_singly(20);
    BOOST_REQUIRE(!run(service->delete_stream(name, Expected::any())).error);
    BOOST_TEST(versions() == numbers({}), boost::test_tools::per_element());
    BOOST_TEST(state_text() == make_error_code(storage_errc::stream_deleted).message());
}

BOOST_AUTO_TEST_CASE(when_the_fold_fails_then_snapshots_stop_until_the_decider_is_mended) {
    set_decider({.kind = "lua",
                 .source = "initial = {}\n"
                           "function evolve(state, event)\n"
                           "  if event.version == 12 then error('no twelves') end\n"
                           "  state.n = event.data.n\n"
                           "  return state\n"
                           "end"});
    append_singly(30);
    const auto failed = state();
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::fold_failed);
    BOOST_REQUIRE(failed.error().fold);
    BOOST_TEST(failed.error().fold->version == Version{12});
    BOOST_TEST(failed.error().fold->reason.find("no twelves") != std::string::npos);
    BOOST_TEST(versions() == numbers({10}), boost::test_tools::per_element());
    BOOST_TEST(state_text(Version{11}) == R"({"n":11})");
    set_decider({.kind = "merge_patch"});
    BOOST_TEST(state_text() == expected_state());
    append_singly(10);
    BOOST_TEST(versions().back() == 40u);
}

BOOST_AUTO_TEST_CASE(when_a_state_grows_past_its_bound_then_it_is_told_and_heals) {
    CategorySettings settings;
    settings.state_bytes_max = 100;
    set_category(settings);
    append({patch("{\"long\":\"" + std::string(200, 'x') + "\"}")});
    const auto failed = state();
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::fold_failed);
    BOOST_TEST(failed.error().fold->reason.find("state_bytes_max") != std::string::npos);
    append({patch(R"({"long":null})")});
    BOOST_TEST(state_text() == "{}");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_category_whose_clients_fold, Snapshotting)

BOOST_AUTO_TEST_CASE(when_a_client_puts_a_snapshot_then_it_is_the_state) {
    set_decider({.kind = "external"});
    append_singly(5);
    auto view = state();
    BOOST_REQUIRE(view);
    BOOST_TEST(*view->json == "null");
    BOOST_TEST(view->version == no_version);
    BOOST_TEST(*view->events_behind == 5u);
    BOOST_REQUIRE(run(service->put_snapshot(name, Version{3}, R"({"total":6})", 2)));
    view = state();
    BOOST_TEST(*view->json == R"({"total":6})");
    BOOST_TEST(view->version == Version{3});
    BOOST_TEST(*view->events_behind == 2u);
    BOOST_TEST(*state(Version{2})->json == "null");
    BOOST_TEST(*state(Version{4})->json == R"({"total":6})");
    BOOST_TEST(state(Version{6}).error().error == storage_errc::version_not_found);
}

BOOST_AUTO_TEST_CASE(when_the_revision_is_another_one_then_it_is_refused) {
    set_decider({.kind = "external"});
    append_singly(5);
    BOOST_TEST(run(service->put_snapshot(name, Version{3}, "{}", 1)).error().error ==
               actor_errc::bad_request);
}

BOOST_AUTO_TEST_CASE(when_the_decider_folds_here_then_clients_cannot_put_states) {
    append_singly(5);
    BOOST_TEST(run(service->put_snapshot(name, Version{3}, "{}", 1)).error().error ==
               actor_errc::bad_request);
}

BOOST_AUTO_TEST_SUITE_END()
