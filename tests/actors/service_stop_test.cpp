// Ends of a service: orderly, in the middle of work, and after its executor's context.
#include "tests/actors/service_fixture.hpp"

#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>

using namespace firn;
using namespace firn::test;

namespace {

boost::asio::awaitable<bool> stop_and_say_so(Service& service) {
    co_await service.async_stop();
    co_return true;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_service_that_stops, ServiceFixture)

BOOST_AUTO_TEST_CASE(when_it_is_idle_then_async_stop_returns_and_the_context_runs_out_of_work) {
    append(numbered(1));
    state();
    auto stopped = start(stop_and_say_so(*service));
    BOOST_TEST(stopped.get());
    io.run();
    BOOST_TEST(run(stop_and_say_so(*service)));
}

BOOST_AUTO_TEST_CASE(when_appends_are_in_flight_then_each_is_answered_before_it_has_stopped) {
    store->hold();
    std::vector<Pending<AppendOutcome>> appends;
    for (int i = 0; i != 10; ++i) {
        appends.push_back(start_append(numbered(1)));
    }
    store->wait_until_held();
    auto stopped = start(stop_and_say_so(*service));
    auto late = start_append(numbered(1));
    BOOST_TEST(late.get().error == actor_errc::closed);
    BOOST_TEST(!stopped.done());
    store->release();
    BOOST_TEST(stopped.get());
    for (auto& pending : appends) {
        BOOST_TEST(!pending.get().error);
    }
}

BOOST_AUTO_TEST_CASE(when_it_has_stopped_then_every_call_says_closed) {
    append(numbered(1));
    service->stop();
    service->stop();
    BOOST_TEST(append(numbered(1)).error == actor_errc::closed);
    BOOST_TEST(state().error().error == actor_errc::closed);
    BOOST_TEST(state(Version{1}).error().error == actor_errc::closed);
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(run(service->delete_stream(name, Expected::any())).error == actor_errc::closed);
    BOOST_TEST(run(service->wait_past(Position{9}, std::chrono::hours(1))) == Position{1});
    BOOST_TEST(service->store().head_version(name).error() == storage_errc::closed);
    BOOST_TEST(!service->stats().store.accepting);
}

BOOST_AUTO_TEST_CASE(when_it_is_destroyed_with_answers_on_their_way_then_they_still_arrive) {
    store->hold();
    auto pending = start_append(numbered(1));
    auto read = start(service->state(name, std::nullopt));
    store->release();
    service.reset();
    BOOST_TEST(!pending.get().error);
    BOOST_TEST(!read.get().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_context_that_ends_before_its_service)

BOOST_AUTO_TEST_CASE(when_calls_of_every_kind_wait_then_their_coroutines_end_with_it) {
    const auto store = std::make_shared<StoreScript>();
    auto io = std::make_unique<boost::asio::io_context>(1);
    Service service(boost::asio::make_strand(*io), ServiceConfig{},
                    std::make_unique<ScriptedStore>(store));
    const StreamName name{"account", "42"};
    const auto witness = std::make_shared<int>();
    const auto keep = [witness](auto&&...) {};
    store->hold();
    boost::asio::co_spawn(*io, service.append({name, {}, encode(numbered(1))}), keep);
    boost::asio::co_spawn(*io, service.append({name, {}, encode(numbered(1))}), keep);
    boost::asio::co_spawn(*io, service.state(name, std::nullopt), keep);
    boost::asio::co_spawn(*io, service.wait_past(Position{5}, std::chrono::hours(1)), keep);
    boost::asio::co_spawn(*io, service.async_stop(), keep);
    io->poll_one();
    io->poll_one();
    store->wait_until_held();
    io->poll();
    std::thread releases([store] { store->release(); });
    io.reset();
    releases.join();
    BOOST_TEST(witness.use_count() == 2);  // this test's, and that of `keep`
    service.stop();
}

BOOST_AUTO_TEST_CASE(when_answers_were_posted_but_not_run_then_they_end_with_it) {
    auto io = std::make_unique<boost::asio::io_context>(1);
    Service service(io->get_executor(), ServiceConfig{}, make_memory_store());
    const auto witness = std::make_shared<int>();
    const auto keep = [witness](auto&&...) {};
    const StreamName name{"account", "42"};
    boost::asio::co_spawn(*io, service.append({name, {}, encode(numbered(1))}), keep);
    io->poll();
    service.stop();
    io.reset();
    BOOST_TEST(witness.use_count() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_configuration)

BOOST_AUTO_TEST_CASE(when_a_field_is_out_of_bounds_then_the_message_names_it) {
    const auto message_of = [](const ServiceConfig& config) -> std::string {
        try {
            config.validate();
        } catch (const std::invalid_argument& refused) {
            return refused.what();
        }
        return "";
    };
    ServiceConfig config;
    BOOST_TEST(message_of(config) == "");
    config.commit.waiting_max = 0;
    BOOST_TEST(message_of(config) == "commit.waiting_max must be positive");
    config = {};
    config.actors.inbox_max = 0;
    BOOST_TEST(message_of(config) == "actors.inbox_max must be positive");
    config = {};
    config.commit.group_bytes_max = config.store.segment_bytes;
    BOOST_TEST(message_of(config).starts_with("commit.group_bytes_max must be smaller"));
}

BOOST_AUTO_TEST_SUITE_END()
