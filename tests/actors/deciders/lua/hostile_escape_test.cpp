// Scripts that reach for what is outside: the machine, other code, addresses, Lua's inside.
#include "tests/actors/deciders/lua/hostile_script.hpp"

namespace firn::test {

namespace {

// A name that a script must not find anything under.
void must_be_absent(const std::string& name) {
    BOOST_TEST_CONTEXT(name) {
        HostileScript("return " + name + " == nil and { n = 'absent' } or state")
            .must_give(R"({"n":"absent"})");
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_script_that_reaches_outside)

BOOST_AUTO_TEST_CASE(when_it_looks_for_io_then_there_is_none) {
    must_be_absent("io");
    HostileScript("return io.open('/etc/passwd')")
        .must_fail("attempt to index a nil value (global 'io')");
}
BOOST_AUTO_TEST_CASE(when_it_looks_for_os_then_there_is_none) {
    must_be_absent("os");
    HostileScript("os.execute('true')").must_fail("global 'os'");
}
BOOST_AUTO_TEST_CASE(when_it_looks_for_a_clock_or_chance_then_there_is_none) {
    must_be_absent("math.random");
    must_be_absent("math.randomseed");
    HostileScript("return os.time()").must_fail("global 'os'");
}
BOOST_AUTO_TEST_CASE(when_it_wants_to_compile_then_it_cannot) {
    must_be_absent("load");
    must_be_absent("loadstring");
    must_be_absent("loadfile");
    must_be_absent("dofile");
    must_be_absent("string.dump");
}
BOOST_AUTO_TEST_CASE(when_it_wants_modules_then_there_are_none) {
    must_be_absent("require");
    must_be_absent("package");
}
BOOST_AUTO_TEST_CASE(when_it_wants_to_look_inside_then_it_cannot) {
    must_be_absent("debug");
    must_be_absent("collectgarbage");
    must_be_absent("_G");
    must_be_absent("_VERSION");
    must_be_absent("warn");
    must_be_absent("print");
}
BOOST_AUTO_TEST_CASE(when_it_wants_metatables_then_there_are_none) {
    must_be_absent("setmetatable");
    must_be_absent("getmetatable");
    must_be_absent("rawset");
    must_be_absent("rawget");
    must_be_absent("rawequal");
    must_be_absent("rawlen");
}
BOOST_AUTO_TEST_CASE(when_it_wants_coroutines_then_there_are_none) {
    must_be_absent("coroutine");
    must_be_absent("xpcall");
}
BOOST_AUTO_TEST_CASE(when_it_wants_what_keeps_c_busy_then_there_is_none) {
    must_be_absent("string.gsub");
    must_be_absent("string.gmatch");
    must_be_absent("string.match");
    must_be_absent("string.pack");
    must_be_absent("table.move");
    must_be_absent("utf8");
}
BOOST_AUTO_TEST_CASE(when_it_looks_for_functions_that_differ_between_machines_then_there_are_none) {
    must_be_absent("math.sin");
    must_be_absent("math.exp");
    must_be_absent("math.log");
}

BOOST_AUTO_TEST_CASE(when_it_is_bytecode_then_it_is_refused) {
    const auto engine = make_lua_engine("\x1bLua\x54\x00\x19\x93\r\n\x1a\n");
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "binary"), engine.error().reason);
}
BOOST_AUTO_TEST_CASE(when_it_moves_its_environment_then_it_is_refused) {
    const auto engine =
        make_lua_engine("initial = {}\nlocal _ENV <const> = {}\nfunction evolve() end");
    BOOST_REQUIRE(!engine);
    BOOST_TEST(engine.error().line == 2);
    BOOST_TEST(contains(engine.error().reason, "_ENV"));
}
BOOST_AUTO_TEST_CASE(when_a_table_has_names_of_metamethods_then_they_mean_nothing) {
    HostileScript(R"lua(
        state.__index = function() return 1 end
        state.__gc = function() end
        state.__len = function() return 1e9 end
        local result = { n = state.missing == nil and #state or -1 }
        return result)lua")
        .must_give(R"({"n":0})");
}
BOOST_AUTO_TEST_CASE(when_it_closes_a_variable_then_it_needs_a_metatable_it_cannot_have) {
    HostileScript("local x <close> = {} return state").must_fail("non-closable value");
}
BOOST_AUTO_TEST_CASE(when_it_searches_with_a_pattern_then_it_is_told_that_there_are_none) {
    HostileScript("return string.find(('a'):rep(50), ('a?'):rep(50) .. ('a'):rep(50))")
        .must_fail("there are no patterns here");
}
BOOST_AUTO_TEST_CASE(when_plain_text_is_as_hard_to_find_as_it_gets_then_it_is_found_soon) {
    HostileScript(R"lua(
        local text = ("a"):rep(4000000)
        local wanted = ("a"):rep(2000000) .. "b"
        for i = 1, 3 do assert(text:find(wanted, 1, true) == nil) end
        return state)lua",
                  "", patient_limits())
        .must_give(R"({"n":0})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_script_that_wants_an_address)

BOOST_AUTO_TEST_CASE(when_a_table_or_function_is_made_text_then_it_has_none) {
    HostileScript(R"lua(
        return { table = tostring({}), func = tostring(evolve), lib = tostring(pairs),
                 null = tostring(json.null), view = tostring(string) })lua")
        .must_give(
            R"({"func":"function","lib":"function","null":"null","table":"table","view":"table"})");
}
BOOST_AUTO_TEST_CASE(when_format_is_asked_for_it_then_it_refuses) {
    HostileScript("return string.format('%p', state)").must_fail("string.format knows");
}
BOOST_AUTO_TEST_CASE(when_format_is_asked_for_text_then_there_is_none_in_it) {
    HostileScript("return { s = ('%s %10s %s'):format({}, evolve, json.null) }")
        .must_give(R"({"s":"table   function null"})");
}
BOOST_AUTO_TEST_CASE(when_a_function_is_concatenated_then_it_is_an_error_without_one) {
    HostileScript("return 'f' .. evolve").must_fail("attempt to concatenate a function value");
}
BOOST_AUTO_TEST_CASE(when_a_table_is_concatenated_by_the_library_then_it_is_an_error_without_one) {
    HostileScript("return table.concat({ {} })").must_fail("at index 1 in table for 'concat'");
}
BOOST_AUTO_TEST_CASE(when_tables_are_compared_then_there_is_no_order) {
    HostileScript("return { less = {} < {} }").must_fail("attempt to compare two table values");
}
BOOST_AUTO_TEST_CASE(when_tables_are_sorted_then_there_is_no_order) {
    HostileScript("table.sort({ {}, {} })").must_fail("attempt to compare two table values");
}
BOOST_AUTO_TEST_CASE(when_tables_are_keys_then_pairs_has_no_order_for_them) {
    HostileScript("for k in pairs({ [{}] = 1, [{}] = 2 }) do end")
        .must_fail("keys that are a table have no order");
}
BOOST_AUTO_TEST_CASE(when_functions_are_keys_then_next_has_no_order_for_them) {
    HostileScript("return next({ [evolve] = 1 })").must_fail("keys that are a function");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_script_that_raises_odd_errors)

BOOST_AUTO_TEST_CASE(when_it_raises_nil_then_there_is_a_text) {
    HostileScript("error()").must_fail("the error is no text but a nil");
}
BOOST_AUTO_TEST_CASE(when_it_raises_a_table_that_holds_itself_then_there_is_a_text) {
    HostileScript("local t = {} t.t = t error(t)").must_fail("the error is no text but a table");
}
BOOST_AUTO_TEST_CASE(when_it_raises_a_function_then_there_is_a_text) {
    HostileScript("error(evolve)").must_fail("the error is no text but a function");
}
BOOST_AUTO_TEST_CASE(when_it_raises_a_number_then_there_is_a_text) {
    HostileScript("error(42)").must_fail("the error is no text but a number");
}
BOOST_AUTO_TEST_CASE(when_the_text_is_huge_then_it_is_cut) {
    HostileScript("error(('x'):rep(5000000))").must_fail("xxx\u2026");
}
BOOST_AUTO_TEST_CASE(when_the_text_is_not_utf8_then_it_is_mended) {
    HostileScript("error('\\xff\\xfe broken', 0)").must_fail("?? broken");
}
BOOST_AUTO_TEST_CASE(when_the_text_is_cut_in_a_character_then_it_is_cut_before_it) {
    HostileScript("error(('\u20ac'):rep(1000), 0)").must_fail("\u20ac\u2026");
}
BOOST_AUTO_TEST_CASE(when_the_text_looks_like_a_line_then_it_is_text) {
    HostileScript("error('decider:99999999999999999999: made up', 0)").must_fail("made up");
}
BOOST_AUTO_TEST_CASE(when_an_assertion_fails_with_a_table_then_there_is_a_text) {
    HostileScript("assert(false, {})").must_fail("the error is no text but a table");
}
BOOST_AUTO_TEST_CASE(when_errors_are_caught_then_the_fold_goes_on) {
    HostileScript(R"lua(
        local ok, reason = pcall(error, { code = 7 })
        state.n = reason.code
        ok, reason = pcall(function() return missing.field end)
        state.reason = reason
        return state)lua")
        .must_give(
            R"x({"n":7,"reason":"decider:6: attempt to index a nil value (global 'missing')"})x");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_script_that_tries_the_edges_of_functions)

BOOST_AUTO_TEST_CASE(when_format_has_a_huge_width_then_it_is_refused) {
    HostileScript("return string.format('%999999d', 1)").must_fail("invalid conversion");
}
BOOST_AUTO_TEST_CASE(when_format_ends_in_the_middle_then_it_is_refused) {
    HostileScript("return string.format('%')").must_fail("string.format knows");
}
BOOST_AUTO_TEST_CASE(when_format_lacks_arguments_then_it_is_an_error) {
    HostileScript("return string.format('%s %d')").must_fail("bad argument #2");
}
BOOST_AUTO_TEST_CASE(when_format_prints_the_largest_double_then_it_fits) {
    HostileScript("return { size = #string.format('%99.99f', -1.7976931348623157e308) }")
        .must_give(R"({"size":410})");
}
BOOST_AUTO_TEST_CASE(when_tonumber_is_given_odd_texts_then_it_answers_nil) {
    HostileScript(R"lua(
        local odd = { "inf", "nan", "0x", "1e", "", " ", "1 2", "١", "1_000" }
        for _, text in ipairs(odd) do assert(tonumber(text) == nil, text) end
        return { hex = tonumber("0x10"), base = tonumber("zz", 36),
                 edge = tonumber("9223372036854775807"),
                 past = math.type(tonumber("9223372036854775808")) })lua")
        .must_give(R"({"base":1295,"edge":9223372036854775807,"hex":16,"past":"float"})");
}
BOOST_AUTO_TEST_CASE(when_a_number_is_too_large_then_it_is_no_state) {
    HostileScript("return { x = tonumber('1e999') }")
        .must_not_be_written("infinity is no JSON value");
}
BOOST_AUTO_TEST_CASE(when_integers_overflow_then_they_wrap_around_as_lua_says) {
    HostileScript("return { n = math.maxinteger + 1 == math.mininteger and math.mininteger // -1 }")
        .must_give(R"({"n":-9223372036854775808})");
}
BOOST_AUTO_TEST_CASE(when_it_divides_by_zero_then_it_is_an_error) {
    HostileScript("return 1 // 0").must_fail("attempt to");
}
BOOST_AUTO_TEST_CASE(when_a_for_loop_ends_at_the_edge_then_it_ends) {
    HostileScript(R"lua(
        local count = 0
        for i = math.maxinteger - 2, math.maxinteger do count = count + 1 end
        for i = math.mininteger + 2, math.mininteger, -1 do count = count + 1 end
        state.n = count
        return state)lua")
        .must_give(R"({"n":6})");
}
BOOST_AUTO_TEST_CASE(when_a_comparison_is_inconsistent_then_sort_ends_with_all_elements) {
    HostileScript(R"lua(
        local t, sum, calls = {}, 0, 0
        for i = 1, 1000 do t[i] = i end
        table.sort(t, function(a, b) calls = calls + 1 return calls % 3 == 0 end)
        for _, v in ipairs(t) do sum = sum + v end
        return { n = #t, sum = sum })lua")
        .must_give(R"({"n":1000,"sum":500500})");
}
BOOST_AUTO_TEST_CASE(when_a_comparison_always_says_yes_then_sort_ends) {
    HostileScript(R"lua(
        local t = {}
        for i = 1, 500 do t[i] = i end
        table.sort(t, function() return true end)
        return { n = #t })lua")
        .must_give(R"({"n":500})");
}
BOOST_AUTO_TEST_CASE(when_a_comparison_changes_the_table_then_sort_goes_on_with_what_there_was) {
    HostileScript(R"lua(
        local t = { 3, 1, 2 }
        table.sort(t, function(a, b) for i = 1, 9 do t[i] = nil end return a < b end)
        return { list = t })lua")
        .must_give(R"({"list":[1,2,3]})");
}
BOOST_AUTO_TEST_CASE(when_strings_are_added_then_it_is_an_error) {
    HostileScript("return '10' + 1").must_fail("attempt to perform arithmetic on a string value");
}
BOOST_AUTO_TEST_CASE(when_sub_and_byte_are_given_the_edges_then_they_answer) {
    HostileScript(R"lua(
        local s = "abc"
        return { a = s:sub(math.mininteger, math.maxinteger), b = s:sub(math.maxinteger),
                 c = select("#", s:byte(math.mininteger, math.maxinteger)) })lua")
        .must_give(R"({"a":"abc","b":"","c":3})");
}
BOOST_AUTO_TEST_CASE(when_select_is_given_the_edges_then_it_is_an_error) {
    HostileScript("return select(math.mininteger, 1)").must_fail("index out of range");
}
BOOST_AUTO_TEST_CASE(when_insert_is_given_the_edges_then_it_is_an_error) {
    HostileScript("table.insert(state, math.maxinteger, 1)").must_fail("position out of bounds");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
