// Writes that come and go while a turn is under way.
#include "actors/service.hpp"
#include "tests/actors/counting_engine.hpp"
#include "tests/actors/printing.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/actors/two_threads.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <optional>

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

struct HookedTurns : TwoThreads {
    HookedTurns() : TwoThreads(unhurried()) { service.register_decider(name.category, engine, 1); }

    awaitable<CommandOutcome> execute(std::string type) {
        Command command;
        command.type = std::move(type);
        return service.execute(CommandRequest(name, std::move(command)));
    }
    awaitable<AppendOutcome> append() {
        return service.append({name, Expected::any(), encode({TestEvent{}})});
    }

    std::shared_ptr<CountingEngine> engine = std::make_shared<CountingEngine>();
    StreamName name{"counter", "1"};
    boost::asio::io_context side{1};  // of the write alone, so that a hook can wait for it
    std::future<AppendOutcome> written;
    std::promise<void> second_turn_began;
    std::optional<CommandOutcome> counted;
};

awaitable<void> count(HookedTurns& test) {
    test.counted = co_await test.execute("Count");
}

// The write waits behind the first command, so it need not wait behind the second; it starts when
// the first was answered, and by then the second one's turn has begun.
awaitable<void> race(HookedTurns& test) {
    test.engine->in_decide = [&test] {
        test.written = boost::asio::co_spawn(test.side, test.append(), boost::asio::use_future);
        test.side.poll();
    };
    const auto refused = co_await test.execute("Refuse");
    BOOST_TEST(refused.error == actor_errc::command_rejected);
    test.engine->before_decide = [&test] {
        test.second_turn_began.set_value();
        test.side.run();
    };
    test.spawn(count(test));
    // Here still inside the first turn, whose last act is to start the write.
    const auto began = test.second_turn_began.get_future().wait_for(std::chrono::seconds{30});
    BOOST_TEST((began == std::future_status::ready));
}

struct HookedService : ServiceFixture {
    explicit HookedService(const ServiceConfig& config = unhurried()) : ServiceFixture(config) {
        service->register_decider(name.category, engine, 1);
    }

    // Begun and answered while the next turn writes the state.
    void append_while_the_state_is_written(std::vector<TestEvent> events) {
        engine->in_write_json = [this, events = std::move(events)] {
            Pending<AppendOutcome> pending(
                io, service->append({name, Expected::any(), encode(events)}));
            while (!pending.done()) {
                io.poll();  // the turn around this is a handler of it
            }
            appended = pending.get();
        };
    }
    [[nodiscard]] std::vector<std::uint64_t> snapshot_versions() {
        while (service->stats().snapshots.due != 0) {
            io.restart();
            io.run_one();
        }
        std::vector<std::uint64_t> versions;
        const auto list = store->memory().snapshots().list(name);
        for (std::size_t i = 0; list && i != list->size(); ++i) {
            versions.push_back((*list)[i].version.value());
        }
        return versions;
    }

    std::shared_ptr<CountingEngine> engine = std::make_shared<CountingEngine>();
    std::optional<AppendOutcome> appended;
};

struct SnapshotsEveryTwo : HookedService {
    SnapshotsEveryTwo() : HookedService(unhurried({.snapshots = {.every = 2, .keep = 9}})) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_turn_that_has_a_command_to_decide, HookedTurns)

BOOST_AUTO_TEST_CASE(when_a_write_gets_in_before_it_decides_then_it_decides_on_that) {
    spawn(race(*this));
    run();
    BOOST_REQUIRE(written.valid());
    BOOST_REQUIRE(counted);
    const auto write = written.get();
    BOOST_TEST(!write.error);
    BOOST_TEST(write.appended.version == Version{1});
    BOOST_TEST(!counted->error);
    BOOST_TEST(counted->appended.version == Version{2});
    BOOST_TEST(service.stats().conflicts == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_turn_that_answers_a_state, HookedService)

BOOST_AUTO_TEST_CASE(when_an_append_fails_and_is_durable_all_the_same_then_no_state_is_remembered) {
    append({TestEvent{}});
    store->fail_after_with(storage_errc::io_failed);
    append_while_the_state_is_written({TestEvent{}});
    BOOST_TEST(state_text() == "1");
    BOOST_REQUIRE(appended);
    BOOST_TEST(appended->error == storage_errc::io_failed);
    BOOST_TEST(cached_text() == "");
    BOOST_TEST(state_text() == "2");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_turn_that_takes_a_snapshot, SnapshotsEveryTwo)

BOOST_AUTO_TEST_CASE(when_an_append_reaches_the_next_one_then_that_is_taken_too) {
    append_while_the_state_is_written({TestEvent{}, TestEvent{}});
    append({TestEvent{}, TestEvent{}});
    BOOST_TEST(snapshot_versions() == (std::vector<std::uint64_t>{2, 4}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(appended);
    BOOST_TEST(!appended->error);
}

BOOST_AUTO_TEST_SUITE_END()
