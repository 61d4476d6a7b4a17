// Compactions that something is wrong with: the behaviours 9, 12, 17, 18 and 21 (in memory) of the
// design. Nothing is wrongly deleted, and a person is told.
#include "tests/actors/compaction/compaction_fixture.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct TenEvents : CompactionFixture {
    TenEvents() {
        append_counted(10);
        state_before = state_text();
    }
    void require_failed(const CompactionReport& report, std::string_view saying) {
        BOOST_TEST(name_of(report.status) == "failed");
        BOOST_TEST(report.reason.find(saying) != std::string::npos, report.reason);
        require_untouched(10);
        BOOST_TEST(state_text() == state_before);
    }
    std::string state_before;
};

constexpr auto hidden_state = R"lua(
initial = {}
local seen = 0
function evolve(state, event)
    seen = seen + 1
    state.seen = seen
    return state
end
)lua";
constexpr auto counting = R"lua(
initial = {seen = 0}
function evolve(state, event)
    state.seen = state.seen + 1
    return state
end
)lua";
constexpr auto counting_twice = R"lua(
initial = {seen = 0}
function evolve(state, event)
    state.seen = state.seen + 2
    return state
end
)lua";
constexpr auto counting_twice_migrated = R"lua(
initial = {seen = 0}
function evolve(state, event)
    state.seen = state.seen + 2
    return state
end
function migrate(state, from_revision)
    if state.seen == nil then error("no count in revision " .. from_revision) end
    return {seen = state.seen * 2}
end
)lua";

// Counts beside its state: what it writes is how many events it has seen since it was made.
class HidingState final : public FoldedState {
public:
    Failure evolve(const EventView&) override {
        ++seen_;
        return nullptr;
    }
    Failure write_json(std::string& out) const override {
        out.append("{\"seen\":").append(std::to_string(seen_)).append("}");
        return nullptr;
    }
    std::size_t memory_bytes() const noexcept override { return sizeof(*this); }

private:
    int seen_ = 0;
};
class HidingDecider final : public DeciderEngine {
public:
    std::string_view kind() const noexcept override { return "native"; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<HidingState>();
    }
    Restored restore(std::string_view) const override { return initial(); }
};

DeciderSpec lua(const char* source) {
    return {.kind = "lua", .source = source, .name = {}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_compactions_that_fail, TenEvents)

BOOST_AUTO_TEST_CASE(when_the_anchor_cannot_be_written_then_nothing_is_deleted) {
    store->fail_saves(1);
    require_failed(compact(keeping(3)), "writing the anchor failed");
    BOOST_TEST(!is_quarantined());
    BOOST_TEST(name_of(compact(keeping(3)).status) == "succeeded");
}

BOOST_AUTO_TEST_CASE(when_a_copy_of_the_anchor_does_not_check_then_nothing_is_deleted) {
    when("after the anchor", [this] { store->spoil_copies({Version{7}}); });
    require_failed(compact(keeping(3)), "a copy of the anchor does not check");
    BOOST_TEST(is_quarantined());
}

BOOST_AUTO_TEST_CASE(when_the_anchor_is_gone_at_the_cut_then_nothing_is_deleted) {
    when("before the cut", [this] {
        store->memory().snapshots().remove(
            name, Version{7}, [](error_code error) { BOOST_TEST(!error, error.message()); });
    });
    require_failed(compact(keeping(3)), "the anchor does not check any more");
}

BOOST_AUTO_TEST_CASE(
    when_the_decider_changes_on_the_way_then_it_is_planned_again_with_the_new_one) {
    for (const auto* step :
         {"planned", "replayed", "after the anchor", "verified", "before the cut"}) {
        append_counted(10);
        declare(lua(counting));
        when(step, [this] {
            CategorySettings settings;
            settings.decider = lua(counting_twice);
            bool set = false;
            boost::asio::co_spawn(io, service->set_category(name.category, std::move(settings)),
                                  [&](std::exception_ptr, SettingsOutcome) { set = true; });
            poll_until([&] { return set; });
        });
        const auto events = facts().version.value();
        const auto report = compact(keeping(events - 5));
        // The new one cannot take over the states of the old.
        if (facts().first_version > Version{1}) {
            BOOST_TEST(name_of(report.status) == "succeeded", step << ": " << report.reason);
            BOOST_TEST(state_text() == "{\"seen\":" + std::to_string(events * 2) + "}");
            break;
        }
        BOOST_TEST(false, step << ": " << report.reason);
    }
}

BOOST_AUTO_TEST_CASE(when_a_script_hides_state_then_nothing_is_deleted) {
    declare(lua(hidden_state));
    const auto report = compact(keeping(3));
    BOOST_TEST(name_of(report.status) == "failed");
    BOOST_TEST(report.reason.find("a variable that outlives the call") != std::string::npos,
               report.reason);
    BOOST_TEST(facts().first_version == Version{1});
    BOOST_TEST(is_quarantined());
}

BOOST_AUTO_TEST_CASE(when_a_decider_hides_state_then_it_is_found_and_nothing_is_deleted) {
    service->register_decider(name.category, std::make_shared<HidingDecider>(), 1);
    BOOST_TEST(state_text() == "{\"seen\":10}");
    const auto report = compact(keeping(3));
    BOOST_TEST(name_of(report.status) == "failed");
    BOOST_TEST(report.reason.find("comes out otherwise") != std::string::npos, report.reason);
    BOOST_TEST(facts().first_version == Version{1});
    BOOST_TEST(snapshot_kinds().empty());
    BOOST_TEST(is_quarantined());
    // Runs leave it alone until somebody releases it, or one that was asked for succeeds.
    const auto begun = run(service->compactions()->start_run("account", keeping(3)));
    BOOST_TEST(run_ended((*begun)->id).counts.skipped == 1u);
    BOOST_TEST(facts().first_version == Version{1});
    declare(lua(counting));
    BOOST_TEST(name_of(compact(keeping(3)).status) == "succeeded");
    BOOST_TEST(!is_quarantined());
}

BOOST_AUTO_TEST_CASE(when_the_quarantine_is_released_then_that_is_durable_as_the_entry_was) {
    declare(lua(hidden_state));
    (void)compact(keeping(3));
    restart();
    BOOST_TEST(is_quarantined());
    BOOST_TEST(service->compactions()->quarantine().release(name, [](error_code) {}));
    BOOST_TEST(!service->compactions()->quarantine().release(name, [](error_code) {}));
    restart();
    BOOST_TEST(!is_quarantined());
}

BOOST_AUTO_TEST_CASE(when_the_decider_fails_on_an_event_then_nothing_is_deleted) {
    declare(
        lua("initial = {}\nfunction evolve(state, event)\n"
            "  if event.version == 5 then error('no fives') end\n  return state\nend"));
    const auto report = compact(keeping(3));
    BOOST_TEST(name_of(report.status) == "failed");
    BOOST_TEST(report.reason.find("version 5") != std::string::npos, report.reason);
    BOOST_TEST(facts().first_version == Version{1});
}

BOOST_AUTO_TEST_CASE(when_one_copy_of_the_anchor_is_damaged_later_then_it_is_mended) {
    (void)compact(keeping(3));
    store->spoil_copies({Version{7}});
    drop_actors();
    BOOST_TEST(state_text() == state_before);
    const auto copies = service->store().snapshots().anchor(name, Version{7});
    BOOST_REQUIRE(copies.has_value());
    BOOST_TEST(copies->second.has_value());
    BOOST_TEST(service->stats().snapshots.passed_over == 1u);
}

BOOST_AUTO_TEST_CASE(
    when_both_copies_are_damaged_later_then_there_is_no_state_but_the_events_are_there) {
    (void)compact(keeping(3));
    const StreamName other{"account", "43"};
    append_counted_to(other, 2);
    store->corrupt_snapshots({Version{7}});
    drop_actors();
    const auto lost = state();
    BOOST_REQUIRE(!lost);
    BOOST_TEST(lost.error().error == actor_errc::unrecoverable_state);
    BOOST_TEST(store->memory().read(name, {})->events.size() == 3u);
    BOOST_TEST(run(service->state(other, std::nullopt)).has_value());
    BOOST_TEST(!append({patch("{}")}).error);
    // And nothing more is deleted of it.
    const auto report = compact(keeping(0));
    BOOST_TEST(name_of(report.status) == "failed");
    BOOST_TEST(report.reason.find("damaged in both copies") != std::string::npos, report.reason);
    BOOST_TEST(facts().first_version == Version{8});
    BOOST_TEST(is_quarantined());
}

BOOST_AUTO_TEST_CASE(when_the_decider_changes_after_a_compaction_then_it_must_migrate) {
    declare(lua(counting));
    (void)compact(keeping(3));
    BOOST_TEST(state_text() == "{\"seen\":10}");
    CategorySettings without;
    without.decider = lua(counting_twice);
    BOOST_TEST(set_category(std::move(without)).error == actor_errc::migration_needed);
    BOOST_TEST(run(service->set_category(name.category, std::nullopt)).error ==
               actor_errc::migration_needed);
    BOOST_TEST(state_text() == "{\"seen\":10}");
    CategorySettings with;
    with.decider = lua(counting_twice_migrated);
    BOOST_TEST(!set_category(std::move(with)).error);
    BOOST_TEST(state_text() == "{\"seen\":20}");
    append_counted(1);
    BOOST_TEST(state_text() == "{\"seen\":22}");
    // What is compacted next starts from the migrated state.
    BOOST_TEST(name_of(compact(keeping(1)).status) == "succeeded");
    drop_actors();
    BOOST_TEST(state_text() == "{\"seen\":22}");
}

BOOST_AUTO_TEST_CASE(when_a_migration_fails_then_the_stream_says_so_and_its_anchor_stays) {
    (void)compact(keeping(3));  // by merge_patch: no count in it
    declare(lua(counting_twice_migrated));
    const auto lost = state();
    BOOST_REQUIRE(!lost);
    BOOST_TEST(lost.error().error == actor_errc::fold_failed);
    BOOST_REQUIRE(lost.error().fold);
    BOOST_TEST(lost.error().fold->reason.find("no count in revision") != std::string::npos,
               lost.error().fold->reason);
    BOOST_TEST((snapshot_kinds() == std::vector{SnapshotKind::anchor}));
}

BOOST_AUTO_TEST_CASE(when_compacted_streams_are_all_deleted_then_any_decider_will_do) {
    declare(lua(counting));
    (void)compact(keeping(3));
    BOOST_REQUIRE(!run(service->delete_stream(name, Expected::any())).error);
    CategorySettings without;
    without.decider = lua(counting_twice);
    BOOST_TEST(!set_category(std::move(without)).error);
}

BOOST_AUTO_TEST_CASE(when_the_service_stops_at_any_step_then_the_next_goes_on) {
    for (const auto* step :
         {"planned", "replayed", "before the anchor", "after the anchor", "verified",
          "before the cut", "after the cut", "reclaiming", "reclaimed"}) {
        append_counted(20);
        const auto state_now = state_text();
        const auto head = facts().version.value();
        bool stopped = false;
        when(step, [this, &stopped] {
            service->stop();
            stopped = true;
        });
        const auto begun = begin(keeping(head - head / 2));
        BOOST_REQUIRE(begun.has_value());
        while (!stopped) {
            io.restart();
            io.run_one();
        }
        io.restart();
        io.run_for(std::chrono::milliseconds(50));
        restart();
        const auto report = ended((*begun)->id);
        BOOST_TEST(name_of(report.status) == "succeeded", step << ": " << report.reason);
        BOOST_TEST(facts().first_version == Version{head / 2 + 1}, step);
        BOOST_TEST(state_text() == state_now, step);
        // One anchor, and no other.
        BOOST_TEST((snapshot_kinds() == std::vector{SnapshotKind::anchor}), step);
    }
}

BOOST_AUTO_TEST_CASE(when_it_was_cut_before_a_restart_then_it_is_too_late_to_cancel_it) {
    bool stopped = false;
    when("after the cut", [this, &stopped] {
        service->stop();
        stopped = true;
    });
    const auto begun = begin(keeping(3));
    BOOST_REQUIRE(begun.has_value());
    while (!stopped) {
        io.restart();
        io.run_one();
    }
    io.restart();
    io.run_for(std::chrono::milliseconds(50));
    restart();
    BOOST_TEST(run(service->compactions()->cancel((*begun)->id)) == storage_errc::too_late);
    const auto report = ended((*begun)->id);
    BOOST_TEST(name_of(report.status) == "succeeded", report.reason);
    BOOST_TEST(report.events_deleted == 7u);
    BOOST_TEST(facts().first_version == Version{8});
}

BOOST_AUTO_TEST_SUITE_END()
