#include "tests/actors/service_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

ServiceConfig with_room_for(std::size_t appends) {
    ServiceConfig config;
    config.commit.waiting_max = appends;
    return config;
}

ServiceConfig with_inbox(std::size_t calls) {
    ServiceConfig config;
    config.actors.inbox_max = calls;
    return config;
}

struct RoomForTwo : ServiceFixture {
    RoomForTwo() : ServiceFixture(with_room_for(2)) {}
};

struct InboxOfTwo : ServiceFixture {
    InboxOfTwo() : ServiceFixture(with_inbox(2)) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_service, ServiceFixture)

BOOST_AUTO_TEST_CASE(when_events_are_appended_then_the_outcome_says_where) {
    const auto first = append(numbered(2));
    const auto second = append(numbered(3), Expected::exactly(Version{2}));
    BOOST_TEST(!first.error);
    BOOST_TEST(second.appended.first_version == Version{3});
    BOOST_TEST(second.appended.version == Version{5});
    BOOST_TEST(second.appended.position == Position{5});
}

BOOST_AUTO_TEST_CASE(when_the_expected_version_is_stale_then_the_current_one_is_told) {
    append(numbered(2));
    const auto outcome = append(numbered(1), Expected::exactly(Version{1}));
    BOOST_TEST(outcome.error == storage_errc::wrong_version);
    BOOST_TEST(outcome.conflict.current_version == Version{2});
    BOOST_TEST(service->stats().conflicts == 1u);
}

BOOST_AUTO_TEST_CASE(when_there_are_no_events_then_it_is_a_bad_request) {
    BOOST_TEST(append({}).error == actor_errc::bad_request);
    BOOST_TEST(run(service->append({name, Expected::any(), nullptr})).error ==
               actor_errc::bad_request);
}

BOOST_AUTO_TEST_CASE(when_a_transaction_names_a_stream_twice_then_it_is_a_bad_request) {
    auto twice = transaction({appending(name, numbered(1)), appending(name, numbered(1))});
    BOOST_TEST(run(service->transact(std::move(twice))).error == actor_errc::bad_request);
    BOOST_TEST(run(service->transact(Transaction{})).error == actor_errc::bad_request);
}

BOOST_AUTO_TEST_CASE(when_appends_of_one_stream_overlap_then_they_keep_their_order_in_few_groups) {
    store->hold();
    auto first = start_append(numbered(1));
    store->wait_until_held();
    std::vector<Pending<AppendOutcome>> rest;
    for (std::uint64_t version = 1; version != 50; ++version) {
        rest.push_back(start_append(numbered(1), Expected::exactly(Version{version})));
    }
    store->release();
    BOOST_TEST(!first.get().error);
    Version expected{1};
    for (auto& append : rest) {
        const auto outcome = append.get();
        expected = expected.next();
        BOOST_TEST(!outcome.error);
        BOOST_TEST(outcome.appended.version == expected);
    }
    BOOST_TEST(store->commits() == 2u);
}

BOOST_AUTO_TEST_CASE(when_a_commit_fails_then_every_append_of_the_group_hears_of_it) {
    append(numbered(1));
    store->fail_with(storage_errc::disk_full);
    store->hold();
    auto first = start_append(numbered(1));
    auto second = start_append(numbered(1));
    store->release();
    BOOST_TEST(first.get().error == storage_errc::disk_full);
    BOOST_TEST(second.get().error == storage_errc::disk_full);
    BOOST_TEST(state()->version == Version{1});

    store->fail_with({});
    BOOST_TEST(append(numbered(1)).appended.version == Version{2});
    BOOST_TEST(state()->version == Version{2});
}

BOOST_AUTO_TEST_CASE(when_a_failed_sync_was_durable_after_all_then_the_state_shows_what_is_stored) {
    append({patch(R"({"a":1})")});
    BOOST_TEST(state_text() == R"({"a":1})");
    store->fail_after_with(storage_errc::io_failed);
    BOOST_TEST(append({patch(R"({"b":2})")}).error == storage_errc::io_failed);
    store->fail_after_with({});
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(state_text() == R"({"a":1,"b":2})");
}

BOOST_AUTO_TEST_CASE(when_client_ids_are_repeated_then_the_original_outcome_comes_back) {
    const auto original = append({client_event(1), client_event(2)});
    append(numbered(1));
    const auto repeat = append({client_event(1), client_event(2)}, Expected::none());
    BOOST_TEST(!repeat.error);
    BOOST_TEST(repeat.appended.replayed);
    BOOST_TEST(repeat.appended.version == original.appended.version);
    BOOST_TEST(state()->version == Version{3});
    BOOST_TEST(service->stats().replays == 1u);
    BOOST_TEST(service->stats().events_appended == 3u);
}

BOOST_AUTO_TEST_CASE(when_a_wait_is_cancelled_then_it_ends_and_the_append_goes_on) {
    boost::asio::cancellation_signal cancel;
    std::optional<error_code> ended;
    store->hold();
    boost::asio::co_spawn(io, service->append({name, Expected::any(), encode(numbered(1))}),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](std::exception_ptr, const AppendOutcome& outcome) {
                                  ended = outcome.error;
                              }));
    io.poll();
    store->wait_until_held();
    cancel.emit(boost::asio::cancellation_type::terminal);
    io.poll();
    BOOST_TEST(ended.has_value());
    BOOST_TEST(*ended == make_error_code(boost::asio::error::operation_aborted));

    store->release();
    BOOST_TEST(append(numbered(1)).appended.version == Version{2});
    cancel.emit(boost::asio::cancellation_type::terminal);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_room_for_two_waiting_appends, RoomForTwo)

BOOST_AUTO_TEST_CASE(when_a_third_comes_then_it_is_refused_at_once_and_the_two_are_answered) {
    store->hold();
    auto first = start_append(numbered(1));
    auto second = start_append(numbered(1));
    auto third = start_append(numbered(1));
    BOOST_TEST(third.done());
    BOOST_TEST(third.get().error == actor_errc::overloaded);
    BOOST_TEST(service->stats().queue_waiting == 2u);
    store->release();
    BOOST_TEST(!first.get().error);
    BOOST_TEST(!second.get().error);
    BOOST_TEST(!append(numbered(1)).error);
    BOOST_TEST(service->stats().overloads == 1u);
    BOOST_TEST(service->stats().queue_waiting == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_an_inbox_of_two_calls, InboxOfTwo)

BOOST_AUTO_TEST_CASE(when_one_stream_has_two_in_flight_then_only_its_third_is_refused) {
    store->hold();
    auto first = start_append(numbered(1));
    auto second = start_append(numbered(1));
    auto third = start_append(numbered(1));
    auto read = start(service->state(name, std::nullopt));
    auto other = start(service->append({{"account", "other"}, {}, encode(numbered(1))}));
    BOOST_TEST(third.get().error == actor_errc::overloaded);
    BOOST_TEST(read.get().error().error == actor_errc::overloaded);
    store->release();
    BOOST_TEST(!first.get().error);
    BOOST_TEST(!second.get().error);
    BOOST_TEST(!other.get().error);
    BOOST_TEST(append(numbered(1)).appended.version == Version{3});
}

BOOST_AUTO_TEST_SUITE_END()
