#include "actors/compaction/compaction_plan.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;

namespace {

CompactionFacts stream(std::uint64_t first, std::uint64_t head) {
    return {Version{head}, Version{first}, {}};
}
CompactionOptions options(std::optional<std::uint64_t> keep_last,
                          std::optional<std::uint64_t> up_to = std::nullopt) {
    CompactionOptions made;
    made.keep_last = keep_last;
    if (up_to) {
        made.up_to_version = Version{*up_to};
    }
    return made;
}
CompactionBlocker blocker(std::string name, std::uint64_t version) {
    CompactionBlocker made;
    made.subscription = std::move(name);
    made.version = Version{version};
    made.age = std::chrono::seconds(90);
    return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_plan_of_a_compaction)

BOOST_AUTO_TEST_CASE(when_two_bounds_are_stated_then_the_lower_counts) {
    BOOST_TEST(plan_compaction(stream(1, 100), options(10, 50)).up_to == Version{50});
    BOOST_TEST(plan_compaction(stream(1, 100), options(60, 50)).up_to == Version{40});
    BOOST_TEST(plan_compaction(stream(1, 100), options({}, 1'000)).up_to == Version{100});
    BOOST_TEST(plan_compaction(stream(1, 100), options(0)).up_to == Version{100});
}

BOOST_AUTO_TEST_CASE(when_nothing_would_go_then_the_reason_names_the_bound) {
    const auto kept = plan_compaction(stream(91, 100), options(10));
    BOOST_TEST(!kept.deletes());
    BOOST_TEST(kept.up_to == Version{90});
    BOOST_TEST(kept.reason == "keep_last is 10, and the stream holds 10 events");
    BOOST_TEST(plan_compaction(stream(91, 100), options(0, 90)).reason ==
               "up_to_version is 90, and the oldest event held has version 91");
    BOOST_TEST(plan_compaction(stream(101, 100), options(0)).reason ==
               "the stream holds no events");
    BOOST_TEST(plan_compaction(stream(1, 1), options(1)).reason ==
               "keep_last is 1, and the stream holds 1 event");
    BOOST_TEST(!plan_compaction(stream(1, 5), options(UINT64_MAX)).deletes());
}

BOOST_AUTO_TEST_CASE(
    when_subscriptions_block_then_the_slowest_counts_and_those_that_matter_are_named) {
    auto facts = stream(1, 100);
    facts.blockers = {blocker("slow", 20), blocker("slower", 10), blocker("quick", 95)};
    const auto plan = plan_compaction(facts, options(10));
    BOOST_TEST(plan.up_to == Version{10});
    BOOST_TEST(plan.deletes());
    BOOST_REQUIRE(plan.blockers.size() == 2u);
    BOOST_TEST(plan.blockers[0].subscription == "slow");
    BOOST_TEST(plan.blockers[1].subscription == "slower");
}

BOOST_AUTO_TEST_CASE(when_a_subscription_has_read_nothing_that_is_held_then_it_is_the_reason) {
    auto facts = stream(11, 100);
    facts.blockers = {blocker("mailer", 10)};
    const auto plan = plan_compaction(facts, options(10));
    BOOST_TEST(!plan.deletes());
    BOOST_TEST(plan.reason ==
               "the subscription \"mailer\" blocks: it has read up to version 10, and the oldest "
               "that it has not is 90 s old");
}

BOOST_AUTO_TEST_SUITE_END()
