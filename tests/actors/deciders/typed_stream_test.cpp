// A C++ decider from end to end: typed commands in, typed events and states out, the same for
// whoever comes with JSON.
#include "actors/typed_stream.hpp"

#include "tests/actors/service_fixture.hpp"
#include "tests/support/account.hpp"
#include "tests/support/file_history.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace firn {

using test::Account;

namespace {

// One struct for each: all that TypedStream needs besides what Account shows.
struct Meter {
    struct State {
        double level = 0;
        std::vector<std::string> notes;
    };
    struct Event {
        static constexpr std::string_view type = "Measured";
        double level = 0;
        std::string note;
    };
    struct Command {
        static constexpr std::string_view type = "Measure";
        double level = 0;
        std::string note;
    };
    static State initial() { return {}; }
    static State evolve(State state, const Event& event) {
        if (event.level < 0) {
            throw std::range_error("a negative level");
        }
        state.level = event.level;
        state.notes.push_back(event.note);
        return state;
    }
    static std::vector<Event> decide(const State& state, const Command& command) {
        if (command.level == state.level) {
            return {};
        }
        if (command.level > 100) {
            throw Rejected("the tank is not that high");
        }
        if (command.level == 13) {
            throw std::logic_error("unlucky");
        }
        return {{state.level + (command.level - state.level) / 2, "on the way"},
                {command.level, command.note}};
    }
};
BOOST_DESCRIBE_STRUCT(Meter::State, (), (level, notes))
BOOST_DESCRIBE_STRUCT(Meter::Event, (), (level, note))
BOOST_DESCRIBE_STRUCT(Meter::Command, (), (level, note))

template <class D>
struct Registered : test::ServiceFixture {
    Registered() { service->register_decider<D>(name.category); }

    TypedStream<D> stream() { return service->stream<D>(name.category, name.id); }
    ExecuteResult<D> execute(typename TypedStream<D>::Command command,
                             std::optional<EventId> id = std::nullopt) {
        return run(stream().execute(command, id));
    }
    TypedState<D> typed_state(std::optional<Version> version = std::nullopt) {
        auto result = run(stream().state(version));
        BOOST_REQUIRE(result.has_value());
        return std::move(*result);
    }
    CommandOutcome execute_json(std::string type, std::string data) {
        Command command;
        command.type = std::move(type);
        command.data = std::move(data);
        return run(service->execute(CommandRequest(name, std::move(command))));
    }
};

// As an embedder would write it: the stream's name and the commands' types, nothing else.
boost::asio::awaitable<std::int64_t> open_and_pay(Service& service) {
    const auto account = service.stream<Account>("account", "of ann");
    const Account::Open open{"Ann, whose name is too long for the buffer of a short string"};
    const auto opened = co_await account.execute(open);
    BOOST_REQUIRE(opened);
    BOOST_REQUIRE((co_await account.execute(Account::Deposit{50})).has_value());
    const auto paid = (co_await account.execute(Account::Withdraw{20})).value();
    BOOST_TEST(paid.version == Version{3});
    const auto now = co_await account.state();
    BOOST_REQUIRE(now);
    BOOST_TEST(now->state.owner == open.owner);
    co_return now->state.balance;
}

struct OpenAccount : Registered<Account> {
    OpenAccount() {
        BOOST_REQUIRE(execute(Account::Open{"ann"}));
        BOOST_REQUIRE(execute(Account::Deposit{100}));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_registered_account, OpenAccount)

BOOST_AUTO_TEST_CASE(when_a_command_is_executed_then_its_events_and_the_version_come_back) {
    const auto done = execute(Account::Withdraw{30});
    BOOST_REQUIRE(done);
    BOOST_TEST(done->version == Version{3});
    BOOST_TEST(done->first_version == Version{3});
    BOOST_TEST(!done->replayed);
    BOOST_CHECK(done->events == std::vector<Account::Event>{Account::Withdrawn{30}});
}

BOOST_AUTO_TEST_CASE(when_the_state_is_read_then_it_is_typed_at_every_version) {
    const auto now = typed_state();
    BOOST_TEST(now.version == Version{2});
    BOOST_CHECK(now.state == (Account::State{"ann", 100, true}));
    BOOST_CHECK(typed_state(Version{1}).state == (Account::State{"ann", 0, true}));
    BOOST_CHECK(typed_state(Version{0}).state == Account::initial());
    const auto past = run(stream().state(Version{3}));
    BOOST_REQUIRE(!past);
    BOOST_TEST(past.error().error == storage_errc::version_not_found);
    BOOST_TEST(past.error().current_version == Version{2});
}

BOOST_AUTO_TEST_CASE(when_a_command_is_rejected_then_the_rejection_is_typed_and_nothing_happens) {
    const auto refused = execute(Account::Withdraw{101});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().error == actor_errc::command_rejected);
    BOOST_REQUIRE(refused.error().rejection.has_value());
    BOOST_CHECK(*refused.error().rejection == (Account::Rejection{Account::Why::overdrawn, 100}));
    BOOST_TEST(refused.error().reason == R"({"why":"overdrawn","balance":100})");
    BOOST_TEST(typed_state().version == Version{2});
    BOOST_CHECK_EXCEPTION(refused.value(), boost::system::system_error, [](const auto& thrown) {
        return thrown.code() == actor_errc::command_rejected &&
               std::string(thrown.what()).find("overdrawn") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(when_a_command_comes_as_json_then_it_meets_the_same_decider) {
    const auto outcome = execute_json("Withdraw", R"({"amount":40})");
    BOOST_TEST(!outcome.error);
    BOOST_TEST(outcome.appended.version == Version{3});
    BOOST_TEST(typed_state().state.balance == 60);
    const auto refused = execute_json("Withdraw", R"({"amount":61})");
    BOOST_TEST(refused.error == actor_errc::command_rejected);
    BOOST_TEST(refused.reason == R"({"why":"overdrawn","balance":60})");
    const auto unknown = execute_json("Close", "{}");
    BOOST_TEST(unknown.error == actor_errc::command_rejected);
    BOOST_TEST(unknown.reason.find("unknown command type \"Close\"") != std::string::npos);
    BOOST_TEST(state_text() == R"({"owner":"ann","balance":60,"open":true})");
    BOOST_TEST(state()->decider_kind == "native");
}

BOOST_AUTO_TEST_CASE(when_a_coroutine_talks_to_a_stream_then_it_reads_like_plain_code) {
    BOOST_TEST(run(open_and_pay(*service)) == 30);
}

BOOST_AUTO_TEST_CASE(when_many_withdraw_at_once_then_it_is_never_overdrawn) {
    std::vector<test::Pending<ExecuteResult<Account>>> pending;
    pending.reserve(30);
    for (int i = 0; i < 30; ++i) {
        pending.push_back(start(stream().execute(Account::Withdraw{7})));
    }
    int accepted = 0;
    for (auto& each : pending) {
        accepted += each.get() ? 1 : 0;
    }
    BOOST_TEST(accepted == 14);
    BOOST_TEST(typed_state().state.balance == 2);
    BOOST_TEST(typed_state().version == Version{16});
}

BOOST_AUTO_TEST_CASE(when_a_command_is_repeated_with_its_id_then_the_first_answer_comes_back) {
    const auto id = make_event_id();
    const auto first = execute(Account::Withdraw{60}, id);
    BOOST_REQUIRE(first);
    const auto again = execute(Account::Withdraw{60}, id);
    BOOST_REQUIRE(again);
    BOOST_TEST(again->replayed);
    BOOST_TEST(again->version == first->version);
    BOOST_CHECK(again->events == first->events);
    BOOST_TEST(typed_state().state.balance == 40);
}

BOOST_AUTO_TEST_CASE(when_events_are_appended_then_they_are_facts_and_nobody_decides) {
    const std::vector<Account::Event> overdraft{Account::Withdrawn{500}, Account::Deposited{1}};
    const auto appended = run(stream().append(overdraft, Expected::exactly(Version{2})));
    BOOST_REQUIRE(appended);
    BOOST_TEST(appended->first_version == Version{3});
    BOOST_TEST(appended->version == Version{4});
    BOOST_TEST(typed_state().state.balance == -399);

    const auto stale = run(stream().append(overdraft, Expected::exactly(Version{2})));
    BOOST_REQUIRE(!stale);
    BOOST_TEST(stale.error().error == storage_errc::wrong_version);
    BOOST_TEST(stale.error().conflict.current_version == Version{4});
    BOOST_CHECK_THROW(stale.value(), boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(when_a_stored_event_is_none_of_its_own_then_states_and_commands_say_so) {
    append({{.type = "Closed"}});
    const auto failed = run(stream().state());
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::fold_failed);
    BOOST_REQUIRE(failed.error().fold.has_value());
    BOOST_TEST(failed.error().fold->version == Version{3});
    BOOST_TEST(failed.error().fold->reason.find("unknown event type \"Closed\"") !=
               std::string::npos);
    const auto command = execute(Account::Deposit{1});
    BOOST_REQUIRE(!command);
    BOOST_TEST(command.error().error == actor_errc::fold_failed);
    BOOST_TEST(command.error().reason.find("unknown event type \"Closed\"") != std::string::npos);
    BOOST_TEST(!command.error().rejection.has_value());
}

BOOST_AUTO_TEST_CASE(when_another_type_looks_at_the_stream_then_it_is_told) {
    const auto meter = run(service->stream<Meter>("account", "42").state());
    BOOST_REQUIRE(!meter);
    BOOST_TEST(meter.error().error == actor_errc::fold_failed);
    BOOST_TEST(meter.error().fold->reason.find("does not convert") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {
struct RegisteredMeter : Registered<Meter> {};
}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_registered_meter, RegisteredMeter)

BOOST_AUTO_TEST_CASE(when_several_events_are_decided_then_all_come_back_in_order) {
    const Meter::Command fill{10, "a note that is too long for the buffer of a short string"};
    const auto done = execute(fill);
    BOOST_REQUIRE(done);
    BOOST_TEST(done->first_version == Version{1});
    BOOST_TEST(done->version == Version{2});
    BOOST_REQUIRE(done->events.size() == 2u);
    BOOST_TEST(done->events[0].level == 5);
    BOOST_TEST(done->events[1].note == fill.note);
    BOOST_TEST(typed_state().state.notes.back() == fill.note);
}

BOOST_AUTO_TEST_CASE(when_nothing_is_decided_then_the_version_stays) {
    BOOST_REQUIRE(execute({10, "up"}));
    const auto done = execute({10, "again"});
    BOOST_REQUIRE(done);
    BOOST_TEST(done->events.empty());
    BOOST_TEST(done->version == Version{2});
    BOOST_TEST(done->first_version == Version{3});
}

BOOST_AUTO_TEST_CASE(when_decide_throws_rejected_then_there_are_words_and_no_object) {
    const auto refused = execute({101, ""});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().error == actor_errc::command_rejected);
    BOOST_TEST(refused.error().reason == "the tank is not that high");
    BOOST_TEST(!refused.error().rejection.has_value());
}

BOOST_AUTO_TEST_CASE(when_decide_breaks_then_the_stream_goes_on) {
    const auto broken = execute({13, ""});
    BOOST_REQUIRE(!broken);
    BOOST_TEST(broken.error().error == actor_errc::fold_failed);
    BOOST_TEST(broken.error().reason.find("unlucky") != std::string::npos);
    BOOST_TEST(execute({12, ""}).has_value());
}

BOOST_AUTO_TEST_CASE(when_evolve_breaks_on_a_fact_then_the_reason_is_told) {
    const std::vector<Meter::Event> facts{{-1, "leak"}};
    BOOST_REQUIRE(run(stream().append(facts)));
    const auto broken = execute({12, ""});
    BOOST_REQUIRE(!broken);
    BOOST_TEST(broken.error().error == actor_errc::fold_failed);
    BOOST_TEST(broken.error().reason.find("a negative level") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_an_event_has_no_json_then_nothing_is_appended) {
    const std::vector<Meter::Event> facts{{1, "fine"},
                                          {std::numeric_limits<double>::infinity(), "not"}};
    const auto refused = run(stream().append(facts));
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().error == actor_errc::bad_request);
    BOOST_TEST(refused.error().reason.find("event 1, a \"Measured\"") != std::string::npos);
    BOOST_TEST(refused.error().reason.find("not finite") != std::string::npos);
    BOOST_TEST(run(stream().state()).error().error == storage_errc::stream_not_found);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {
struct RegisteredHistory : Registered<test::FileHistory> {};
}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_decider_without_commands, RegisteredHistory)

BOOST_AUTO_TEST_CASE(when_its_events_are_appended_then_the_state_is_typed) {
    const std::vector<test::FileHistory::Event> changes{
        test::FileHistory::LinesChanged{"c1", "2004-06-13T13:18:32+00:00", "bram", 10, 2},
        test::FileHistory::BinaryChanged{"c2", "2004-06-13T13:18:33+00:00", "ann"}};
    BOOST_REQUIRE(run(stream().append(changes, Expected::none())));
    const auto history = typed_state();
    BOOST_TEST(history.state.changes == 2u);
    BOOST_TEST(history.state.lines == 8);
    BOOST_TEST(history.state.authors.size() == 2u);
    BOOST_TEST(history.state.last_commit == "c2");
}

BOOST_AUTO_TEST_CASE(when_a_command_comes_as_json_then_there_is_no_decide) {
    BOOST_TEST(execute_json("Change", "{}").error == actor_errc::no_decide);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
