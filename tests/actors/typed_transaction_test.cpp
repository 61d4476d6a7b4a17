// A decision over several typed streams: what it reads, appends and refuses, and what comes of it.
#include "actors/typed_transaction.hpp"

#include "tests/actors/transferring.hpp"
#include "tests/support/file_history.hpp"

#include <functional>
#include <stdexcept>

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

// A decision that is whatever a test says; it takes no arguments and refuses by throwing.
using Steps = std::function<awaitable<void>(StreamsInHand&)>;

awaitable<void> read_twice(StreamsInHand& streams) {
    const auto first = co_await streams.read<Account>("account", "1");
    first.append(Account::Withdrawn{30});
    const auto second = co_await streams.read<Account>("account", "1");
    BOOST_TEST(first.state().balance == 70);
    BOOST_TEST(second.state().balance == 70);
    second.append(Account::Withdrawn{20});
    BOOST_TEST(first.state().balance == 50);
    BOOST_TEST(first.version() == Version{1});
}

awaitable<void> deposit_and_read(StreamsInHand& streams) {
    streams.append<Account>("account", "1", Account::Deposited{5});
    streams.append<Account>("account", "new", Account::Opened{"ann"});
    const auto known = co_await streams.read<Account>("account", "1");
    BOOST_TEST(known.state().balance == 105);
    const auto fresh = co_await streams.read_unguarded<Account>("account", "new");
    BOOST_TEST(!fresh.exists());
    BOOST_TEST(fresh.state().owner == "ann");
}

awaitable<void> read_only(StreamsInHand& streams) {
    co_await streams.read<Account>("account", "1");
    co_await streams.read<Account>("account", "2");
}

awaitable<void> append_and_refuse(StreamsInHand& streams) {
    const auto account = co_await streams.read<Account>("account", "1");
    account.append(Account::Withdrawn{1});
    throw Rejected("on second thoughts");
}

awaitable<void> append_and_break(StreamsInHand& streams) {
    const auto account = co_await streams.read<Account>("account", "1");
    account.append(Account::Withdrawn{1});
    throw std::logic_error("unlucky");
}

awaitable<void> take_for_a_history(StreamsInHand& streams) {
    co_await streams.read<Account>("account", "1");
    co_await streams.read<FileHistory>("account", "1");
}

awaitable<void> go_on_after_a_failed_read(StreamsInHand& streams) {
    streams.append<Account>("account", "2", Account::Deposited{1});
    try {
        co_await streams.read<Account>("account", "broken");
    } catch (const std::exception&) {
    }
}

awaitable<void> read_a_nameless_one(StreamsInHand& streams) {
    co_await streams.read<Account>("account", "");
}

awaitable<void> touch_too_many(StreamsInHand& streams) {
    for (std::size_t i = 0; i <= StreamsInHand::streams_max; ++i) {
        streams.append<Account>("account", "n" + std::to_string(i), Account::Deposited{1});
    }
    co_return;
}

awaitable<void> pay_for(std::string from, std::int64_t amount, StreamsInHand& streams) {
    const auto payer = co_await streams.read<Account>("account", std::move(from));
    payer.append(Account::Withdrawn{amount});
}

// As an embedder would write it.
awaitable<std::int64_t> transfer_and_look(Service& service) {
    const Transfer transfer{"1", "2", 30};
    const auto done = co_await firn::execute(service, transfer);
    BOOST_REQUIRE(done);
    co_return co_await balance_of(service, "2");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_two_accounts_and_a_decision, TwoAccounts)

BOOST_AUTO_TEST_CASE(when_it_transfers_then_both_streams_have_their_event_from_one_commit) {
    const auto commits = store->commits();
    const auto done = decide(Transfer{"1", "2", 30});
    BOOST_REQUIRE(done);
    BOOST_TEST(balance("1") == 70);
    BOOST_TEST(balance("2") == 130);
    BOOST_TEST(store->commits() == commits + 1);
    BOOST_TEST(done->attempts == 1u);
    BOOST_TEST(!done->replayed);
    BOOST_REQUIRE(done->streams.size() == 2u);
    BOOST_TEST(done->streams[0].stream == StreamName("account", "1"));
    BOOST_TEST(done->streams[0].outcome.version == Version{2});
    BOOST_TEST(done->streams[1].stream == StreamName("account", "2"));
    BOOST_TEST(done->streams[1].outcome.position == Position{4});
}

BOOST_AUTO_TEST_CASE(when_a_coroutine_executes_it_then_it_reads_like_plain_code) {
    BOOST_TEST(run(transfer_and_look(*service)) == 130);
}

BOOST_AUTO_TEST_CASE(when_it_returns_a_rejection_then_that_is_the_answer_and_nothing_happens) {
    const auto refused = decide(Transfer{"1", "2", 101});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().error == actor_errc::command_rejected);
    BOOST_REQUIRE(refused.error().rejection.has_value());
    BOOST_TEST(refused.error().rejection->balance == 100);
    BOOST_TEST(refused.error().reason == "only 100 left");
    BOOST_TEST(refused.error().attempts == 1u);
    BOOST_TEST(version("1") == Version{1});
    BOOST_CHECK_EXCEPTION(refused.value(), boost::system::system_error, [](const auto& thrown) {
        return thrown.code() == actor_errc::command_rejected;
    });
}

BOOST_AUTO_TEST_CASE(when_it_throws_rejected_then_there_are_words_and_no_object) {
    const auto refused = decide(Transfer{"1", "missing", 1});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().error == actor_errc::command_rejected);
    BOOST_TEST(refused.error().reason == "there is no account missing");
    BOOST_TEST(!refused.error().rejection.has_value());
}

BOOST_AUTO_TEST_CASE(when_it_refuses_after_it_has_appended_then_nothing_is_appended) {
    const auto refused = decide(&append_and_refuse);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().reason == "on second thoughts");
    BOOST_TEST(version("1") == Version{1});
}

BOOST_AUTO_TEST_CASE(when_it_throws_something_else_then_that_comes_out_and_nothing_is_appended) {
    BOOST_CHECK_THROW(decide(&append_and_break), std::logic_error);
    BOOST_TEST(version("1") == Version{1});
}

BOOST_AUTO_TEST_CASE(when_a_stream_is_read_twice_then_it_is_read_once_and_appends_are_seen) {
    const auto done = decide(&read_twice);
    BOOST_REQUIRE(done);
    BOOST_TEST(done->streams.at(0).outcome.first_version == Version{2});
    BOOST_TEST(done->streams.at(0).outcome.version == Version{3});
    BOOST_TEST(balance("1") == 50);
}

BOOST_AUTO_TEST_CASE(when_it_appends_before_it_reads_then_the_state_has_it_too) {
    const auto done = decide(&deposit_and_read);
    BOOST_REQUIRE(done);
    BOOST_TEST(done->streams.size() == 2u);
    BOOST_TEST(balance("1") == 105);
    BOOST_TEST(version("new") == Version{1});
}

BOOST_AUTO_TEST_CASE(when_it_appends_nothing_then_nothing_is_committed) {
    const auto commits = store->commits();
    const auto done = decide(&read_only);
    BOOST_REQUIRE(done);
    BOOST_TEST(done->streams.empty());
    BOOST_TEST(store->commits() == commits);
}

BOOST_AUTO_TEST_CASE(when_it_is_a_bound_function_or_a_lambda_then_it_works_as_well) {
    BOOST_REQUIRE(decide(std::bind_front(&pay_for, "1", 10)));
    BOOST_REQUIRE(decide(Steps([](StreamsInHand& streams) { return pay_for("2", 5, streams); })));
    BOOST_TEST(balance("1") == 90);
    BOOST_TEST(balance("2") == 95);
}

BOOST_AUTO_TEST_CASE(when_a_stream_cannot_be_folded_then_it_is_told_and_not_tried_again) {
    BOOST_REQUIRE(
        !run(service->append({{"account", "broken"}, {}, encode({{.type = "Odd"}})})).error);
    const auto failed = decide(Transfer{"1", "broken", 1});
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::fold_failed);
    BOOST_TEST(failed.error().reason.find("account/broken: ") == 0u);
    BOOST_TEST(failed.error().reason.find("unknown event type \"Odd\"") != std::string::npos);
    BOOST_TEST(failed.error().attempts == 1u);
    BOOST_TEST(!failed.error().rejection.has_value());
}

BOOST_AUTO_TEST_CASE(when_it_hides_that_a_read_failed_then_still_nothing_is_committed) {
    BOOST_REQUIRE(
        !run(service->append({{"account", "broken"}, {}, encode({{.type = "Odd"}})})).error);
    const auto failed = decide(&go_on_after_a_failed_read);
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::fold_failed);
    BOOST_TEST(version("2") == Version{1});
}

BOOST_AUTO_TEST_CASE(when_it_asks_for_what_cannot_be_then_it_is_a_bad_request) {
    const auto mixed = decide(&take_for_a_history);
    BOOST_REQUIRE(!mixed);
    BOOST_TEST(mixed.error().error == actor_errc::bad_request);
    BOOST_TEST(mixed.error().reason.find("another decider's") != std::string::npos);
    const auto nameless = decide(&read_a_nameless_one);
    BOOST_REQUIRE(!nameless);
    BOOST_TEST(nameless.error().error == actor_errc::bad_request);
    const auto too_many = decide(&touch_too_many);
    BOOST_REQUIRE(!too_many);
    BOOST_TEST(too_many.error().error == actor_errc::bad_request);
    BOOST_TEST(too_many.error().reason.find("at most 1000") != std::string::npos);
    BOOST_TEST(version("n0") == no_version);
}

BOOST_AUTO_TEST_CASE(when_a_stream_was_deleted_then_that_is_the_answer) {
    BOOST_REQUIRE(!run(service->delete_stream({"account", "2"}, Expected::any())).error);
    const auto failed = decide(Transfer{"1", "2", 1});
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == storage_errc::stream_deleted);
    BOOST_TEST(failed.error().attempts == 1u);
}

BOOST_AUTO_TEST_CASE(when_the_store_cannot_write_then_it_is_told_and_not_tried_again) {
    store->fail_with(storage_errc::disk_full);
    const auto commits = store->commits();
    const auto failed = decide(Transfer{"1", "2", 1});
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == storage_errc::disk_full);
    BOOST_TEST(failed.error().attempts == 1u);
    BOOST_TEST(store->commits() == commits + 1);
}

BOOST_AUTO_TEST_CASE(when_the_service_is_closed_then_it_says_so) {
    service->stop();
    const auto failed = decide(Transfer{"1", "2", 1});
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::closed);
    BOOST_TEST(failed.error().attempts == 1u);
}

BOOST_AUTO_TEST_CASE(when_the_policy_makes_no_sense_then_nothing_begins) {
    const Transfer transfer{"1", "2", 1};
    BOOST_CHECK_THROW((void)execute(*service, transfer, {}, RetryPolicy{.attempts = 0}),
                      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
