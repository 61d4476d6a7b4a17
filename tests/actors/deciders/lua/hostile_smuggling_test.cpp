// Scripts that want to keep something between calls other than in the state.
#include "tests/actors/deciders/lua/hostile_script.hpp"

namespace firn::test {

BOOST_AUTO_TEST_SUITE(given_a_script_that_keeps_something_between_calls)

BOOST_AUTO_TEST_CASE(when_it_assigns_a_global_then_it_is_an_error) {
    HostileScript("counter = 1 return state")
        .must_fail("the global 'counter' cannot be assigned after the start");
}
BOOST_AUTO_TEST_CASE(when_it_assigns_a_global_that_is_there_then_it_is_an_error) {
    HostileScript("evolve = nil return state").must_fail("the global 'evolve' cannot be assigned");
}
BOOST_AUTO_TEST_CASE(when_it_counts_in_a_global_from_its_start_then_it_is_an_error) {
    HostileScript("counter = counter + 1 return state", "counter = 0")
        .must_fail("the global 'counter' cannot be assigned");
}
BOOST_AUTO_TEST_CASE(when_it_counts_in_a_variable_then_it_is_an_error) {
    HostileScript("counter = counter + 1 state.n = counter return state", "local counter = 0")
        .must_fail("evolve changed \"counter\", a variable that outlives the call");
}
BOOST_AUTO_TEST_CASE(when_it_counts_inside_a_closure_then_it_is_an_error) {
    HostileScript("state.n = next_number() return state", R"lua(
        local function make()
            local hidden = 0
            return function() hidden = hidden + 1 return hidden end
        end
        local next_number = make())lua")
        .must_fail("evolve changed \"hidden\"");
}
BOOST_AUTO_TEST_CASE(when_two_closures_share_a_variable_then_it_is_an_error) {
    HostileScript("set(get() + 1) return state", R"lua(
        local get, set
        do
            local shared = 0
            get = function() return shared end
            set = function(value) shared = value end
        end)lua")
        .must_fail("evolve changed \"shared\"");
}
BOOST_AUTO_TEST_CASE(when_it_hides_a_bit_in_the_kind_of_a_number_then_it_is_an_error) {
    HostileScript("flag = 1.0 return state", "local flag = 1").must_fail("evolve changed \"flag\"");
}
BOOST_AUTO_TEST_CASE(when_it_hides_a_bit_in_the_sign_of_zero_then_it_is_an_error) {
    HostileScript("flag = -0.0 return state", "local flag = 0.0")
        .must_fail("evolve changed \"flag\"");
}
BOOST_AUTO_TEST_CASE(when_a_variable_is_nan_then_it_is_the_same_as_before) {
    HostileScript("return { n = nan ~= nan and 1 or 0 }", "local nan = 0/0")
        .must_give(R"({"n":1})");
}
BOOST_AUTO_TEST_CASE(when_a_variable_is_as_it_was_at_the_end_then_it_may_change_in_between) {
    HostileScript(R"lua(
        depth = depth + 1
        state.n = depth
        depth = depth - 1
        return state)lua",
                  "local depth = 0")
        .must_give(R"({"n":1})");
}
BOOST_AUTO_TEST_CASE(when_it_replaces_a_function_then_it_is_an_error) {
    HostileScript("helper = function() return 2 end return state",
                  "local helper = function() return 1 end")
        .must_fail("evolve changed \"helper\"");
}
BOOST_AUTO_TEST_CASE(when_it_changes_a_table_of_its_own_then_it_is_an_error) {
    HostileScript("cache.n = 1 return state", "local cache = {}")
        .must_fail("a table from the start of the script cannot be changed");
}
BOOST_AUTO_TEST_CASE(when_it_changes_a_member_that_is_there_then_it_is_an_error) {
    HostileScript("cache.n = 1 return state", "local cache = { n = 0 }")
        .must_fail("a table from the start of the script cannot be changed");
}
BOOST_AUTO_TEST_CASE(when_it_changes_a_table_inside_a_table_then_it_is_an_error) {
    HostileScript("cache.a.b[1] = 7 return state", "cache = { a = { b = { 1 } } }")
        .must_fail("a table from the start of the script cannot be changed");
}
BOOST_AUTO_TEST_CASE(when_it_inserts_into_a_table_of_its_own_then_it_is_an_error) {
    HostileScript("table.insert(cache, 1) return state", "local cache = {}")
        .must_fail("a table from the start of the script cannot be changed");
}
BOOST_AUTO_TEST_CASE(when_it_removes_from_a_table_of_its_own_then_it_is_an_error) {
    HostileScript("table.remove(cache) return state", "local cache = { 1, 2 }")
        .must_fail("a table from the start of the script cannot be changed");
}
BOOST_AUTO_TEST_CASE(when_it_sorts_a_table_of_its_own_then_it_is_an_error) {
    HostileScript("table.sort(cache) return state", "local cache = { 2, 1 }")
        .must_fail("a read-only table cannot be sorted");
}
BOOST_AUTO_TEST_CASE(when_it_marks_a_table_of_its_own_then_it_is_an_error) {
    HostileScript("json.array(cache) return state", "local cache = {}")
        .must_fail("must be a table of your own");
}
BOOST_AUTO_TEST_CASE(when_it_changes_a_library_then_it_is_an_error) {
    HostileScript("math.floor = nil return state").must_fail("cannot be changed");
    HostileScript("string.leak = 1 return state").must_fail("cannot be changed");
    HostileScript("json.null = 1 return state").must_fail("cannot be changed");
}
BOOST_AUTO_TEST_CASE(when_it_keeps_an_iterator_then_there_is_no_engine) {
    const auto engine = make_lua_engine(
        "initial = {} it = pairs({ 1, 2, 3 }) function evolve(s) s.k = it() return s end");
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "what pairs returned"), engine.error().reason);
}
BOOST_AUTO_TEST_CASE(when_a_table_of_its_own_has_a_table_as_key_then_there_is_no_engine) {
    const auto engine =
        make_lua_engine("initial = {} odd = { [{}] = 1 } function evolve(s) return s end");
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "must not have a table as a key"),
               engine.error().reason);
}
BOOST_AUTO_TEST_CASE(when_tables_of_its_own_are_read_then_they_read_like_tables) {
    HostileScript(R"lua(
        local sum, keys = 0, ""
        for k, v in pairs(rates) do keys = keys .. k sum = sum + v.rate end
        for i, v in ipairs(list) do sum = sum + v end
        local copy = json.copy(rates)
        copy.eur.rate = 100
        return { sum = sum, keys = keys, size = #list, joined = table.concat(list, "-"),
                 unpacked = { table.unpack(list) }, copy = copy, first = (next(rates)),
                 again = rates.eur == rates.eur, untouched = rates.eur.rate })lua",
                  R"lua(
        local rates = { usd = { rate = 2 }, eur = { rate = 1 } }
        local list = { 10, 20, 30 })lua")
        .must_give(R"({"again":true,"copy":{"eur":{"rate":100},"usd":{"rate":2}},"first":"eur",)"
                   R"("joined":"10-20-30","keys":"eurusd","size":3,"sum":63,"unpacked":[10,20,30],)"
                   R"("untouched":1})");
}
BOOST_AUTO_TEST_CASE(when_it_keeps_the_event_then_its_state_cannot_be_written) {
    HostileScript("state.event = event return state")
        .must_not_be_written("the event itself cannot be kept");
}
BOOST_AUTO_TEST_CASE(when_it_returns_the_event_then_it_is_an_error) {
    HostileScript("return event").must_fail("evolve returned the event itself");
}
BOOST_AUTO_TEST_CASE(when_a_kept_event_is_asked_later_for_what_it_did_not_say_then_it_is_an_error) {
    ScriptedFold fold(R"lua(
        initial = {}
        function evolve(state, event)
            if state.kept then state.id = state.kept.id end
            state.kept = event
            return state
        end)lua");
    fold.apply("{}");
    BOOST_TEST(contains(fold.failing(), "the event of an earlier call"));
}
BOOST_AUTO_TEST_CASE(when_it_keeps_the_events_data_then_the_next_event_leaves_it_alone) {
    ScriptedFold fold(R"lua(
        initial = { kept = {} }
        function evolve(state, event)
            table.insert(state.kept, event.data)
            table.insert(state.kept, event.metadata)
            return state
        end)lua");
    fold.apply(R"({"a":1})");
    fold.apply(R"({"b":[2]})");
    BOOST_TEST(fold.text() == R"({"kept":[{"a":1},{"user":"ann"},{"b":[2]},{"user":"ann"}]})");
}
BOOST_AUTO_TEST_CASE(when_one_stream_tries_to_tell_another_then_it_cannot) {
    // A state of its own for each, and nothing else lasts.
    auto engine = engine_of(R"lua(
        local seen = { count = 0 }
        initial = { seen = 0 }
        function evolve(state, event)
            pcall(function() seen.count = seen.count + 1 end)
            state.seen = seen.count
            return state
        end)lua");
    ScriptedFold one(engine);
    ScriptedFold other(engine);
    one.apply("{}");
    other.apply("{}");
    one.apply("{}");
    BOOST_TEST(one.text() == R"({"seen":0})");
    BOOST_TEST(other.text() == R"({"seen":0})");
}
BOOST_AUTO_TEST_CASE(when_initial_is_changed_in_one_stream_then_another_starts_as_ever) {
    auto engine = engine_of(R"lua(
        initial = { list = { 1 } }
        function evolve(state, event) table.insert(state.list, 2) return state end)lua");
    ScriptedFold one(engine);
    one.apply("{}");
    BOOST_TEST(one.text() == R"({"list":[1,2]})");
    ScriptedFold other(engine);
    BOOST_TEST(other.text() == R"({"list":[1]})");
}
BOOST_AUTO_TEST_CASE(when_it_returns_initial_then_it_is_told_to_copy_it) {
    HostileScript("return initial").must_fail("a table that belongs to the script");
    HostileScript("return json.copy(initial)").must_give(R"({"n":0})");
}
BOOST_AUTO_TEST_CASE(when_the_state_holds_a_table_of_the_script_then_it_cannot_be_written) {
    HostileScript("state.defaults = defaults return state", "local defaults = { a = 1 }")
        .must_not_be_written(
            "belongs to the script, not to the state; keep json.copy() of it "
            "(at \"/defaults\")");
}
BOOST_AUTO_TEST_CASE(when_the_state_holds_a_table_twice_then_it_cannot_be_written) {
    HostileScript("state.a = { x = 1 } state.b = { c = state.a } return state")
        .must_not_be_written("also at another place of the state");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_decide_that_wants_to_change_something)

namespace {

// decide is the given body; the state is {"n":0,"list":[1,2],"inner":{"x":1}} before and after.
struct Deciding {
    explicit Deciding(const std::string& body, const std::string& before = "")
        : fold(before + R"lua(
              initial = { n = 0, list = { 1, 2 }, inner = { x = 1 } }
              function evolve(state, event) return state end
              function decide(state, command) )lua" +
                   body + "\nend",
               tight_limits()) {}

    void must_fail(std::string_view part) {
        const auto decision = fold.decide("Do", R"({"amount":5})");
        BOOST_TEST((decision.kind == Decision::Kind::failed));
        BOOST_TEST(contains(decision.reason, part), decision.reason);
        BOOST_TEST(decision.events.empty());
        must_be_unchanged();
    }
    void must_be_unchanged() {
        BOOST_TEST(fold.text() == R"({"inner":{"x":1},"list":[1,2],"n":0})");
        fold.apply("{}");
        BOOST_TEST(fold.text() == R"({"inner":{"x":1},"list":[1,2],"n":0})");
    }

    ScriptedFold fold;
};

}  // namespace

BOOST_AUTO_TEST_CASE(when_it_assigns_to_the_state_then_it_fails) {
    Deciding("state.n = 1").must_fail("decide must not change the state");
}
BOOST_AUTO_TEST_CASE(when_it_assigns_deep_in_the_state_then_it_fails) {
    Deciding("state.inner.x = 2").must_fail("decide must not change the state");
}
BOOST_AUTO_TEST_CASE(when_it_inserts_into_a_list_of_the_state_then_it_fails) {
    Deciding("table.insert(state.list, 3)").must_fail("decide must not change the state");
}
BOOST_AUTO_TEST_CASE(when_it_removes_from_a_list_of_the_state_then_it_fails) {
    Deciding("table.remove(state.list)").must_fail("decide must not change the state");
}
BOOST_AUTO_TEST_CASE(when_it_sorts_a_list_of_the_state_then_it_fails) {
    Deciding("table.sort(state.list)").must_fail("a read-only table cannot be sorted");
}
BOOST_AUTO_TEST_CASE(when_it_reaches_the_state_through_pairs_then_it_fails_too) {
    Deciding("for k, v in pairs(state) do if k == 'inner' then v.x = 2 end end")
        .must_fail("decide must not change the state");
}
BOOST_AUTO_TEST_CASE(when_it_reaches_the_state_through_next_and_unpack_then_it_fails_too) {
    Deciding("local k, v = next(state) v.x = 2").must_fail("decide must not change the state");
    Deciding("local v = table.unpack({ state.inner }) v.x = 2")
        .must_fail("decide must not change the state");
}
BOOST_AUTO_TEST_CASE(when_it_catches_the_error_then_the_state_is_as_it_was) {
    Deciding deciding("pcall(function() state.n = 1 end) return {}");
    BOOST_TEST((deciding.fold.decide("Do").kind == Decision::Kind::accepted));
    deciding.must_be_unchanged();
}
BOOST_AUTO_TEST_CASE(when_it_changes_a_copy_then_that_is_fine) {
    Deciding deciding(R"lua(
        local copy = json.copy(state)
        copy.inner.x = 2
        table.sort(copy.list, function(a, b) return a > b end)
        return { { type = "Copied", data = copy } })lua");
    const auto decision = deciding.fold.decide("Do");
    BOOST_REQUIRE(decision.events.size() == 1u);
    BOOST_TEST(decision.events[0].data == R"({"inner":{"x":2},"list":[2,1],"n":0})");
    deciding.must_be_unchanged();
}
BOOST_AUTO_TEST_CASE(when_it_counts_in_a_variable_then_it_fails_and_the_variable_is_as_it_was) {
    Deciding deciding("counter = counter + 1 return { { type = 'Counted', data = counter } }",
                      "local counter = 0");
    deciding.must_fail("decide changed \"counter\"");
    deciding.must_fail("decide changed \"counter\"");
}
BOOST_AUTO_TEST_CASE(when_it_is_rejected_half_way_then_variables_are_as_they_were) {
    Deciding deciding(R"lua(
        counter = counter + 1
        reject("number " .. counter))lua",
                      "local counter = 0");
    for (int i = 0; i < 3; ++i) {
        const auto decision = deciding.fold.decide("Do");
        BOOST_TEST((decision.kind == Decision::Kind::rejected));
        BOOST_TEST(decision.reason == "number 1");
    }
    deciding.must_be_unchanged();
}
BOOST_AUTO_TEST_CASE(when_it_loops_then_it_fails_and_the_state_is_as_it_was) {
    Deciding("while true do end").must_fail("decide exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_it_takes_all_memory_then_it_fails_and_the_state_is_as_it_was) {
    Deciding deciding("local t = {} for i = 1, 1e9 do t[i] = i end");
    deciding.must_fail("decide exceeded 16777216 bytes of memory");
    BOOST_TEST(deciding.fold.state().memory_bytes() < 100'000u);
}
BOOST_AUTO_TEST_CASE(when_it_raises_an_error_then_it_fails_and_the_state_is_as_it_was) {
    Deciding("\n\nerror('no idea')").must_fail("decide failed in line 6: no idea");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
