#include "tests/actors/service_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

BOOST_FIXTURE_TEST_SUITE(given_a_feed_of_two_events, ServiceFixture)

BOOST_AUTO_TEST_CASE(when_the_head_is_past_what_was_seen_then_the_wait_ends_at_once) {
    append(numbered(2));
    BOOST_TEST(run(service->wait_past(Position{1}, std::chrono::hours(1))) == Position{2});
}

BOOST_AUTO_TEST_CASE(when_an_event_is_appended_then_all_who_wait_for_it_wake) {
    append(numbered(2));
    auto first = start(service->wait_past(Position{2}, std::chrono::hours(1)));
    auto second = start(service->wait_past(Position{2}, std::chrono::hours(1)));
    auto patient = start(service->wait_past(Position{3}, std::chrono::hours(1)));
    append(numbered(1));
    BOOST_TEST(first.get() == Position{3});
    BOOST_TEST(second.get() == Position{3});
    BOOST_TEST(!patient.done());
    append(numbered(1));
    BOOST_TEST(patient.get() == Position{4});
}

BOOST_AUTO_TEST_CASE(when_the_time_is_up_then_the_wait_ends_with_what_there_is) {
    append(numbered(2));
    BOOST_TEST(run(service->wait_past(Position{2}, std::chrono::milliseconds(1))) == Position{2});
    BOOST_TEST(run(service->wait_past(Position{2}, std::chrono::milliseconds(0))) == Position{2});
}

BOOST_AUTO_TEST_CASE(when_the_wait_is_cancelled_then_it_ends) {
    boost::asio::cancellation_signal cancel;
    bool ended = false;
    boost::asio::co_spawn(
        io, service->wait_past(Position{2}, std::chrono::hours(1)),
        boost::asio::bind_cancellation_slot(
            cancel.slot(), [&ended](std::exception_ptr, Position) { ended = true; }));
    io.poll();
    cancel.emit(boost::asio::cancellation_type::terminal);
    io.poll();
    BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(when_the_service_stops_then_the_wait_ends) {
    auto waiting = start(service->wait_past(Position{2}, std::chrono::hours(1)));
    service->stop();
    BOOST_TEST(waiting.get() == Position{0});
}

BOOST_AUTO_TEST_SUITE_END()
