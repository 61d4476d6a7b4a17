// Subscriptions as an embedder has them.
#include "actors/subscriptions/subscription_registry.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

struct Subscribed : ServiceFixture {
    Subscribed() {
        append(numbered(3));
        const auto outcome = run(service->set_subscription("a", SubscriptionSettings()));
        BOOST_TEST(outcome.created);
    }
    void restart() {
        service->stop();
        service = std::make_unique<Service>(io.get_executor(), ServiceConfig{},
                                            std::make_unique<ScriptedStore>(store));
    }
    [[nodiscard]] std::size_t unread() const {
        return service->subscription("a")
            ->read(service->store(), 100, 1u << 20, 100)
            ->feed.events.size();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_service_with_a_subscription, Subscribed)

BOOST_AUTO_TEST_CASE(when_it_acknowledges_and_starts_again_then_the_rest_comes_again) {
    BOOST_TEST(unread() == 3u);
    BOOST_TEST(run(service->acknowledge("a", Position{2})).checkpoint == Position{2});
    BOOST_TEST(unread() == 1u);
    restart();
    BOOST_TEST(unread() == 1u);
    const auto stats = service->stats();
    BOOST_TEST(stats.subscriptions == 1u);
    BOOST_TEST(stats.acknowledgements == 0u);
}

BOOST_AUTO_TEST_CASE(when_its_stream_is_deleted_after_all_was_searched_then_the_stand_in_comes) {
    SubscriptionSettings rare;
    rare.types = {"Rare"};
    BOOST_TEST(!run(service->set_subscription("a", rare)).error);
    BOOST_TEST(unread() == 0u);
    BOOST_TEST(!run(service->delete_stream(name, Expected::any())).error);
    BOOST_TEST(unread() == 1u);
}

BOOST_AUTO_TEST_CASE(when_a_wait_is_cancelled_then_the_acknowledgement_goes_on) {
    store->documents().hold();
    boost::asio::cancellation_signal cancel;
    error_code told;
    boost::asio::co_spawn(io, service->acknowledge("a", Position{2}),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&told](std::exception_ptr, SubscriptionOutcome got) {
                                  told = got.error;
                              }));
    io.restart();
    io.poll();
    cancel.emit(boost::asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    BOOST_TEST(told == boost::asio::error::operation_aborted);
    store->documents().release();
    BOOST_TEST(service->subscription("a")->view().checkpoint == Position{2});
}

BOOST_AUTO_TEST_CASE(when_the_service_stops_while_one_is_written_then_it_is_answered) {
    store->documents().hold();
    auto waiting = start(service->acknowledge("a", Position{2}));
    auto behind = start(service->acknowledge("a", Position{3}));
    BOOST_TEST(!waiting.done());
    service->stop();
    io.restart();
    BOOST_TEST(waiting.get().error == storage_errc::closed);
    BOOST_TEST(behind.get().error == storage_errc::closed);
    BOOST_TEST(run(service->acknowledge("a", Position{3})).error == actor_errc::closed);
}

BOOST_AUTO_TEST_CASE(when_it_is_deleted_then_there_is_none) {
    BOOST_TEST(!run(service->delete_subscription("a")).error);
    BOOST_TEST(!service->subscription("a"));
    BOOST_TEST(run(service->delete_subscription("a")).error == actor_errc::subscription_not_found);
    BOOST_TEST(service->stats().subscriptions == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
