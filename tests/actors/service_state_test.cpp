#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

struct ThreePatches : ServiceFixture {
    ThreePatches() {
        append({patch(R"({"a":1})"), patch(R"({"b":2})")});
        append({patch(R"({"a":null})")});
    }
};

struct WithoutSnapshots : ServiceFixture {
    WithoutSnapshots() : ServiceFixture(unhurried({.snapshots = {.every = 0}})) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_of_three_patches, ThreePatches)

BOOST_AUTO_TEST_CASE(when_the_state_is_asked_for_then_it_is_folded_and_cached) {
    BOOST_TEST(cached_text() == "");
    const auto view = state();
    BOOST_TEST(*view->json == R"({"b":2})");
    BOOST_TEST(view->version == Version{3});
    BOOST_TEST(view->decider_kind == "merge_patch");
    BOOST_TEST(cached_text() == R"({"b":2})");
}

BOOST_AUTO_TEST_CASE(when_old_versions_are_asked_for_then_each_is_folded_from_the_start) {
    BOOST_TEST(state_text(Version{0}) == "{}");
    BOOST_TEST(state_text(Version{1}) == R"({"a":1})");
    BOOST_TEST(state_text(Version{2}) == R"({"a":1,"b":2})");
    BOOST_TEST(state_text(Version{3}) == R"({"b":2})");
    BOOST_TEST(cached_text() == R"({"b":2})");
    BOOST_TEST(state(Version{2})->version == Version{2});
}

BOOST_AUTO_TEST_CASE(when_the_version_is_past_the_head_then_the_head_is_told) {
    const auto result = state(Version{4});
    BOOST_TEST(result.error().error == storage_errc::version_not_found);
    BOOST_TEST(result.error().current_version == Version{3});
}

BOOST_AUTO_TEST_CASE(when_the_actor_is_warm_then_states_read_nothing_from_the_store) {
    BOOST_TEST(state_text() == R"({"b":2})");
    const auto reads = store->reads() + store->head_reads();
    append({patch(R"({"c":3})")});
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(state_text() == R"({"b":2,"c":3})");
    append({patch(R"({"b":null})"), patch(R"({"d":4})")});
    BOOST_TEST(state_text() == R"({"c":3,"d":4})");
    BOOST_TEST(state_text() == R"({"c":3,"d":4})");
    BOOST_TEST(store->reads() + store->head_reads() == reads);
    BOOST_TEST(service->stats().states_from_cache == 1u);
}

BOOST_AUTO_TEST_CASE(when_an_append_is_in_flight_then_the_state_is_the_durable_one) {
    state();
    store->hold();
    auto pending = start_append({patch(R"({"c":3})")});
    store->wait_until_held();
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(state_text() == R"({"b":2})");
    store->release();
    pending.get();
    BOOST_TEST(state_text() == R"({"b":2,"c":3})");
}

BOOST_AUTO_TEST_CASE(when_states_are_asked_for_together_then_they_share_one_load) {
    std::vector<Pending<StateResult>> asked;
    io.restart();
    for (int i = 0; i != 20; ++i) {
        asked.emplace_back(io, service->state(name, std::nullopt));
    }
    for (auto& pending : asked) {
        BOOST_TEST(*pending.get()->json == R"({"b":2})");
    }
    BOOST_TEST(store->reads() == 1u);
}

BOOST_AUTO_TEST_CASE(
    when_more_is_appended_than_an_actor_keeps_then_the_state_is_right_all_the_same) {
    state();
    for (int i = 0; i != 1000; ++i) {
        append({patch("{\"n\":" + std::to_string(i) + "}")});
    }
    append({patch("{\"big\":\"" + std::string(300'000, 'x') + "\"}")});
    append({patch(R"({"big":null})")});
    BOOST_TEST(state_text() == R"({"b":2,"n":999})");
}

BOOST_AUTO_TEST_CASE(when_a_transaction_changes_the_stream_then_its_state_follows) {
    BOOST_TEST(state_text() == R"({"b":2})");
    auto both = transaction({appending(name, {patch(R"({"t":1})")}, Expected::exactly(Version{3})),
                             appending({"account", "43"}, {patch(R"({"t":2})")})});
    const auto outcome = run(service->transact(std::move(both)));
    BOOST_TEST(!outcome.error);
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(state_text() == R"({"b":2,"t":1})");

    auto refused = transaction({appending(name, numbered(1), Expected::none()),
                                appending({"account", "44"}, numbered(1))});
    const auto conflict = run(service->transact(std::move(refused)));
    BOOST_TEST(conflict.error == storage_errc::wrong_version);
    BOOST_TEST(conflict.conflicts.size() == 1u);
    BOOST_TEST(cached_text() == R"({"b":2,"t":1})");
}

BOOST_AUTO_TEST_CASE(when_a_transaction_only_checks_then_the_cached_state_stays) {
    state();
    auto check = transaction({checking(name, Expected::exactly(Version{3}))});
    BOOST_TEST(!run(service->transact(std::move(check))).error);
    BOOST_TEST(cached_text() == R"({"b":2})");
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_deleted_then_its_state_is_gone_for_good) {
    state();
    BOOST_TEST(!run(service->delete_stream(name, Expected::exactly(Version{3}))).error);
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(state().error().error == storage_errc::stream_deleted);
    BOOST_TEST(state(Version{1}).error().error == storage_errc::stream_deleted);
    BOOST_TEST(append(numbered(1)).error == storage_errc::stream_deleted);
}

BOOST_AUTO_TEST_CASE(when_the_prefix_was_cut_then_only_a_warm_actor_still_has_the_state) {
    BOOST_TEST(state_text() == R"({"b":2})");
    BOOST_TEST(!store->memory().cut(name, Version{1}).has_error());
    BOOST_TEST(state_text() == R"({"b":2})");
    // No anchor stands in for it.
    BOOST_TEST(state(Version{2}).error().error == actor_errc::unrecoverable_state);
    BOOST_TEST(state(Version{0}).error().error == storage_errc::compacted);
}

BOOST_AUTO_TEST_CASE(when_an_event_does_not_fold_then_the_state_fails_and_appends_go_on) {
    append({patch("not JSON")});
    for (int i = 0; i != 2; ++i) {
        const auto failed = state();
        BOOST_TEST(failed.error().error == actor_errc::fold_failed);
        BOOST_TEST(failed.error().fold->version == Version{4});
        BOOST_TEST(!failed.error().fold->reason.empty());
    }
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(append(numbered(1)).appended.version == Version{5});
    BOOST_TEST(state(Version{4}).error().error == actor_errc::fold_failed);
    BOOST_TEST(state_text(Version{3}) == R"({"b":2})");
}

BOOST_AUTO_TEST_CASE(when_a_warm_state_meets_an_event_that_does_not_fold_then_it_fails_too) {
    state();
    append({patch("not JSON")});
    BOOST_TEST(state().error().error == actor_errc::fold_failed);
    append(numbered(1));
    BOOST_TEST(state().error().fold->version == Version{4});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_an_empty_store, ServiceFixture)

BOOST_AUTO_TEST_CASE(when_the_stream_never_was_then_it_is_not_found) {
    BOOST_TEST(state().error().error == storage_errc::stream_not_found);
    BOOST_TEST(state(Version{0}).error().error == storage_errc::stream_not_found);
    BOOST_TEST(append(numbered(1)).appended.version == Version{1});
    BOOST_TEST(state_text() == R"({"n":1})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_service_without_snapshots, WithoutSnapshots)

BOOST_AUTO_TEST_CASE(when_a_history_is_long_then_it_is_folded_in_slices) {
    for (int i = 0; i != 5; ++i) {
        append(numbered(1500));
    }
    // At most 1,000 events a slice; fewer where the machine is slow and the turn's time is up.
    BOOST_TEST(state_text() == R"({"n":1500})");
    const auto reads = store->reads();
    BOOST_TEST(reads >= 8u);
    BOOST_TEST(state_text(Version{3001}) == R"({"n":1})");
    BOOST_TEST(store->reads() - reads >= 4u);
    BOOST_TEST(service->stats().events_applied == 7500u + 3001u);
}

BOOST_AUTO_TEST_SUITE_END()
