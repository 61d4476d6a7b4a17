// External deciders: the client folds, and vouches by a hash.
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "tests/actors/compaction/compaction_fixture.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct FoldedByClients : CompactionFixture {
    FoldedByClients() {
        declare({.kind = "external", .source = {}, .name = {}});
        append_counted(10);
    }
    void put(std::uint64_t version, std::string state) {
        const auto put_done = run(service->put_snapshot(name, Version{version}, state, 2));
        BOOST_REQUIRE_MESSAGE(put_done.has_value(), put_done.error().error.message());
    }
    static Hash hash_of(const std::string& state) { return state_hash(*parse_json(state)); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_its_clients_fold, FoldedByClients)

BOOST_AUTO_TEST_CASE(when_the_client_vouches_for_what_it_put_then_it_is_cut_there) {
    const auto waiting = compact(keeping(3));
    BOOST_TEST(name_of(waiting.status) == "awaiting_verification", waiting.reason);
    BOOST_TEST(waiting.up_to_version == Version{7});
    BOOST_TEST(waiting.reason.find("snapshots/7") != std::string::npos, waiting.reason);
    put(7, "{\"sum\": 7}");
    BOOST_TEST(!run(service->compactions()->verify(waiting.id, hash_of("{\"sum\":7}"))));
    const auto report = ended(waiting.id);
    BOOST_TEST(name_of(report.status) == "succeeded", report.reason);
    BOOST_TEST(facts().first_version == Version{8});
    BOOST_TEST(state_text() == "{\"sum\": 7}");
    // And again from there.
    append_counted(5);
    const auto second = compact(keeping(0));
    put(15, "{\"sum\":15}");
    BOOST_TEST(!run(service->compactions()->verify(second.id, hash_of("{\"sum\":15}"))));
    BOOST_TEST(name_of(ended(second.id).status) == "succeeded");
    BOOST_TEST(facts().events == 0u);
    BOOST_TEST(state_text() == "{\"sum\":15}");
}

BOOST_AUTO_TEST_CASE(when_the_hash_is_another_then_nothing_is_deleted_and_the_snapshot_stays) {
    const auto waiting = compact(keeping(3));
    put(7, "{\"sum\":7}");
    BOOST_TEST(!run(service->compactions()->verify(waiting.id, hash_of("{\"sum\":8}"))));
    const auto report = ended(waiting.id);
    BOOST_TEST(name_of(report.status) == "failed");
    BOOST_TEST(facts().first_version == Version{1});
    BOOST_TEST(is_quarantined());
    BOOST_TEST((snapshot_kinds() == std::vector{SnapshotKind::client}));
}

BOOST_AUTO_TEST_CASE(when_no_snapshot_was_put_then_the_hash_is_worth_nothing_and_it_still_waits) {
    const auto waiting = compact(keeping(3));
    BOOST_TEST(!run(service->compactions()->verify(waiting.id, hash_of("{}"))));
    const auto report = ended(waiting.id);
    BOOST_TEST(name_of(report.status) == "awaiting_verification");
    BOOST_TEST(report.reason.find("no snapshot at version 7") == 0u, report.reason);
    BOOST_TEST(facts().first_version == Version{1});
    put(7, "{}");
    BOOST_TEST(!run(service->compactions()->verify(waiting.id, hash_of("{}"))));
    BOOST_TEST(name_of(ended(waiting.id).status) == "succeeded");
}

BOOST_AUTO_TEST_CASE(when_nobody_waits_for_a_hash_then_it_is_refused) {
    BOOST_TEST(run(service->compactions()->verify("nobody", Hash{})) ==
               actor_errc::compaction_not_found);
}

BOOST_AUTO_TEST_CASE(when_it_waits_across_a_restart_then_it_still_does_and_can_be_cancelled) {
    const auto waiting = compact(keeping(3));
    restart();
    BOOST_TEST(name_of(report_of(waiting.id).status) == "awaiting_verification");
    BOOST_TEST(begin(keeping(4)).error() == actor_errc::compaction_running);
    BOOST_TEST(!run(service->compactions()->cancel(waiting.id)));
    BOOST_TEST(name_of(report_of(waiting.id).status) == "cancelled");
    BOOST_TEST(begin(keeping(4)).has_value());
}

BOOST_AUTO_TEST_CASE(
    when_it_fails_after_the_anchor_was_written_then_the_clients_snapshot_comes_back) {
    const auto waiting = compact(keeping(3));
    put(7, "{\"sum\":7}");
    when("verified", [&] {
        bool cancelled = false;
        boost::asio::co_spawn(io, service->compactions()->cancel(waiting.id),
                              [&](std::exception_ptr, error_code error) { cancelled = !error; });
        poll_until([&] { return cancelled; });
    });
    BOOST_TEST(!run(service->compactions()->verify(waiting.id, hash_of("{\"sum\":7}"))));
    BOOST_TEST(name_of(ended(waiting.id).status) == "cancelled");
    BOOST_TEST((snapshot_kinds() == std::vector{SnapshotKind::client}));
    BOOST_TEST(state_text() == "{\"sum\":7}");
}

BOOST_AUTO_TEST_SUITE_END()
