// Transactions handed over together: one after another, each all or nothing by itself.
#include "tests/actors/service_fixture.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

using Outcomes = std::vector<TransactionOutcome>;

const StreamName a{"account", "a"};
const StreamName b{"account", "b"};

Transaction one(const StreamName& stream, std::size_t count, Expected expected = Expected::any()) {
    return transaction({appending(stream, numbered(count), expected)});
}

// "1 3 " for the last positions of those that were committed, "- " for the others.
std::string positions(const Outcomes& outcomes) {
    std::string text;
    for (const auto& outcome : outcomes) {
        text += outcome.error ? "-" : std::to_string(outcome.streams.front().position.value());
        text += ' ';
    }
    return text;
}

struct Together : ServiceFixture {
    explicit Together(const ServiceConfig& config = {}) : ServiceFixture(config) {}

    static ServiceConfig with_room_for(std::size_t appends) {
        ServiceConfig config;
        config.commit.waiting_max = appends;
        return config;
    }
    Outcomes all(std::vector<Transaction> transactions) {
        return run(service->transact_all(std::move(transactions)));
    }
    Pending<Outcomes> start_all(std::vector<Transaction> transactions) {
        return start(service->transact_all(std::move(transactions)));
    }
};

struct RoomForThree : Together {
    RoomForThree() : Together(with_room_for(3)) {}
};

struct WithCommands : Together {
    WithCommands() {
        CategorySettings settings;
        settings.decider = DeciderSpec{.kind = "lua",
                                       .source = R"lua(
initial = {}
function evolve(state, event) return state end
function decide(state, command) return {{type = command.type}} end
)lua",
                                       .name = {}};
        BOOST_REQUIRE(!run(service->set_category("account", settings)).error);
    }
    Pending<CommandOutcome> start_command(const StreamName& stream) {
        Command command;
        command.type = "Decided";
        command.data = "{}";
        return start(service->execute({stream, std::move(command), std::nullopt}));
    }
    std::string types(const StreamName& stream) {
        std::string text;
        const auto page = store->memory().read(stream, {});
        for (std::size_t i = 0; page && i != page->events.size(); ++i) {
            text.append(page->events[i].type).append(" ");
        }
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_several_transactions, Together)

BOOST_AUTO_TEST_CASE(when_they_are_handed_over_together_then_each_sees_those_before_it) {
    store->hold();
    auto pending = start_all({one(a, 2, Expected::none()), one(b, 1, Expected::none()),
                              one(a, 1, Expected::exactly(Version{2})),
                              transaction({appending(b, numbered(1)), appending(a, numbered(1))})});
    store->release();
    const auto outcomes = pending.get();
    BOOST_TEST(positions(outcomes) == "2 3 4 5 ");
    BOOST_TEST(outcomes[3].streams[1].position == Position{6});
    BOOST_TEST(outcomes[3].streams[1].version == Version{4});
    BOOST_TEST(store->commits() <= 2u);
}

BOOST_AUTO_TEST_CASE(when_there_are_none_then_there_are_no_outcomes) {
    BOOST_TEST(all({}).empty());
}

BOOST_AUTO_TEST_CASE(when_one_is_refused_then_the_others_are_committed) {
    const auto outcomes = all({one(a, 1), one(a, 1, Expected::none()), one(b, 1)});
    BOOST_TEST(positions(outcomes) == "1 - 2 ");
    BOOST_TEST(outcomes[1].error == storage_errc::wrong_version);
    BOOST_TEST(outcomes[1].conflicts.at(0).current_version == Version{1});
}

BOOST_AUTO_TEST_CASE(when_one_is_not_even_a_transaction_then_the_others_are_committed) {
    const auto outcomes = all({transaction({appending(a, numbered(1)), appending(a, numbered(1))}),
                               one(a, 1), Transaction{}, one(b, 1)});
    BOOST_TEST(positions(outcomes) == "- 1 - 2 ");
    BOOST_TEST(outcomes[0].error == actor_errc::bad_request);
    BOOST_TEST(outcomes[2].error == actor_errc::bad_request);
    BOOST_TEST(all({Transaction{}}).at(0).error == actor_errc::bad_request);
}

BOOST_AUTO_TEST_CASE(when_the_service_has_stopped_then_each_is_refused) {
    service->stop();
    const auto outcomes = all({one(a, 1), one(b, 1)});
    BOOST_REQUIRE(outcomes.size() == 2u);
    BOOST_TEST(outcomes[0].error == actor_errc::closed);
    BOOST_TEST(outcomes[1].error == actor_errc::closed);
}

BOOST_AUTO_TEST_CASE(when_the_store_fails_then_each_is_told) {
    store->fail_with(storage_errc::disk_full);
    for (const auto& outcome : all({one(a, 1), one(b, 1)})) {
        BOOST_TEST(outcome.error == storage_errc::disk_full);
    }
}

BOOST_AUTO_TEST_CASE(when_the_wait_is_cancelled_then_there_are_no_outcomes_and_all_goes_on) {
    boost::asio::cancellation_signal cancel;
    std::optional<Outcomes> ended;
    store->hold();
    boost::asio::co_spawn(io, service->transact_all({one(a, 1), one(b, 1)}),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](std::exception_ptr, const Outcomes& outcomes) {
                                  ended = outcomes;
                              }));
    io.poll();
    store->wait_until_held();
    cancel.emit(boost::asio::cancellation_type::terminal);
    io.poll();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(ended->empty());

    store->release();
    BOOST_TEST(positions(all({one(a, 1, Expected::exactly(Version{1}))})) == "3 ");
}

BOOST_AUTO_TEST_CASE(when_the_service_is_destroyed_meanwhile_then_all_are_answered) {
    store->hold();
    auto pending = start(service->transact_all({one(a, 1), one(b, 1)}));
    store->release();
    service.reset();
    BOOST_TEST(positions(pending.get()) == "1 2 ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_room_for_three_waiting_transactions, RoomForThree)

BOOST_AUTO_TEST_CASE(when_there_are_more_then_all_from_the_first_without_room_on_are_refused) {
    store->hold();
    auto pending = start(service->transact_all(
        {one(a, 1), one(b, 1), one(a, 1), one(a, 1), one(b, 1), Transaction{}}));
    BOOST_TEST(!pending.done());
    store->release();
    const auto outcomes = pending.get();
    BOOST_TEST(positions(outcomes) == "1 2 3 - - - ");
    BOOST_TEST(outcomes[3].error == actor_errc::overloaded);
    BOOST_TEST(outcomes[4].error == actor_errc::overloaded);
    BOOST_TEST(outcomes[5].error == actor_errc::bad_request);
    BOOST_TEST(positions(all({one(a, 1)})) == "4 ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_streams_with_commands, WithCommands)

BOOST_AUTO_TEST_CASE(when_commands_wait_then_a_transaction_stands_behind_them_and_is_answered) {
    store->hold();
    auto before = start(service->transact_all({one(a, 1)}));
    store->wait_until_held();
    auto command = start_command(a);
    auto pending = start(service->transact_all({one(a, 1), one(b, 1), one(a, 1)}));
    BOOST_TEST(!pending.done());
    store->release();
    BOOST_TEST(!before.get().at(0).error);
    BOOST_TEST(!command.get().error);
    for (const auto& outcome : pending.get()) {
        BOOST_TEST(!outcome.error);
    }
    BOOST_TEST(types(a) == "Happened Decided Happened Happened ");
    BOOST_TEST(types(b) == "Happened ");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct BeginsCompacted : Together {
    void declare() {
        CategorySettings settings;
        settings.decider = DeciderSpec{};
        BOOST_REQUIRE(!run(service->set_category(name.category, settings)).error);
    }
    Transaction start_at(std::uint64_t version, std::string state,
                         std::string kind = "merge_patch") {
        auto write = beginning(name, {.version = version, .state = std::move(state)});
        auto anchor = std::make_shared<Snapshot>(*write.anchor);
        anchor->facts.decider_kind = std::move(kind);
        write.anchor = std::move(anchor);
        return transaction({write});
    }
    error_code begin(Transaction transaction) { return all({std::move(transaction)}).at(0).error; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_shall_begin_compacted, BeginsCompacted)

BOOST_AUTO_TEST_CASE(when_it_was_looked_at_before_then_its_state_is_the_anchors_all_the_same) {
    declare();
    (void)run(service->state(name, std::nullopt));
    const auto outcomes = all({start_at(7, R"({"n":7})"), one(name, 1)});
    BOOST_TEST(positions(outcomes) == "1 2 ");
    const auto found = run(service->state(name, std::nullopt));
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->version == Version{8});
    BOOST_TEST(*found->json == R"({"n":1})");
    const auto anchored = run(service->state(name, Version{7}));
    BOOST_TEST_REQUIRE(anchored.has_value());
    BOOST_TEST(*anchored->json == R"({"n":7})");
}

BOOST_AUTO_TEST_CASE(when_the_state_is_no_state_of_the_category_then_it_does_not_begin) {
    BOOST_TEST(begin(start_at(7, "{}")) == actor_errc::decider_not_declared);
    declare();
    BOOST_TEST(begin(start_at(7, "{}", "lua")) == actor_errc::decider_not_declared);
    BOOST_TEST(begin(start_at(7, '"' + std::string(2u << 20, 'x') + '"')) ==
               storage_errc::too_large);
    BOOST_TEST(begin(start_at(0, "{}")) == actor_errc::bad_request);
    auto both = start_at(7, "{}");
    both.writes.push_back(appending(a, numbered(1)));
    BOOST_TEST(begin(both) == actor_errc::bad_request);
    BOOST_TEST(run(service->transact(start_at(7, "{}"))).error == actor_errc::bad_request);
    BOOST_TEST(!begin(start_at(7, "{}")));
}

BOOST_AUTO_TEST_CASE(when_it_has_begun_then_a_decider_without_migrate_cannot_take_over) {
    declare();
    BOOST_TEST(!begin(start_at(7, "{}")));
    CategorySettings settings;
    settings.decider = DeciderSpec{
        .kind = "lua", .source = "initial = {} function evolve(s, e) return s end", .name = {}};
    BOOST_TEST(run(service->set_category(name.category, settings)).error ==
               actor_errc::migration_needed);
}

BOOST_AUTO_TEST_SUITE_END()
