// Scripts whose states are no JSON.
#include "tests/actors/deciders/lua/hostile_script.hpp"

namespace firn::test {

BOOST_AUTO_TEST_SUITE(given_a_state_that_is_no_json)

BOOST_AUTO_TEST_CASE(when_evolve_returns_nothing_then_it_is_told) {
    HostileScript("state.n = 1").must_fail("evolve returned no state; it must return the new one");
}
BOOST_AUTO_TEST_CASE(when_evolve_returns_a_function_then_it_is_told) {
    HostileScript("return evolve").must_fail("evolve returned a function");
}
BOOST_AUTO_TEST_CASE(when_there_is_a_function_in_it_then_its_place_is_named) {
    HostileScript("state.list = { { f = pairs } } return state")
        .must_not_be_written("a function is no JSON value (at \"/list/0/f\")");
}
BOOST_AUTO_TEST_CASE(when_there_is_a_nan_in_it_then_its_place_is_named) {
    HostileScript("state.x = 0/0 return state")
        .must_not_be_written("NaN is no JSON value (at \"/x\")");
}
BOOST_AUTO_TEST_CASE(when_there_is_an_infinity_in_it_then_its_place_is_named) {
    HostileScript("state.x = { -math.huge } return state")
        .must_not_be_written("infinity is no JSON value (at \"/x/0\")");
}
BOOST_AUTO_TEST_CASE(when_the_state_is_a_nan_then_it_cannot_be_written) {
    HostileScript("return 0/0").must_not_be_written("NaN is no JSON value (at \"\")");
}
BOOST_AUTO_TEST_CASE(when_a_table_has_positions_and_names_then_its_place_is_named) {
    HostileScript("state.x = { 1, 2, name = 3 } return state")
        .must_not_be_written("must not have both positions and names (at \"/x\")");
}
BOOST_AUTO_TEST_CASE(when_an_array_has_gaps_then_its_place_is_named) {
    HostileScript("state.x = { 1, 2, 3, [7] = 7 } return state")
        .must_not_be_written("must be 1 to n without gaps");
}
BOOST_AUTO_TEST_CASE(when_an_array_starts_at_zero_then_its_place_is_named) {
    HostileScript("state.x = { [0] = 1, 2, 3 } return state")
        .must_not_be_written("must be 1 to n without gaps; here is a 0 (at \"/x\")");
}
BOOST_AUTO_TEST_CASE(when_an_array_has_one_far_position_then_it_is_no_array) {
    HostileScript("state.x = { [math.maxinteger] = 1 } return state")
        .must_not_be_written("here is a 9223372036854775807");
}
BOOST_AUTO_TEST_CASE(when_a_name_is_a_boolean_then_it_is_told) {
    HostileScript("state.x = { [true] = 1 } return state")
        .must_not_be_written("a member's name must be a string, not a boolean");
}
BOOST_AUTO_TEST_CASE(when_a_name_is_a_fraction_then_it_is_told) {
    HostileScript("state.x = { [1.5] = 1 } return state")
        .must_not_be_written("a member's name must be a string, not a number");
}
BOOST_AUTO_TEST_CASE(when_a_name_is_null_then_it_is_told) {
    HostileScript("state.x = { [json.null] = 1 } return state")
        .must_not_be_written("a member's name must be a string");
}
BOOST_AUTO_TEST_CASE(when_a_string_is_not_utf8_then_its_place_is_named) {
    HostileScript("state.x = '\\xc3\\x28' return state")
        .must_not_be_written("a string must be UTF-8");
}
BOOST_AUTO_TEST_CASE(when_a_string_is_cut_inside_a_character_then_it_is_told) {
    HostileScript("state.x = ('\u20ac'):sub(1, 2) return state")
        .must_not_be_written("a string must be UTF-8");
}
BOOST_AUTO_TEST_CASE(when_a_name_is_not_utf8_then_it_is_told) {
    HostileScript("state['\\xff'] = 1 return state")
        .must_not_be_written("a member's name must be UTF-8");
}
BOOST_AUTO_TEST_CASE(when_it_holds_itself_then_it_is_told) {
    HostileScript("state.me = state return state")
        .must_not_be_written(
            "also at another place of the state; keep json.copy() of it (at \"/me\")");
}
BOOST_AUTO_TEST_CASE(when_it_holds_itself_far_down_then_it_is_told) {
    HostileScript("state.a = { { { state } } } return state")
        .must_not_be_written("(at \"/a/0/0/0\")");
}
BOOST_AUTO_TEST_CASE(when_it_is_a_small_lattice_with_endless_paths_then_it_is_told_soon) {
    HostileScript(R"lua(
        local t = {}
        for i = 1, 60 do t = { t, t } end
        state.t = t
        return state)lua")
        .must_not_be_written("also at another place");
}
BOOST_AUTO_TEST_CASE(when_it_is_nested_too_deep_then_it_is_told) {
    HostileScript("local t = 1 for i = 1, 64 do t = { t } end state.t = t return state")
        .must_not_be_written("must not be nested deeper than 64 levels");
}
BOOST_AUTO_TEST_CASE(when_it_is_nested_as_deep_as_json_may_be_then_it_is_written) {
    HostileScript("local t = 1 for i = 1, 64 do t = { t } end return t")
        .must_give(std::string(64, '[') + "1" + std::string(64, ']'));
}
BOOST_AUTO_TEST_CASE(when_it_is_nested_without_end_then_it_is_told) {
    HostileScript("local t = 1 for i = 1, 100000 do t = { t } end state.t = t return state")
        .must_not_be_written("must not be nested deeper than 64 levels");
}
BOOST_AUTO_TEST_CASE(when_the_path_to_the_problem_is_long_then_the_text_is_not) {
    HostileScript("state[('x'):rep(5000000)] = { pairs } return state")
        .must_not_be_written("a function is no JSON value");
}
BOOST_AUTO_TEST_CASE(when_a_problem_is_gone_with_the_next_event_then_the_state_is_written_again) {
    ScriptedFold fold(R"lua(
        initial = {}
        function evolve(state, event)
            state.x = event.data.bad and pairs or 1
            return state
        end)lua");
    fold.apply(R"({"bad":true})");
    BOOST_TEST(contains(fold.why_not_written(), "a function"));
    fold.apply("{}");
    BOOST_TEST(fold.text() == R"({"x":1})");
}
BOOST_AUTO_TEST_CASE(when_initial_is_no_json_then_there_is_no_engine) {
    const auto reason = [](const std::string& initial) {
        const auto engine =
            make_lua_engine("initial = " + initial + "\nfunction evolve(s) return s end");
        BOOST_REQUIRE(!engine);
        return engine.error().reason;
    };
    BOOST_TEST(contains(reason("nil"), "there is no initial"));
    BOOST_TEST(contains(reason("{ f = pairs }"), "initial is not JSON: a function"));
    BOOST_TEST(contains(reason("0/0"), "NaN"));
    BOOST_TEST(contains(reason("function() end"), "initial is not JSON: a nil"));
    BOOST_TEST(contains(reason("function() return { 1, x = 2 } end"), "both positions and names"));
    BOOST_TEST(contains(reason("function() error('never') end"), "never"));
    BOOST_TEST(contains(reason("{} initial.me = initial"), "this table holds itself"));
}
BOOST_AUTO_TEST_CASE(when_stored_data_is_no_json_then_it_is_told) {
    ScriptedFold fold("initial = {} function evolve(s) return s end");
    BOOST_TEST(contains(fold.failing("{\"a\":{\"b\":nul}}"), "/a/b"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
