// Decisions over several streams that come again with their key: they happen once.
#include "actors/commands/command_events.hpp"
#include "tests/actors/transferring.hpp"

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

struct Counted {
    Transfer transfer;
    int* decisions = nullptr;

    awaitable<Verdict> operator()(StreamsInHand& streams) const {
        ++*decisions;
        return transfer(streams);
    }
};

// The same command comes again while this one is at `when`, and is through before it goes on.
struct Overtaken {
    enum class When { before_reads, before_commit };

    Service* service = nullptr;
    CommandKey key;
    When when = When::before_reads;
    Transfer transfer;
    std::int64_t other_amount = 0;  // decided by the faster one

    awaitable<Verdict> operator()(StreamsInHand& streams) const {
        if (when == When::before_reads) {
            co_await overtake();
        }
        const auto verdict = co_await transfer(streams);
        if (when == When::before_commit) {
            co_await overtake();
        }
        co_return verdict;
    }

private:
    awaitable<void> overtake() const {
        auto faster = transfer;
        faster.amount = other_amount;
        const auto done = co_await execute(*service, faster, key);
        BOOST_REQUIRE(done);
    }
};

struct Keyed : TwoAccounts {
    Counted counted(std::int64_t amount) { return {{"1", "2", amount}, &decisions}; }
    Overtaken overtaken(Overtaken::When when, std::int64_t amount, std::int64_t other_amount) {
        return {service.get(), key, when, {"1", "2", amount}, other_amount};
    }

    int decisions = 0;
    const CommandKey key{id_number(7), StreamName("account", "1")};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_command_with_a_key, Keyed)

BOOST_AUTO_TEST_CASE(when_it_comes_again_then_the_first_answer_comes_back_undecided) {
    const auto first = decide(counted(60), key);
    BOOST_REQUIRE(first);
    BOOST_TEST(!first->replayed);
    // What is left would be refused now.
    const auto again = decide(counted(60), key);
    BOOST_REQUIRE(again);
    BOOST_TEST(again->replayed);
    BOOST_TEST(decisions == 1);
    BOOST_REQUIRE(again->streams.size() == 1u);
    BOOST_TEST(again->streams[0].stream == key.remembered_in);
    BOOST_TEST(again->streams[0].outcome.version == first->streams[0].outcome.version);
    BOOST_TEST(again->streams[0].outcome.position == first->streams[0].outcome.position);
    BOOST_TEST(balance("1") == 40);
    BOOST_TEST(balance("2") == 160);
    BOOST_TEST(service->stats().replays == 1u);
}

BOOST_AUTO_TEST_CASE(when_the_service_is_closed_then_it_says_so) {
    service->stop();
    const auto failed = decide(counted(1), key);
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::closed);
    BOOST_TEST(decisions == 0);
}

BOOST_AUTO_TEST_CASE(when_others_wrote_since_then_it_is_still_known) {
    BOOST_REQUIRE(decide(counted(60), key));
    BOOST_REQUIRE(decide(Transfer{"2", "1", 160}));
    const auto again = decide(counted(60), key);
    BOOST_REQUIRE(again);
    BOOST_TEST(again->replayed);
    BOOST_TEST(balance("2") == 0);
}

BOOST_AUTO_TEST_CASE(when_the_key_is_another_one_then_it_is_another_command) {
    BOOST_REQUIRE(decide(counted(10), key));
    const CommandKey other(id_number(8), key.remembered_in);
    const auto second = decide(counted(10), other);
    BOOST_REQUIRE(second);
    BOOST_TEST(!second->replayed);
    BOOST_TEST(balance("1") == 80);
}

BOOST_AUTO_TEST_CASE(when_it_was_refused_then_nothing_is_remembered) {
    BOOST_REQUIRE(!decide(counted(101), key));
    deposit("1", 1);
    const auto again = decide(counted(101), key);
    BOOST_REQUIRE(again);
    BOOST_TEST(!again->replayed);
    BOOST_TEST(decisions == 2);
}

BOOST_AUTO_TEST_CASE(when_its_stream_gets_no_event_then_it_is_a_bad_request) {
    const CommandKey elsewhere(id_number(7), StreamName("account", "3"));
    const auto failed = decide(counted(1), elsewhere);
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::bad_request);
    BOOST_TEST(failed.error().reason.find("account/3 is to remember") == 0u);
    BOOST_TEST(version("1") == Version{1});
}

BOOST_AUTO_TEST_CASE(when_its_events_have_ids_then_no_two_have_the_same) {
    BOOST_REQUIRE(decide(counted(1), key));
    const auto& events = service->store();
    const StreamName second("account", "2");
    BOOST_TEST(events.find_event(key.remembered_in, derived_event_id(key.id, 0))->has_value());
    BOOST_TEST(!events.find_event(second, derived_event_id(key.id, 0))->has_value());
    const auto in_second = derived_command_id(key.id, second);
    BOOST_TEST(events.find_event(second, derived_event_id(in_second, 0))->has_value());
}

BOOST_AUTO_TEST_CASE(when_a_repeat_is_faster_and_would_have_it_refused_then_it_is_a_replay) {
    const auto done = decide(overtaken(Overtaken::When::before_reads, 60, 60), key, at_once());
    BOOST_REQUIRE(done);
    BOOST_TEST(done->replayed);
    BOOST_TEST(balance("1") == 40);
}

BOOST_AUTO_TEST_CASE(when_a_repeat_is_faster_and_decided_the_same_then_it_is_a_replay) {
    const auto done = decide(overtaken(Overtaken::When::before_commit, 60, 60), key, at_once());
    BOOST_REQUIRE(done);
    BOOST_TEST(done->replayed);
    BOOST_TEST(done->attempts == 1u);
    BOOST_TEST(done->streams.size() == 2u);
    BOOST_TEST(balance("1") == 40);
}

BOOST_AUTO_TEST_CASE(when_a_repeat_is_faster_and_decided_otherwise_then_what_it_did_is_told) {
    for (const auto when : {Overtaken::When::before_reads, Overtaken::When::before_commit}) {
        const CommandKey each(make_event_id(), key.remembered_in);
        auto slower = overtaken(when, 10, 20);
        slower.key = each;
        const auto before = balance("1");
        const auto done = decide(slower, each, at_once());
        BOOST_REQUIRE(done);
        BOOST_TEST(done->replayed);
        BOOST_TEST(balance("1") == before - 20);
    }
}

BOOST_AUTO_TEST_SUITE_END()
