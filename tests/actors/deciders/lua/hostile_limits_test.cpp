// Scripts that never end, or take all memory, or go too deep.
#include "tests/actors/deciders/lua/hostile_script.hpp"

namespace firn::test {

BOOST_AUTO_TEST_SUITE(given_an_endless_loop)

BOOST_AUTO_TEST_CASE(when_it_is_plain_then_instructions_end_it_and_the_line_is_named) {
    HostileScript("\nwhile true do end")
        .must_fail("evolve exceeded 2000000 instructions in line 4");
}
BOOST_AUTO_TEST_CASE(when_it_is_a_repeat_then_it_ends) {
    HostileScript("repeat until false").must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_it_is_a_goto_then_it_ends) {
    HostileScript("::again:: goto again").must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_it_is_a_numeric_for_of_all_integers_then_it_ends) {
    HostileScript("for i = math.mininteger, math.maxinteger do end")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_it_is_a_float_for_without_progress_then_it_ends) {
    HostileScript("for i = 2.0^53, math.huge do end").must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_pcall_is_around_it_then_it_ends_all_the_same) {
    HostileScript("pcall(function() while true do end end) return state")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_many_pcalls_are_around_it_then_none_catches_it) {
    HostileScript(R"lua(
        local function forever() while true do end end
        while true do pcall(pcall, pcall, forever) end)lua")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_errors_are_raised_and_caught_forever_then_it_ends) {
    HostileScript("while true do pcall(error, {}) end").must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_a_tail_call_calls_itself_then_it_ends) {
    HostileScript("local function f() return f() end return f()")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_a_sort_comparison_loops_then_it_ends) {
    HostileScript("table.sort(event.data.list, function() while true do end end)")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_an_iterator_never_ends_then_the_loop_ends) {
    HostileScript("for x in function() return 1 end do end")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_a_table_is_walked_by_next_from_its_start_forever_then_it_ends) {
    HostileScript("local k while true do k = next(event.data, k) end")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_a_large_table_is_walked_again_and_again_then_the_work_inside_counts) {
    // Few instructions, each of which goes over 100,000 members.
    HostileScript(R"lua(
        local t = {}
        for i = 1, 100000 do t[i] = i end
        for i = 1, 10000 do pairs(t) end)lua")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_large_tables_are_sorted_again_and_again_then_the_work_inside_counts) {
    HostileScript(R"lua(
        local t = {}
        for i = 1, 10000 do t[i] = -i end
        for i = 1, 100000 do table.sort(t) end)lua")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_a_large_table_is_shifted_again_and_again_then_the_work_inside_counts) {
    HostileScript(R"lua(
        local t = {}
        for i = 1, 100000 do t[i] = i end
        for i = 1, 100000 do table.insert(t, 1, i) end)lua")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_only_the_clock_would_notice_then_the_clock_does) {
    LuaLimits limits = tight_limits();
    limits.instructions_max = std::numeric_limits<std::uint64_t>::max();
    limits.time_max = std::chrono::milliseconds{20};
    HostileScript("while true do end", "", limits).must_fail("evolve exceeded 20 ms");
}
BOOST_AUTO_TEST_CASE(when_long_strings_are_compared_forever_then_the_clock_notices) {
    LuaLimits limits = tight_limits();
    limits.instructions_max = std::numeric_limits<std::uint64_t>::max();
    limits.time_max = std::chrono::milliseconds{20};
    HostileScript(R"lua(
        local a, b = string.rep("a", 4000000), string.rep("a", 4000000)
        while a == b do end)lua",
                  "", limits)
        .must_fail("evolve exceeded 20 ms");
}
BOOST_AUTO_TEST_CASE(when_initial_loops_then_there_is_no_engine) {
    const auto engine = make_lua_engine(
        "function initial() while true do end end function evolve(s) return s end", tight_limits());
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "exceeded 2000000 instructions"));
    BOOST_TEST(engine.error().exceeds_limit);
    BOOST_TEST(engine.error().line == 1);
}
BOOST_AUTO_TEST_CASE(when_the_script_itself_loops_then_there_is_no_engine) {
    const auto engine = make_lua_engine("initial = {}\nwhile true do end", tight_limits());
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "exceeded 2000000 instructions"));
    BOOST_TEST(engine.error().exceeds_limit);
    BOOST_TEST(engine.error().line == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_memory_bomb)

BOOST_AUTO_TEST_CASE(when_a_string_is_doubled_then_its_size_ends_it) {
    HostileScript("local s = 'x' while true do s = s .. s end")
        .must_fail("evolve exceeded 8388608 bytes in one string");
}
BOOST_AUTO_TEST_CASE(when_pcall_is_around_the_doubling_then_it_ends_all_the_same) {
    HostileScript(R"lua(
        pcall(function() local s = 'x' while true do s = s .. s end end)
        return state)lua")
        .must_fail("exceeded 8388608 bytes in one string");
}
BOOST_AUTO_TEST_CASE(when_a_table_grows_then_memory_ends_it) {
    HostileScript("local t = {} for i = 1, 1e9 do t[i] = i end")
        .must_fail("evolve exceeded 16777216 bytes of memory");
}
BOOST_AUTO_TEST_CASE(when_pcall_is_around_the_growing_then_it_ends_all_the_same) {
    HostileScript(R"lua(
        local t = {}
        pcall(function() for i = 1, 1e9 do t[i] = i end end)
        return state)lua")
        .must_fail("exceeded 16777216 bytes of memory");
}
BOOST_AUTO_TEST_CASE(when_small_tables_are_piled_up_then_memory_ends_it) {
    HostileScript("local t while true do t = { t } end").must_fail("exceeded 16777216 bytes");
}
BOOST_AUTO_TEST_CASE(when_closures_are_piled_up_then_memory_ends_it) {
    HostileScript("local f while true do local g = f f = function() return g end end")
        .must_fail("exceeded 16777216 bytes");
}
BOOST_AUTO_TEST_CASE(when_a_string_is_repeated_too_often_then_it_is_refused) {
    HostileScript("return { s = ('x'):rep(1e10) }").must_fail("longer than 8388608 bytes");
}
BOOST_AUTO_TEST_CASE(when_nothing_is_repeated_for_ages_then_it_is_nothing) {
    HostileScript("state.s = (''):rep(math.maxinteger) return state")
        .must_give(R"({"n":0,"s":""})");
}
BOOST_AUTO_TEST_CASE(when_repetitions_overflow_then_they_are_refused) {
    HostileScript("return ('x'):rep(1 << 62, ('y'):rep(8))").must_fail("longer than 8388608 bytes");
}
BOOST_AUTO_TEST_CASE(when_long_strings_are_collected_in_a_table_then_memory_ends_it) {
    HostileScript(R"lua(
        local t = {}
        for i = 1, 1000 do t[i] = ("x"):rep(100000, "yyyyyyy") end)lua")
        .must_fail("exceeded 16777216 bytes");
}
BOOST_AUTO_TEST_CASE(when_concat_has_a_huge_separator_then_it_ends) {
    HostileScript(R"lua(
        local t = {}
        for i = 1, 1000 do t[i] = "" end
        return table.concat(t, ("x"):rep(1000000)))lua")
        .must_fail("exceeded 16777216 bytes");
}
BOOST_AUTO_TEST_CASE(when_replace_multiplies_then_it_ends) {
    HostileScript(R"lua(
        local s = "x"
        for i = 1, 30 do s = string.replace(s, "x", "xxxxxxxxxx") end)lua")
        .must_fail("exceeded");
}
BOOST_AUTO_TEST_CASE(when_format_is_given_long_strings_then_it_ends) {
    HostileScript(R"lua(
        local s = ("x"):rep(1000000)
        for i = 1, 30 do s = string.format("%s%s", s, s) end)lua")
        .must_fail("exceeded");
}
BOOST_AUTO_TEST_CASE(when_all_numbers_are_unpacked_then_it_is_refused) {
    HostileScript("return { table.unpack({}, 1, 1e8) }").must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_the_ends_of_unpack_overflow_then_it_is_refused) {
    HostileScript("return { table.unpack({}, math.mininteger, math.maxinteger) }")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_more_is_unpacked_than_the_stack_holds_then_it_is_refused) {
    HostileScript("return { table.unpack({}, 1, 2e6) }").must_fail("evolve");
}
BOOST_AUTO_TEST_CASE(when_concat_goes_over_the_edge_then_it_is_an_error) {
    HostileScript("return table.concat({}, 'x', math.maxinteger, math.maxinteger)")
        .must_fail("in table for 'concat'");
}
BOOST_AUTO_TEST_CASE(when_long_strings_are_made_in_a_loop_then_their_bytes_count) {
    // Few instructions, none of which keeps anything.
    HostileScript(R"lua(
        local s = ("x"):rep(1000000)
        for i = 1, 100000 do local t = s .. i end)lua")
        .must_fail("exceeded 2000000 instructions");
}
BOOST_AUTO_TEST_CASE(when_the_state_grows_from_event_to_event_then_the_bound_is_the_same) {
    ScriptedFold fold(R"lua(
        initial = { list = json.array() }
        function evolve(state, event)
            for i = 1, 10000 do table.insert(state.list, ("x"):rep(100) .. i) end
            return state
        end)lua",
                      tight_limits());
    Failure failure;
    int events = 0;
    while (!failure && events < 1000) {
        failure = fold.evolve("{}");
        ++events;
    }
    BOOST_REQUIRE(failure);
    BOOST_TEST(contains(*failure, "exceeded 16777216 bytes of memory"), *failure);
    BOOST_TEST(events > 3);
    BOOST_TEST(fold.state().memory_bytes() < 1000u);
}
BOOST_AUTO_TEST_CASE(when_the_source_makes_too_much_at_once_then_there_is_no_engine) {
    const auto engine =
        make_lua_engine("initial = {} big = {} for i = 1, 1e9 do big[i] = {} end", tight_limits());
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "exceeded 16777216 bytes"));
    BOOST_TEST(engine.error().exceeds_limit);
}
BOOST_AUTO_TEST_CASE(when_the_source_is_too_long_then_there_is_no_engine) {
    const auto engine = make_lua_engine(std::string(lua_source_bytes_max + 1, ' '));
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "longer than"));
}
BOOST_AUTO_TEST_CASE(when_a_snapshot_is_larger_than_the_bound_then_events_fail_on_it) {
    auto engine = engine_of("initial = {} function evolve(s) return s end", tight_limits());
    std::string json = "[";
    for (int i = 0; i < 400'000; ++i) {
        json += "{},";
    }
    json += "0]";
    auto restored = engine->restore(json);
    BOOST_REQUIRE(restored);
    EventView event;
    event.data = "{}";
    const auto failure = (*restored)->evolve(event);
    BOOST_REQUIRE(failure);
    BOOST_TEST(contains(*failure, "exceeded 16777216 bytes of memory"), *failure);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_deep_recursion)

BOOST_AUTO_TEST_CASE(when_a_function_calls_itself_then_the_stack_ends_it) {
    HostileScript("local function f() return 1 + f() end return f()", "", patient_limits())
        .must_fail("stack overflow");
}
BOOST_AUTO_TEST_CASE(when_two_call_each_other_then_the_stack_ends_it) {
    HostileScript(R"lua(
        local g
        local function f(n) return 1 + g(n) end
        g = function(n) return 1 + f(n) end
        return f(1))lua",
                  "", patient_limits())
        .must_fail("stack overflow");
}
BOOST_AUTO_TEST_CASE(when_pcall_is_around_it_then_it_is_not_caught) {
    HostileScript(R"lua(
        local function f() return 1 + f() end
        pcall(f)
        return state)lua",
                  "", patient_limits())
        .must_fail("stack overflow");
}
BOOST_AUTO_TEST_CASE(when_pcall_calls_itself_then_it_ends) {
    HostileScript("local function f() return pcall(f) end f() return state")
        .must_fail("stack overflow");
}
BOOST_AUTO_TEST_CASE(when_a_handler_of_errors_raises_them_again_then_it_ends) {
    HostileScript(R"lua(
        local function f()
            local ok, reason = pcall(error, "again")
            if not ok then return f() + 1 end
        end
        return f())lua")
        .must_fail("evolve");
}
BOOST_AUTO_TEST_CASE(when_sort_sorts_in_its_comparison_then_it_ends) {
    HostileScript(R"lua(
        local function less(a, b) table.sort({ 2, 1 }, less) return a < b end
        local function deep(a, b) table.sort({ 2, 1 }, deep) return a < b end
        table.sort({ 2, 1 }, deep))lua")
        .must_fail("evolve");
}
BOOST_AUTO_TEST_CASE(when_the_source_is_nested_too_deep_then_there_is_no_engine) {
    const std::string source = "initial = " + std::string(10'000, '{') + std::string(10'000, '}');
    const auto engine = make_lua_engine(source);
    BOOST_REQUIRE(!engine);
    BOOST_TEST(contains(engine.error().reason, "overflow"), engine.error().reason);
}
BOOST_AUTO_TEST_CASE(when_a_constant_is_nested_without_end_then_it_is_still_frozen) {
    // Deep enough to overflow the stack of whoever walks it by recursion.
    HostileScript("state.n = chain.next.next.value return state",
                  R"lua(
        chain = { value = 0 }
        for i = 1, 50000 do chain = { next = chain, value = i } end)lua",
                  patient_limits())
        .must_give(R"({"n":49998})");
}

BOOST_AUTO_TEST_CASE(when_metadata_is_asked_for_where_the_stack_is_full_then_it_ends) {
    // Each call holds 200 values, so that few calls fill the stack.
    std::string names = "a";
    std::string values = "1";
    for (int i = 0; i < 190; ++i) {
        names += ",a" + std::to_string(i);
        values += ",1";
    }
    ScriptedFold fold("initial = {} local function f(n, event) local " + names + " = " + values +
                      " if n == 0 then return event.metadata end return (f(n - 1, event)) end"
                      " function evolve(s, e) return f(e.data, e) end");
    std::string metadata = "[1";
    for (int i = 0; i < 400'000; ++i) {
        metadata += ",1";
    }
    metadata += "]";
    auto event = fold.next_event("10");
    event.metadata = metadata;
    BOOST_REQUIRE(!fold.state().evolve(event));
    BOOST_TEST((fold.text() == metadata));
    event.data = "4500";
    const auto failure = fold.state().evolve(event);
    BOOST_REQUIRE(failure);
    BOOST_TEST(contains(*failure, "stack overflow"), *failure);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
