// Compactor: compactions for programs that bring their own store and decider.
#include "actors/compaction/compactor.hpp"
#include "actors/deciders/merge_patch.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

struct OwnStore {
    OwnStore() {
        for (int i = 1; i <= 10; ++i) {
            Transaction append;
            append.writes.push_back(
                {stream, Expected::any(), StreamWrite::Kind::append,
                 encode({ServiceFixture::patch("{\"n\":" + std::to_string(i) + "}")})});
            BOOST_REQUIRE(!store->commit({&append, 1}).front().error);
        }
    }
    CompactionResult compact(CompactionOptions options) {
        Compactor compactor(io.get_executor(), *store, store->snapshots(),
                            make_merge_patch_engine());
        io.restart();
        return Pending<CompactionResult>(io, compactor.compact(stream, options)).get();
    }

    boost::asio::io_context io{1};
    std::unique_ptr<EventStore> store = make_memory_store();
    const StreamName stream{"account", "42"};
};

CompactionOptions keeping(std::uint64_t events) {
    CompactionOptions options;
    options.keep_last = events;
    return options;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_store_of_ones_own, OwnStore)

BOOST_AUTO_TEST_CASE(when_a_stream_is_compacted_then_its_prefix_goes_and_the_anchor_has_the_state) {
    const auto result = compact(keeping(4));
    BOOST_TEST(name_of(result.status) == "succeeded", result.reason);
    BOOST_TEST(result.events_deleted == 6u);
    BOOST_TEST(store->facts(stream)->first_version == Version{7});
    const auto anchor = store->snapshots().load(stream, Version{10}, 1);
    BOOST_REQUIRE((anchor && anchor->snapshot));
    BOOST_TEST(anchor->snapshot->facts.version == Version{6});
    BOOST_TEST(anchor->snapshot->state == "{\"n\":6}");
    const auto again = compact(keeping(1));
    BOOST_TEST(name_of(again.status) == "succeeded", again.reason);
    BOOST_TEST(again.from_version == Version{7});
}

BOOST_AUTO_TEST_CASE(when_no_bound_is_stated_then_nothing_is_deleted) {
    const auto result = compact({});
    BOOST_TEST(name_of(result.status) == "failed");
    BOOST_TEST(result.reason == "neither keep_last nor up_to_version is stated");
    BOOST_TEST(store->facts(stream)->first_version == Version{1});
}

BOOST_AUTO_TEST_CASE(when_it_is_a_dry_run_then_the_figures_are_there_and_nothing_is_deleted) {
    auto options = keeping(0);
    options.dry_run = true;
    const auto result = compact(options);
    BOOST_TEST(name_of(result.status) == "succeeded", result.reason);
    BOOST_TEST(result.events_deleted == 10u);
    BOOST_TEST(store->facts(stream)->events == 10u);
    BOOST_TEST(store->snapshots().list(stream)->empty());
}

BOOST_AUTO_TEST_CASE(when_there_is_no_such_stream_then_it_says_so) {
    Compactor compactor(io.get_executor(), *store, store->snapshots(), make_merge_patch_engine());
    const auto result =
        Pending<CompactionResult>(io, compactor.compact({"account", "none"}, keeping(0))).get();
    BOOST_TEST(name_of(result.status) == "failed");
    BOOST_TEST(result.reason.find("does not exist") != std::string::npos, result.reason);
}

BOOST_AUTO_TEST_SUITE_END()
