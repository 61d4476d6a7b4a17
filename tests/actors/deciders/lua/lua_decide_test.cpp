// Commands: what decide returns becomes events, or a rejection, or a failure that says why.
#include "tests/actors/deciders/lua/sample_streams.hpp"
#include "tests/actors/deciders/lua/scripted_fold.hpp"

#include <any>

namespace firn::test {

namespace {

// decide is the given body, on the state {"list":[1,{"x":2}],"empty":[]}.
Decision decided(const std::string& body, const std::string& data = "{}") {
    ScriptedFold fold(R"lua(
        initial = { list = { 1, { x = 2 } }, empty = json.array() }
        function evolve(state, event) return state end
        function decide(state, command) )lua" +
                      body + "\nend");
    return fold.decide("Do", data);
}

std::string failure_of(const std::string& body) {
    const auto decision = decided(body);
    BOOST_TEST((decision.kind == Decision::Kind::failed));
    BOOST_TEST(decision.events.empty());
    return decision.reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_an_account)

BOOST_AUTO_TEST_CASE(when_commands_come_then_events_are_decided_and_folded) {
    ScriptedFold fold(account_script);
    BOOST_TEST(fold.engine().has_decide());
    auto decision = fold.decide("Deposit", R"({"amount":5})");
    BOOST_TEST((decision.kind == Decision::Kind::rejected));
    BOOST_TEST(decision.reason == "there is no such account");

    decision = fold.decide("Open", R"({"owner":"ann"})");
    BOOST_TEST((decision.kind == Decision::Kind::accepted));
    BOOST_REQUIRE(decision.events.size() == 1u);
    BOOST_TEST(decision.events[0].type == "Opened");
    BOOST_TEST(decision.events[0].data == R"({"owner":"ann"})");
    BOOST_TEST(decision.events[0].metadata == "{}");
    fold.apply(decision.events[0].data, decision.events[0].type);

    decision = fold.decide("Deposit", R"({"amount":5})");
    BOOST_REQUIRE(decision.events.size() == 1u);
    BOOST_TEST(decision.events[0].metadata == R"({"user":"bob"})");
    fold.apply(decision.events[0].data, decision.events[0].type);

    decision = fold.decide("Withdraw", R"({"amount":7})");
    BOOST_TEST((decision.kind == Decision::Kind::rejected));
    BOOST_TEST(decision.reason == "7 is more than the 5 there are");

    decision = fold.decide("Withdraw", R"({"amount":2})");
    BOOST_REQUIRE(decision.events.size() == 2u);
    BOOST_TEST(decision.events[1].type == "Noted");
    BOOST_TEST(decision.events[1].data == R"({"left":3})");
    // Deciding alone changes nothing.
    BOOST_TEST(fold.text() == R"({"balance":5,"open":true,"owner":"ann"})");
}

BOOST_AUTO_TEST_CASE(when_nothing_is_to_be_done_then_there_are_no_events) {
    ScriptedFold fold(account_script);
    fold.apply(R"({"owner":"ann"})", "Opened");
    const auto decision = fold.decide("Deposit", R"({"amount":0})");
    BOOST_TEST((decision.kind == Decision::Kind::accepted));
    BOOST_TEST(decision.events.empty());
}

BOOST_AUTO_TEST_CASE(when_decide_raises_an_error_then_it_failed) {
    ScriptedFold fold(account_script);
    fold.apply(R"({"owner":"ann"})", "Opened");
    const auto decision = fold.decide("Dance", R"({"amount":0})");
    BOOST_TEST((decision.kind == Decision::Kind::failed));
    BOOST_TEST(contains(decision.reason, "unknown command Dance"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_script_without_decide)

BOOST_AUTO_TEST_CASE(when_a_command_comes_then_there_is_no_decide) {
    ScriptedFold fold("initial = {} function evolve(s) return s end");
    BOOST_TEST(!fold.engine().has_decide());
    BOOST_TEST((fold.decide("Do").kind == Decision::Kind::no_decide));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_decide)

BOOST_AUTO_TEST_CASE(when_it_returns_an_empty_list_then_there_are_no_events) {
    for (const char* const body : {"return {}", "return json.array()", "return nil", "return"}) {
        const auto decision = decided(body);
        BOOST_TEST((decision.kind == Decision::Kind::accepted), body);
        BOOST_TEST(decision.events.empty());
    }
}
BOOST_AUTO_TEST_CASE(when_it_returns_parts_of_the_state_then_they_are_events) {
    const auto decision = decided(
        "return { { type = 'A', data = state.list }, { type = 'B', data = { e = state.empty,"
        " s = state } }, { type = 'C', metadata = state.list[2] } }");
    BOOST_REQUIRE_MESSAGE(decision.events.size() == 3u, decision.reason);
    BOOST_TEST(decision.events[0].data == R"([1,{"x":2}])");
    BOOST_TEST(decision.events[1].data == R"({"e":[],"s":{"empty":[],"list":[1,{"x":2}]}})");
    BOOST_TEST(decision.events[2].data == "{}");
    BOOST_TEST(decision.events[2].metadata == R"({"x":2})");
}
BOOST_AUTO_TEST_CASE(when_it_reads_the_state_then_it_reads_like_tables) {
    const auto decision = decided(R"lua(
        local names, sum = "", 0
        for name, value in pairs(state) do names = names .. name end
        for i, value in ipairs(state.list) do sum = sum + i end
        assert(state.list[2] == state.list[2])
        assert(#state.list == 2 and #state.empty == 0)
        assert(next(state.empty) == nil)
        assert(state.nothing == nil and type(state.list) == "table")
        assert(select("#", table.unpack(state.list)) == 2)
        return { { type = names, data = { sum = sum, x = state.list[2].x } } })lua");
    BOOST_REQUIRE_MESSAGE(decision.events.size() == 1u, decision.reason);
    BOOST_TEST(decision.events[0].type == "emptylist");
    BOOST_TEST(decision.events[0].data == R"({"sum":3,"x":2})");
}
BOOST_AUTO_TEST_CASE(when_the_same_table_is_in_two_events_then_both_have_it) {
    const auto decision = decided(
        "local t = { 1 } return { { type = 'A', data = t }, { type = 'B', data = { t, t } } }");
    BOOST_REQUIRE(decision.events.size() == 2u);
    BOOST_TEST(decision.events[0].data == "[1]");
    BOOST_TEST(decision.events[1].data == "[[1],[1]]");
}
BOOST_AUTO_TEST_CASE(when_it_returns_no_list_then_it_failed) {
    BOOST_TEST(contains(failure_of("return 7"), "must return a list of events, not a number"));
    BOOST_TEST(contains(failure_of("return 'Done'"), "not a string"));
    BOOST_TEST(contains(failure_of("return { type = 'Done' }"), "must return a list: { {type="));
    BOOST_TEST(contains(failure_of("return { [2] = { type = 'Done' } }"), "must return a list"));
    BOOST_TEST(contains(failure_of("return pairs"), "not a function"));
}
BOOST_AUTO_TEST_CASE(when_an_event_is_none_then_it_failed_and_says_which) {
    BOOST_TEST(contains(failure_of("return { { type = 'A' }, 'B' }"), "event 2 is a string"));
    BOOST_TEST(contains(failure_of("return { {} }"), "event 1 needs a type"));
    BOOST_TEST(contains(failure_of("return { { type = 7 } }"), "event 1 needs a type, a string"));
    BOOST_TEST(contains(failure_of("return { { type = '' } }"), "1 to 255 bytes"));
    BOOST_TEST(contains(failure_of("return { { type = ('x'):rep(256) } }"), "1 to 255 bytes"));
    BOOST_TEST(contains(failure_of("return { { type = '\\xff' } }"), "UTF-8"));
    BOOST_TEST(contains(failure_of("return { { type = '$snapshot' } }"), "begins with $"));
    BOOST_TEST(contains(failure_of("return { { type = 'A', dat = 1 } }"), "a member \"dat\""));
    BOOST_TEST(contains(failure_of("return { { 'A' } }"), "a member \"?\""));
    BOOST_TEST(contains(failure_of("return { { type = 'A', metadata = 1 } }"), "no object"));
    BOOST_TEST(
        contains(failure_of("return { { type = 'A', metadata = json.array() } }"), "no object"));
}
BOOST_AUTO_TEST_CASE(when_an_events_data_is_no_json_then_it_failed_and_says_where) {
    BOOST_TEST(contains(failure_of("return { { type = 'A', data = { x = { pairs } } } }"),
                        "event 1 has data that is not JSON: a function is no JSON value "
                        "(at \"/x/0\")"));
    BOOST_TEST(contains(failure_of("return { { type = 'A', data = 0/0 } }"), "NaN"));
    BOOST_TEST(contains(failure_of("local t = {} t.t = t return { { type = 'A', data = t } }"),
                        "this table holds itself"));
}
BOOST_AUTO_TEST_CASE(when_data_is_a_small_lattice_with_endless_paths_then_it_failed_soon) {
    LuaLimits limits;
    limits.memory_bytes_max = 1u << 20;
    ScriptedFold fold(R"lua(
        initial = {}
        function evolve(state) return state end
        function decide()
            local t = { 1 }
            for i = 1, 50 do t = { t, t } end
            return { { type = "Bomb", data = t } }
        end)lua",
                      limits);
    const auto decision = fold.decide("Do");
    BOOST_TEST((decision.kind == Decision::Kind::failed));
    BOOST_TEST(contains(decision.reason, "the text is longer than 1048576 bytes"), decision.reason);
}
BOOST_AUTO_TEST_CASE(when_there_are_too_many_events_then_it_failed) {
    const auto many = [](int count) {
        return "local list = {} for i = 1, " + std::to_string(count) +
               " do list[i] = { type = 'A' } end return list";
    };
    BOOST_TEST(decided(many(10'000)).events.size() == 10'000u);
    BOOST_TEST(contains(failure_of(many(10'001)), "10001 events; the most is 10000"));
}
BOOST_AUTO_TEST_CASE(when_reject_is_called_deep_inside_pcall_then_it_is_a_rejection) {
    const auto decision =
        decided("pcall(function() pcall(reject, 'no way') end) return { { type = 'A' } }");
    BOOST_TEST((decision.kind == Decision::Kind::rejected));
    BOOST_TEST(decision.reason == "no way");
    BOOST_TEST(decision.events.empty());
}
BOOST_AUTO_TEST_CASE(when_reject_has_no_reason_then_it_failed) {
    for (const char* const odd : {"", "nil", "{}", "42", "json.null", "pairs"}) {
        BOOST_TEST(contains(failure_of("reject(" + std::string(odd) + ")"),
                            "reject needs its reason, a string"),
                   odd);
    }
}
BOOST_AUTO_TEST_CASE(when_the_reason_is_odd_then_it_can_be_shown) {
    BOOST_TEST(decided("reject('')").reason.empty());
    BOOST_TEST(decided("reject('\\xff\\xfe')").reason == "??");
    BOOST_TEST(decided("reject(('x'):rep(100000))").reason.size() < 600u);
}
BOOST_AUTO_TEST_CASE(when_the_command_is_no_json_then_it_failed) {
    const auto decision = decided("return {}", "{\"a\":}");
    BOOST_TEST((decision.kind == Decision::Kind::failed));
    BOOST_TEST(contains(decision.reason, "The command's data is not JSON"));
}
BOOST_AUTO_TEST_CASE(when_the_command_is_native_then_it_failed) {
    ScriptedFold fold(account_script);
    Command command;
    command.native = 7;
    const auto decision = fold.state().decide(command);
    BOOST_TEST((decision.kind == Decision::Kind::failed));
    BOOST_TEST(contains(decision.reason, "JSON only"));
}
BOOST_AUTO_TEST_CASE(when_commands_come_in_between_then_the_fold_is_the_same) {
    ScriptedFold with(account_script);
    ScriptedFold without(account_script);
    for (int i = 0; i < 50; ++i) {
        const auto type = i == 0 ? "Opened" : i % 3 == 0 ? "Withdrawn" : "Deposited";
        with.apply(R"({"owner":"ann","amount":3})", type);
        without.apply(R"({"owner":"ann","amount":3})", type);
        const auto decision = with.decide(i % 2 == 0 ? "Withdraw" : "Deposit", R"({"amount":50})");
        BOOST_TEST((decision.kind != Decision::Kind::failed), decision.reason);
    }
    BOOST_TEST(with.text() == without.text());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
