// Decisions over several streams while others write to the same ones.
#include "tests/actors/transferring.hpp"

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

// Pays out of "1" if "2" has enough, to which nothing is appended; "2" changes at first.
struct Secured {
    Service* service = nullptr;
    int* decisions = nullptr;
    bool guarded = true;

    awaitable<void> operator()(StreamsInHand& streams) const {
        const auto security = guarded ? co_await streams.read<Account>("account", "2")
                                      : co_await streams.read_unguarded<Account>("account", "2");
        BOOST_TEST(security.state().balance >= 100);
        const auto payer = co_await streams.read<Account>("account", "1");
        payer.append(Account::Withdrawn{1});
        if (++*decisions == 1) {
            co_await interfere(*service, "2", 1);
        }
    }
};

// A blind deposit, while somebody else makes one.
struct BlindDeposit {
    Service* service = nullptr;
    int* decisions = nullptr;

    awaitable<void> operator()(StreamsInHand& streams) const {
        ++*decisions;
        streams.append<Account>("account", "1", Account::Deposited{7});
        co_await interfere(*service, "1", 1);
    }
};

// Opens an account that never was; somebody else does so at first.
struct Opening {
    Service* service = nullptr;
    int* decisions = nullptr;

    awaitable<void> operator()(StreamsInHand& streams) const {
        const auto account = co_await streams.read<Account>("account", "new");
        if (account.exists()) {
            throw Rejected("it is open already");
        }
        account.append(Account::Deposited{7});
        if (++*decisions == 1) {
            co_await interfere(*service, "new", 1);
        }
    }
};

// Refuses if the accounts do not hold 200 together; between its first reads, 50 move from the one
// that it reads later to the one that it has read.
struct Audit {
    Service* service = nullptr;
    int* decisions = nullptr;

    awaitable<void> operator()(StreamsInHand& streams) const {
        const auto first = co_await streams.read<Account>("account", "1");
        if (++*decisions == 1) {
            const Transfer transfer{"2", "1", 50};
            const auto moved = co_await execute(*service, transfer);
            BOOST_REQUIRE(moved);
        }
        const auto second = co_await streams.read<Account>("account", "2");
        if (first.state().balance + second.state().balance != 200) {
            throw Rejected("money is missing");
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_moves_on_after_it_was_read, Disturbed)

BOOST_AUTO_TEST_CASE(when_it_happens_once_then_the_second_decision_is_made_on_the_new_state) {
    const auto done = decide(transfer(1), {}, at_once());
    BOOST_REQUIRE(done);
    BOOST_TEST(decisions == 2);
    BOOST_TEST(done->attempts == 2u);
    BOOST_TEST(balance("1") == 71);
    BOOST_TEST(balance("2") == 130);
    BOOST_TEST(done->streams.at(0).outcome.version == Version{3});
}

BOOST_AUTO_TEST_CASE(when_it_goes_on_then_the_attempts_end_with_the_last_conflict) {
    const auto failed = decide(transfer(100, "2"), {}, at_once(3));
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == storage_errc::wrong_version);
    BOOST_TEST(failed.error().attempts == 3u);
    BOOST_TEST(decisions == 3);
    BOOST_REQUIRE(failed.error().conflicts.size() == 1u);
    BOOST_TEST(failed.error().conflicts[0].stream == StreamName("account", "2"));
    BOOST_CHECK(failed.error().conflicts[0].reason == storage_errc::wrong_version);
    BOOST_TEST(failed.error().conflicts[0].current_version == Version{4});
    BOOST_TEST(failed.error().reason.find("3 attempts") != std::string::npos);
    BOOST_TEST(failed.error().reason.find("account/2 to version 4") != std::string::npos);
    BOOST_TEST(!failed.error().rejection.has_value());
    BOOST_TEST(balance("1") == 100);
}

BOOST_AUTO_TEST_CASE(when_there_is_one_attempt_then_it_is_not_repeated) {
    const auto failed = decide(transfer(1), {}, at_once(1));
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == storage_errc::wrong_version);
    BOOST_TEST(decisions == 1);
}

BOOST_AUTO_TEST_CASE(when_the_new_state_is_refused_then_that_is_the_answer) {
    auto emptied = transfer(1);
    emptied.deposited = -80;
    const auto refused = decide(emptied, {}, at_once());
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().error == actor_errc::command_rejected);
    BOOST_TEST(refused.error().rejection->balance == 20);
    BOOST_TEST(refused.error().attempts == 2u);
    BOOST_TEST(refused.error().conflicts.empty());
    BOOST_TEST(decisions == 2);
}

BOOST_AUTO_TEST_CASE(when_it_was_read_only_then_it_guards_the_commit) {
    const auto done = decide(Secured{service.get(), &decisions, true}, {}, at_once());
    BOOST_REQUIRE(done);
    BOOST_TEST(decisions == 2);
    BOOST_TEST(done->attempts == 2u);
    BOOST_REQUIRE(done->streams.size() == 1u);
    BOOST_TEST(balance("1") == 99);
}

BOOST_AUTO_TEST_CASE(when_it_was_read_unguarded_then_the_commit_does_not_mind) {
    const auto done = decide(Secured{service.get(), &decisions, false}, {}, at_once());
    BOOST_REQUIRE(done);
    BOOST_TEST(decisions == 1);
    BOOST_TEST(balance("1") == 99);
}

BOOST_AUTO_TEST_CASE(when_it_is_appended_to_unread_then_the_commit_does_not_mind) {
    const auto done = decide(BlindDeposit{service.get(), &decisions}, {}, at_once());
    BOOST_REQUIRE(done);
    BOOST_TEST(decisions == 1);
    BOOST_TEST(balance("1") == 108);
}

BOOST_AUTO_TEST_CASE(when_it_never_was_and_somebody_begins_it_then_that_is_a_conflict) {
    const auto refused = decide(Opening{service.get(), &decisions}, {}, at_once());
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().reason == "it is open already");
    BOOST_TEST(refused.error().attempts == 2u);
    BOOST_TEST(balance("new") == 1);
    BOOST_TEST(decisions == 1);
}

BOOST_AUTO_TEST_CASE(when_states_of_different_moments_are_refused_then_it_is_decided_anew) {
    const auto done = decide(Audit{service.get(), &decisions}, {}, at_once());
    BOOST_TEST(done.has_value());
    BOOST_TEST(decisions == 2);
    decisions = 0;
    const auto failed = decide(Audit{service.get(), &decisions}, {}, at_once(1));
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == storage_errc::wrong_version);
    BOOST_TEST(failed.error().conflicts.at(0).stream == StreamName("account", "1"));
}

BOOST_AUTO_TEST_CASE(when_a_stream_is_deleted_after_it_was_read_then_there_is_no_second_attempt) {
    struct Deleting {
        Service* service;
        int* decisions;
        awaitable<void> operator()(StreamsInHand& streams) const {
            ++*decisions;
            const auto account = co_await streams.read<Account>("account", "1");
            account.append(Account::Deposited{1});
            const StreamName name("account", "1");
            const auto deleted = co_await service->delete_stream(name, Expected::any());
            BOOST_TEST(!deleted.error);
        }
    };
    const auto failed = decide(Deleting{service.get(), &decisions}, {}, at_once());
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == storage_errc::stream_deleted);
    BOOST_TEST(failed.error().conflicts.at(0).stream == StreamName("account", "1"));
    BOOST_TEST(decisions == 1);
}

BOOST_AUTO_TEST_SUITE_END()
