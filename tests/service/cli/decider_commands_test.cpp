// The commands that are about deciders: command, snapshots, categories, advise.
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {

using test::contains;

namespace {

constexpr char account[] = R"lua(
initial = {balance = 0}
function evolve(state, event)
  local amount = event.data.amount
  state.balance = state.balance + (event.type == "Deposited" and amount or -amount)
  return state
end
function decide(state, command)
  local amount = command.data.amount
  if command.type == "Deposit" then
    return amount > 0 and {{type = "Deposited", data = {amount = amount}}} or {}
  end
  if amount > state.balance then
    reject("only " .. state.balance .. " left")
  end
  return {{type = "Withdrawn", data = {amount = amount}, metadata = command.metadata}}
end
)lua";

struct Accounts : test::ServedProgram {
    Accounts() {
        const auto set = server.run({"categories", "set", "account", "--lua", write(account)});
        BOOST_TEST(
            set.output ==
            "category account: decider lua, revision 2; a snapshot every 100 events, 2 kept\n");
    }
    test::Ended command(const char* type, int amount,
                        const std::vector<std::string>& rest = {}) const {
        std::vector<std::string> arguments{"command",
                                           "account",
                                           "42",
                                           "--type",
                                           type,
                                           "--data",
                                           "{\"amount\":" + std::to_string(amount) + "}"};
        arguments.insert(arguments.end(), rest.begin(), rest.end());
        return server.run(arguments);
    }
    std::string settings() const {
        return server.run({"categories", "show", "account", "--json"}).output;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_decider_on_a_server, Accounts)

BOOST_AUTO_TEST_CASE(when_commands_are_sent_then_what_became_of_each_is_told) {
    const auto accepted = command("Deposit", 50);
    BOOST_TEST(accepted.code == 0);
    BOOST_TEST(accepted.output ==
               "version 1  Deposited  {\"amount\":50}\naccount/42 is at version 1\n");
    BOOST_TEST(command("Deposit", 0).output == "nothing to do: account/42 stays at version 1\n");
    const auto refused = command("Withdraw", 70);
    BOOST_TEST(refused.code == 1);
    BOOST_TEST(contains(refused.errors, "only 50 left"));
    const auto for_programs = command("Withdraw", 20, {"--json", "--metadata", "{\"by\":\"ann\"}"});
    BOOST_TEST(json_count(for_programs.output, "version") == 2u);
    BOOST_TEST(contains(server.run({"state", "account", "42"}).output, "\"balance\": 30"));
    BOOST_TEST(contains(server.run({"read", "account", "42"}).output, "\"by\":\"ann\""));
}

BOOST_AUTO_TEST_CASE(when_a_command_with_an_id_comes_again_then_it_is_not_done_again) {
    const std::vector<std::string> id{"--id", "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55"};
    command("Deposit", 50, id);
    const auto again = command("Deposit", 50, id);
    BOOST_TEST(again.code == 0);
    BOOST_TEST(contains(again.output, "it was there already"));
    BOOST_TEST(contains(server.run({"state", "account", "42"}).output, "\"balance\": 50"));
}

BOOST_AUTO_TEST_CASE(when_arguments_of_a_command_are_wrong_then_nothing_is_sent) {
    BOOST_TEST(server.run({"command", "account", "42"}).code == 2);
    BOOST_TEST(server.run({"command", "account", "42", "--type", "Deposit", "--data", "{"}).code ==
               2);
    BOOST_TEST(
        server.run({"command", "account", "42", "--type", "Deposit", "--metadata", "x"}).code == 2);
    BOOST_TEST(command("Deposit", 5, {"--id", "7"}).code == 1);
    BOOST_TEST(server.run({"state", "account", "42"}).code == 1);
    const auto plain = server.run({"command", "order", "1", "--type", "Pay"});
    BOOST_TEST(plain.code == 1);
    BOOST_TEST(contains(plain.errors, "/v1/categories/order"));
}

BOOST_AUTO_TEST_CASE(when_snapshots_are_taken_then_they_are_listed_and_shown) {
    command("Deposit", 50);
    BOOST_TEST(server.run({"snapshots", "account", "42"}).output == "no snapshots yet\n");
    const auto taken = server.run({"snapshots", "account", "42", "--take"});
    BOOST_TEST(taken.code == 0);
    BOOST_TEST(contains(taken.output, "manual"));
    BOOST_TEST(contains(taken.output, "lua 2"));
    const auto listed = server.run({"snapshots", "account", "42"});
    BOOST_TEST(listed.output == taken.output);
    BOOST_TEST(contains(listed.output, "STATE HASH"));
    for (const auto* which : {"latest", "1"}) {
        const auto shown = server.run({"snapshots", "account", "42", "--show", which});
        BOOST_TEST(contains(shown.output, "\"balance\": 50"));
    }
    const auto json = server.run({"snapshots", "account", "42", "--show", "1", "--json"});
    BOOST_TEST(json_member(json.output, "state") == "{\"balance\":50}");
    const auto none = server.run({"snapshots", "account", "42", "--show", "7"});
    BOOST_TEST(none.code == 1);
    BOOST_TEST(contains(none.errors, "no snapshot of version 7"));
    BOOST_TEST(server.run({"snapshots", "account", "42", "--take", "--show", "1"}).code == 2);
}

BOOST_AUTO_TEST_CASE(when_one_setting_is_set_then_what_is_not_named_stays_as_it_is) {
    const auto before = settings();
    const auto set = server.run({"categories", "set", "account", "--every", "7"});
    BOOST_TEST(contains(set.output, "revision 2; a snapshot every 7 events, 2 kept"));
    const auto after = settings();
    BOOST_TEST(json_member(after, "decider") == json_member(before, "decider"));
    BOOST_TEST(!contains(std::string(json_member(after, "defaults")), "snapshots.every"));
    BOOST_TEST(contains(std::string(json_member(after, "defaults")), "snapshots.keep"));
    BOOST_TEST(
        contains(server.run({"categories", "set", "account", "--decider", "merge_patch"}).output,
                 "decider merge_patch, revision 3; a snapshot every 7 events"));
    const auto all = write(R"({"snapshots":{"keep":5}})");
    BOOST_TEST(contains(server.run({"categories", "set", "account", "--settings", all}).output,
                        "a snapshot every 100 events, 5 kept"));
    BOOST_TEST(contains(server.run({"categories", "set", "account", "--every", "0"}).output,
                        "no automatic snapshots"));
}

BOOST_AUTO_TEST_CASE(when_categories_are_asked_for_then_they_are_listed_shown_and_removed) {
    const auto listed = server.run({"categories"});
    BOOST_TEST(contains(listed.output, "CATEGORY"));
    BOOST_TEST(contains(listed.output, "lua 2"));
    const auto shown = server.run({"categories", "show", "account"});
    BOOST_TEST(contains(shown.output, "\"every\": 100"));
    BOOST_TEST(contains(shown.output, "reject(\"only \" .. state.balance"));
    const auto removed = server.run({"categories", "remove", "account"});
    BOOST_TEST(removed.output == "category account is back at the defaults\n");
    BOOST_TEST(contains(server.run({"categories"}).output, "defaults apply"));
    BOOST_TEST(server.run({"categories", "show", "account"}).code == 1);
    BOOST_TEST(server.run({"categories", "remove", "account"}).code == 1);
}

BOOST_AUTO_TEST_CASE(when_settings_are_wrong_then_it_is_told_and_nothing_changes) {
    const auto before = settings();
    const auto code_of = [this](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"categories", "set", "account"});
        const auto ended = server.run(arguments);
        BOOST_TEST(!ended.errors.empty());
        return ended.code;
    };
    BOOST_TEST(code_of({}) == 2);
    BOOST_TEST(code_of({"--every", "often"}) == 2);
    BOOST_TEST(code_of({"--every", "-1"}) == 2);
    BOOST_TEST(code_of({"--lua", "x", "--decider", "json_patch"}) == 2);
    BOOST_TEST(code_of({"--settings", "x", "--every", "7"}) == 2);
    BOOST_TEST(code_of({"--settings", write("{")}) == 5);
    BOOST_TEST(code_of({"--lua", (directory.path() / "none").string()}) == 5);
    BOOST_TEST(code_of({"--lua", directory.path().string()}) == 5);
    BOOST_TEST(code_of({"--lua", write("initial = \"caf\xe9\"")}) == 5);
    BOOST_TEST(code_of({"--decider", "magic"}) == 1);
    BOOST_TEST(code_of({"--keep", "0"}) == 1);
    const auto broken = server.run(
        {"categories", "set", "account", "--lua", write("initial = {}\nfunction evolve(")});
    BOOST_TEST(broken.code == 1);
    BOOST_TEST(contains(broken.errors, "ine 2"));
    BOOST_TEST(server.run({"categories", "show", "a b"}).code == 1);
    BOOST_TEST(server.run({"categories", "dance"}).code == 2);
    BOOST_TEST(settings() == before);
}

BOOST_AUTO_TEST_CASE(when_advice_is_asked_for_then_it_comes_with_its_reason) {
    command("Deposit", 50);
    const auto advice = server.run({"advise", "account"});
    BOOST_TEST(advice.code == 0);
    BOOST_TEST(contains(advice.output, "events (now: 100)"));
    BOOST_TEST(contains(advice.output, "too few to tell"));
    const auto json = server.run({"advise", "account", "--json"});
    BOOST_TEST(json_string(json.output, "category") == "account");
    BOOST_TEST(server.run({"advise", "a/b"}).code == 1);
}

BOOST_AUTO_TEST_CASE(when_the_server_comes_back_then_the_decider_is_there) {
    command("Deposit", 50);
    BOOST_TEST(server.stop() == 0);
    test::ServerProcess reopened(data);
    const auto again = reopened.run(
        {"command", "account", "42", "--type", "Withdraw", "--data", "{\"amount\":20}"});
    BOOST_TEST(contains(again.output, "account/42 is at version 2"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
