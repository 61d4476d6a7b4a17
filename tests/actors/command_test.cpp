// Commands: decided in the actor, without conflicts, idempotent by id.
#include "actors/commands/command_events.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

using namespace firn;
using namespace firn::test;

namespace {

constexpr const char* account = R"lua(
initial = {balance = 0}

function evolve(state, event)
  if event.type == "Deposited" then
    state.balance = state.balance + event.data.amount
  elseif event.type == "Withdrawn" then
    state.balance = state.balance - event.data.amount
  elseif event.type == "Poison" then
    error("poisoned")
  end
  return state
end

function decide(state, command)
  local amount = command.data.amount
  if command.type == "Deposit" then
    return {{type = "Deposited", data = {amount = amount}}}
  elseif command.type == "Withdraw" then
    if amount > state.balance then
      reject("only " .. state.balance .. " left")
    end
    return {{type = "Withdrawn", data = {amount = amount}}}
  elseif command.type == "Double" then
    return {{type = "Deposited", data = {amount = amount}},
            {type = "Deposited", data = {amount = amount}}}
  elseif command.type == "Fill" then
    local events = {}
    for i = 1, amount do
      events[i] = {type = "Filled", data = {text = string.rep("x", 950000)}}
    end
    return events
  elseif command.type == "Nothing" then
    return {}
  elseif command.type == "Poison" then
    return {{type = "Poison"}}
  elseif command.type == "Forge" then
    return {{type = "$deleted"}}
  elseif command.type == "Fail" then
    error("this decider gives up")
  end
  reject("no such command: " .. command.type)
end
)lua";

struct Account : ServiceFixture {
    explicit Account(const ServiceConfig& config = unhurried()) : ServiceFixture(config) {
        CategorySettings settings;
        settings.decider = DeciderSpec{.kind = "lua", .source = account, .name = {}};
        const auto outcome = run(service->set_category(name.category, settings));
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.invalid.reason);
    }

    static CommandRequest request(const StreamName& to, std::string type, int amount,
                                  std::optional<EventId> id = {}) {
        Command command;
        command.type = std::move(type);
        command.data = "{\"amount\":" + std::to_string(amount) + "}";
        return {to, std::move(command), id};
    }
    CommandOutcome execute(std::string type, int amount = 0, std::optional<EventId> id = {}) {
        return run(service->execute(request(name, std::move(type), amount, id)));
    }
    Pending<CommandOutcome> start_command(std::string type, int amount = 0,
                                          std::optional<EventId> id = {}) {
        return start(service->execute(request(name, std::move(type), amount, id)));
    }
    std::vector<std::string> types() {
        std::vector<std::string> found;
        const auto page = store->memory().read(name, {.limit = 100'000});
        if (page) {
            for (const auto& event : page->events) {
                found.emplace_back(event.type);
            }
        }
        return found;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_account_with_a_decider, Account)

BOOST_AUTO_TEST_CASE(when_a_command_is_accepted_then_its_events_are_appended) {
    const auto outcome = execute("Deposit", 50);
    BOOST_REQUIRE(!outcome.error);
    BOOST_TEST(outcome.appended.version == Version{1});
    BOOST_TEST(outcome.events->count() == 1u);
    BOOST_TEST(state_text() == R"({"balance":50})");
    BOOST_TEST(types() == std::vector<std::string>{"Deposited"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_command_is_rejected_then_the_reason_is_told_and_nothing_is_appended) {
    execute("Deposit", 20);
    const auto outcome = execute("Withdraw", 50);
    BOOST_TEST(outcome.error == actor_errc::command_rejected);
    BOOST_TEST(outcome.reason == "only 20 left");
    BOOST_TEST(types().size() == 1u);
}

BOOST_AUTO_TEST_CASE(when_a_command_decides_nothing_then_the_version_stays) {
    execute("Deposit", 20);
    const auto outcome = execute("Nothing");
    BOOST_TEST(!outcome.error);
    BOOST_TEST(!outcome.events);
    BOOST_TEST(outcome.appended.version == Version{1});
}

BOOST_AUTO_TEST_CASE(when_a_command_decides_two_events_then_they_are_one_append) {
    const auto outcome = execute("Double", 7);
    BOOST_TEST(outcome.appended.first_version == Version{1});
    BOOST_TEST(outcome.appended.version == Version{2});
    BOOST_TEST(store->commits() == 1u);
    BOOST_TEST(state_text() == R"({"balance":14})");
}

BOOST_AUTO_TEST_CASE(when_decide_fails_then_it_is_told_and_the_stream_goes_on) {
    const auto outcome = execute("Fail");
    BOOST_TEST(outcome.error == actor_errc::fold_failed);
    BOOST_TEST(outcome.fold->reason.find("gives up") != std::string::npos);
    BOOST_TEST(!execute("Deposit", 1).error);
}

BOOST_AUTO_TEST_CASE(when_the_decided_events_cannot_be_folded_then_they_are_not_appended) {
    execute("Deposit", 20);
    const auto outcome = execute("Poison");
    BOOST_TEST(outcome.error == actor_errc::fold_failed);
    BOOST_TEST(outcome.fold->reason.find("poisoned") != std::string::npos);
    BOOST_TEST(types().size() == 1u);
    BOOST_TEST(!execute("Deposit", 1).error);
    BOOST_TEST(state_text() == R"({"balance":21})");
}

BOOST_AUTO_TEST_CASE(when_a_decider_forges_a_type_of_the_server_then_nothing_is_appended) {
    const auto outcome = execute("Forge");
    BOOST_TEST(outcome.error == actor_errc::fold_failed);
    BOOST_TEST(outcome.fold->reason.find("begins with $") != std::string::npos);
    BOOST_TEST(types().empty());
}

BOOST_AUTO_TEST_CASE(when_a_large_command_is_repeated_then_all_its_events_come_again) {
    const auto first = execute("Fill", 8, id_number(1));
    BOOST_REQUIRE(!first.error);
    BOOST_TEST(first.events->count() == 8u);
    const auto again = execute("Fill", 8, id_number(1));
    BOOST_TEST(again.appended.replayed);
    BOOST_TEST(again.events->count() == 8u);
    BOOST_TEST(again.appended.version == Version{8});
}

BOOST_AUTO_TEST_CASE(when_decide_returns_more_than_an_append_may_bring_then_nothing_is_appended) {
    const auto outcome = execute("Fill", 12);
    BOOST_TEST(outcome.error == actor_errc::fold_failed);
    BOOST_TEST(outcome.reason.find("8388608 bytes") != std::string::npos);
    BOOST_TEST(types().empty());
}

BOOST_AUTO_TEST_CASE(when_the_category_has_no_decide_then_it_is_told) {
    const auto outcome = run(service->execute(request({"other", "1"}, "Deposit", 1)));
    BOOST_TEST(outcome.error == actor_errc::no_decide);
}

BOOST_AUTO_TEST_CASE(when_a_command_is_repeated_under_its_id_then_it_happened_once) {
    const auto first = execute("Double", 5, id_number(1));
    const auto again = execute("Double", 5, id_number(1));
    BOOST_TEST(!again.error);
    BOOST_TEST(again.appended.replayed);
    BOOST_TEST(again.appended.first_version == first.appended.first_version);
    BOOST_TEST(again.appended.version == first.appended.version);
    BOOST_TEST(again.appended.position == first.appended.position);
    BOOST_TEST(again.events->bytes() == first.events->bytes());
    BOOST_TEST(types().size() == 2u);
    BOOST_TEST(state_text() == R"({"balance":10})");
}

BOOST_AUTO_TEST_CASE(when_the_repeat_would_be_rejected_by_now_then_it_still_answers_as_before) {
    execute("Deposit", 50);
    execute("Withdraw", 50, id_number(9));
    const auto again = execute("Withdraw", 50, id_number(9));
    BOOST_TEST(!again.error);
    BOOST_TEST(again.appended.replayed);
}

BOOST_AUTO_TEST_CASE(when_the_same_id_comes_twice_at_a_time_then_it_happened_once) {
    execute("Deposit", 50);
    store->hold();
    auto in_flight = start_command("Withdraw", 10, id_number(3));
    store->wait_until_held();
    auto first = start_command("Withdraw", 10, id_number(4));
    auto second = start_command("Withdraw", 10, id_number(4));
    store->release();
    BOOST_TEST(!in_flight.get().error);
    const auto one = first.get();
    const auto two = second.get();
    BOOST_TEST(!one.error);
    BOOST_TEST(!two.error);
    BOOST_TEST(one.appended.replayed != two.appended.replayed);
    BOOST_TEST(state_text() == R"({"balance":30})");
}

BOOST_AUTO_TEST_CASE(when_many_commands_come_together_then_each_sees_what_those_before_it_left) {
    execute("Deposit", 100);
    store->hold();
    auto leading = start_command("Deposit", 0);
    store->wait_until_held();
    std::deque<Pending<CommandOutcome>> waiting;
    for (int i = 0; i != 15; ++i) {
        waiting.push_back(start_command("Withdraw", 10));
    }
    const auto commits = store->commits();
    store->release();
    BOOST_TEST(!leading.get().error);
    int accepted = 0;
    int rejected = 0;
    for (auto& pending : waiting) {
        const auto outcome = pending.get();
        accepted += outcome.error ? 0 : 1;
        rejected += outcome.error == actor_errc::command_rejected ? 1 : 0;
    }
    BOOST_TEST(accepted == 10);
    BOOST_TEST(rejected == 5);
    BOOST_TEST(state_text() == R"({"balance":0})");
    BOOST_TEST(store->commits() - commits <= 4u);  // in batches, not one by one
}

BOOST_AUTO_TEST_CASE(when_an_append_is_in_flight_then_a_command_decides_after_it) {
    store->hold();
    TestEvent deposit;
    deposit.type = "Deposited";
    deposit.data = R"({"amount":30})";
    auto append = start_append({deposit});
    store->wait_until_held();
    auto withdraw = start_command("Withdraw", 30);
    auto behind = start_append({deposit});
    store->release();
    BOOST_TEST(!append.get().error);
    BOOST_TEST(!withdraw.get().error);
    BOOST_TEST(!behind.get().error);
    const std::vector<std::string> expected{"Deposited", "Withdrawn", "Deposited"};
    BOOST_TEST(types() == expected, boost::test_tools::per_element());
    BOOST_TEST(state_text() == R"({"balance":30})");
}

BOOST_AUTO_TEST_CASE(when_a_state_is_asked_for_during_a_batch_then_it_is_a_durable_one) {
    execute("Deposit", 10);
    store->hold();
    auto deposit = start_command("Deposit", 5);
    store->wait_until_held();
    auto asked = start(service->state(name, {}));
    BOOST_TEST(!asked.done());
    store->release();
    BOOST_TEST(!deposit.get().error);
    BOOST_TEST(*asked.get()->json == R"({"balance":15})");
}

BOOST_AUTO_TEST_CASE(when_the_commit_fails_then_the_command_is_told_and_later_ones_see_the_truth) {
    execute("Deposit", 10);
    store->fail_with(storage_errc::disk_full);
    BOOST_TEST(execute("Deposit", 5).error == storage_errc::disk_full);
    store->fail_with({});
    BOOST_TEST(state_text() == R"({"balance":10})");
    const auto outcome = execute("Withdraw", 11);
    BOOST_TEST(outcome.error == actor_errc::command_rejected);
    BOOST_TEST(!execute("Withdraw", 10).error);
}

BOOST_AUTO_TEST_CASE(when_the_first_of_a_batch_fails_then_the_others_are_decided_again) {
    execute("Deposit", 10);
    store->hold();
    auto leading = start_command("Deposit", 5);
    store->wait_until_held();
    auto withdraw = start_command("Withdraw", 15);
    store->fail_with(storage_errc::disk_full);
    store->release();
    BOOST_TEST(leading.get().error == storage_errc::disk_full);
    store->fail_with({});
    // It was decided on 10, after the deposit was lost, or failed like it: never on 15.
    const auto outcome = withdraw.get();
    BOOST_TEST((outcome.error == actor_errc::command_rejected ||
                outcome.error == storage_errc::disk_full));
    BOOST_TEST(state_text() == R"({"balance":10})");
}

BOOST_AUTO_TEST_CASE(when_the_stream_was_deleted_then_commands_say_so) {
    execute("Deposit", 10);
    BOOST_REQUIRE(!run(service->delete_stream(name, Expected::any())).error);
    BOOST_TEST(execute("Deposit", 5).error == storage_errc::stream_deleted);
}

BOOST_AUTO_TEST_CASE(when_the_service_stops_then_waiting_commands_are_answered) {
    store->hold();
    auto leading = start_command("Deposit", 5);
    store->wait_until_held();
    auto waiting = start_command("Deposit", 5);
    auto stop = start(service->state(name, {}));
    store->release();
    service->stop();
    BOOST_TEST(!leading.get().error);
    const auto outcome = waiting.get();
    BOOST_TEST((!outcome.error || outcome.error == actor_errc::closed));
    (void)stop.get();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_commands_id)

BOOST_AUTO_TEST_CASE(when_event_ids_are_derived_then_they_are_uuids_that_differ_by_index) {
    const auto first = derived_event_id(id_number(7), 0);
    BOOST_TEST((first != derived_event_id(id_number(7), 1)));
    BOOST_TEST((first != derived_event_id(id_number(8), 0)));
    BOOST_TEST((first == derived_event_id(id_number(7), 0)));
    BOOST_TEST(std::to_integer<int>(first[6] >> 4) == 8);
    BOOST_TEST(std::to_integer<int>(first[8] >> 6) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
