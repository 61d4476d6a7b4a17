// What a script can say, and what its states become.
#include "actors/identity/event_id.hpp"
#include "tests/actors/deciders/lua/sample_streams.hpp"
#include "tests/actors/deciders/lua/scripted_fold.hpp"

namespace firn::test {

BOOST_AUTO_TEST_SUITE(given_the_history_of_a_file)

BOOST_AUTO_TEST_CASE(when_changes_are_folded_then_they_add_up) {
    ScriptedFold fold(file_history_script);
    BOOST_TEST(fold.text() ==
               R"({"added":0,"authors":{},"changes":0,"deleted":0,"different_authors":0,)"
               R"("last":null,"lines":0,"recent":[]})");
    fold.apply(R"({"commit":"c1","author":"ann","added":10,"deleted":0})", "LinesChanged");
    fold.apply(R"({"commit":"c2","author":"bob","added":3,"deleted":5})", "LinesChanged");
    fold.apply(R"({"commit":"c3","author":"ann","added":1,"deleted":1})", "LinesChanged");
    BOOST_TEST(fold.text() ==
               R"({"added":14,"authors":{"ann":2,"bob":1},"changes":3,"deleted":6,)"
               R"("different_authors":2,"last":{"author":"ann","commit":"c3"},"lines":8,)"
               R"("recent":["c1","c2","c3"]})");
    fold.apply(R"({"commit":"c4","author":"cat","added":0,"deleted":0})", "LinesChanged");
    fold.apply("{}", "Removed");
    BOOST_TEST(contains(fold.text(), R"("lines":0,"recent":["c2","c3","c4"],"removed":true)"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_script_that_looks_at_its_event)

BOOST_AUTO_TEST_CASE(when_it_asks_for_all_members_then_they_are_there) {
    ScriptedFold fold(R"lua(
        initial = {}
        function evolve(state, event)
            return { type = event.type, data = event.data, metadata = event.metadata,
                     version = event.version, id = event.id, recorded_at = event.recorded_at,
                     other = event.other == nil, again = event.id == event.id }
        end)lua");
    fold.apply(R"({"a":[1]})", "Placed");
    fold.apply(R"([2])", "Moved");
    const EventId id{std::byte{0x01}, std::byte{0x02}, std::byte{0xfe}};
    BOOST_TEST(fold.text() == R"({"again":true,"data":[2],"id":")" + to_text(id) +
                                  R"(","metadata":{"user":"ann"},"other":true,)"
                                  R"("recorded_at":"2023-11-14T22:13:20.123456Z","type":"Moved",)"
                                  R"("version":2})");
}

BOOST_AUTO_TEST_CASE(when_it_goes_over_the_event_then_nothing_is_missing) {
    ScriptedFold fold(R"lua(
        initial = { names = json.array() }
        function evolve(state, event)
            for name in pairs(event) do table.insert(state.names, name) end
            state.first = next(event)
            state.copy = json.copy(event)
            return state
        end)lua");
    fold.apply("7");
    const EventId id{std::byte{0x01}, std::byte{0x02}, std::byte{0xfe}};
    BOOST_TEST(fold.text() ==
               R"({"copy":{"data":7,"id":")" + to_text(id) +
                   R"(","metadata":{"user":"ann"},"recorded_at":"2023-11-14T22:13:20.123456Z",)"
                   R"("type":"Happened","version":1},"first":"data",)"
                   R"("names":["data","id","metadata","recorded_at","type","version"]})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_scripts_with_other_states_than_objects)

BOOST_AUTO_TEST_CASE(when_the_state_is_a_number_text_list_or_null_then_it_is_kept) {
    ScriptedFold fold("initial = json.null function evolve(state, event) return event.data end");
    BOOST_TEST(fold.text() == "null");
    for (const std::string_view value :
         {"1", "\"text\"", "[1,2]", "[]", "{}", "true", "false", "null", "2.5"}) {
        fold.apply(value);
        BOOST_TEST(fold.text() == value);
    }
}

BOOST_AUTO_TEST_CASE(when_evolve_returns_a_new_state_then_that_is_the_state) {
    ScriptedFold fold("initial = 0 function evolve(state, event) return state + event.data end");
    fold.apply("40");
    fold.apply("2");
    BOOST_TEST(fold.text() == "42");
    fold.apply("0.5");
    BOOST_TEST(fold.text() == "42.5");
}

BOOST_AUTO_TEST_CASE(when_initial_is_a_function_then_its_result_is_the_initial_state) {
    ScriptedFold fold(R"lua(
        function initial() return { list = { 1, 2 }, at = defaults } end
        defaults = { x = 1 }
        function evolve(state, event) state.at.x = 2 return state end)lua");
    BOOST_TEST(fold.text() == R"({"at":{"x":1},"list":[1,2]})");
    fold.apply("{}");
    BOOST_TEST(fold.text() == R"({"at":{"x":2},"list":[1,2]})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_script_with_a_mistake)

BOOST_AUTO_TEST_CASE(when_it_does_not_compile_then_line_and_reason_are_told) {
    const auto engine = make_lua_engine("initial = {}\n\nfunction evolve(\n");
    BOOST_REQUIRE(!engine);
    BOOST_TEST(engine.error().line == 4);
    BOOST_TEST(contains(engine.error().reason, "expected near <eof>"), engine.error().reason);
    BOOST_TEST(!engine.error().exceeds_limit);
}
BOOST_AUTO_TEST_CASE(when_it_fails_at_its_start_then_line_and_reason_are_told) {
    const auto engine = make_lua_engine("initial = {}\nlocal x = missing.field\n");
    BOOST_REQUIRE(!engine);
    BOOST_TEST(engine.error().line == 2);
    BOOST_TEST(engine.error().reason == "attempt to index a nil value (global 'missing')");
}
BOOST_AUTO_TEST_CASE(when_a_function_is_missing_or_none_then_it_is_told) {
    const auto reason = [](const char* source) {
        const auto engine = make_lua_engine(source);
        BOOST_REQUIRE(!engine);
        return engine.error().reason;
    };
    BOOST_TEST(reason("initial = {}") == "there is no function evolve(state, event)");
    BOOST_TEST(reason("initial = {} evolve = 7") == "evolve must be a function, not a number");
    BOOST_TEST(reason("initial = {} function evolve() end decide = {}") ==
               "decide must be a function, not a table");
    BOOST_TEST(reason("initial = {} function evolve() end migrate = 'x'") ==
               "migrate must be a function, not a string");
    BOOST_TEST(contains(reason("function evolve() end"), "there is no initial"));
}
BOOST_AUTO_TEST_CASE(when_evolve_fails_then_function_line_and_reason_are_told) {
    ScriptedFold fold("initial = {}\nfunction evolve(state, event)\n  return state.a.b\nend");
    BOOST_TEST(fold.failing() ==
               "evolve failed in line 3: attempt to index a nil value (field 'a')");
}
BOOST_AUTO_TEST_CASE(when_reject_is_called_in_evolve_then_it_is_an_error) {
    ScriptedFold fold("initial = {} function evolve() reject('no') end");
    BOOST_TEST(contains(fold.failing(), "reject works in decide only"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_state_of_an_older_revision)

BOOST_AUTO_TEST_CASE(when_it_is_migrated_then_the_new_form_is_folded_on) {
    const auto engine = engine_of(R"lua(
        initial = { total = 0, unit = "cent" }
        function evolve(state, event) state.total = state.total + event.data return state end
        function migrate(state, from_revision)
            return { total = state.euros * 100, unit = "cent", was = from_revision }
        end)lua");
    BOOST_TEST(engine->has_migrate());
    auto migrated = engine->migrate(R"({"euros":7})", 3);
    BOOST_REQUIRE(migrated);
    EventView event;
    event.data = "5";
    BOOST_REQUIRE(!(*migrated)->evolve(event));
    std::string text;
    BOOST_REQUIRE(!(*migrated)->write_json(text));
    BOOST_TEST(text == R"({"total":705,"unit":"cent","was":3})");
}
BOOST_AUTO_TEST_CASE(when_migrate_fails_then_the_reason_is_told) {
    const auto reason = [](const std::string& body) {
        const auto engine =
            engine_of("initial = {} function evolve(s) return s end function migrate(state) " +
                      body + " end");
        auto migrated = engine->migrate("{}", 1);
        BOOST_REQUIRE(!migrated);
        return *migrated.error();
    };
    BOOST_TEST(reason("error('too old')") == "migrate failed in line 1: too old");
    BOOST_TEST(contains(reason("state.x = 1"), "migrate returned no state"));
    BOOST_TEST(contains(reason("return { f = pairs }"), "a function is no JSON value"));
    BOOST_TEST(contains(reason("return state.a.b"), "line 1"));
    BOOST_TEST(contains(reason("while true do end"), "migrate exceeded"));
}
BOOST_AUTO_TEST_CASE(when_there_is_no_migrate_then_it_is_told) {
    const auto engine = engine_of("initial = {} function evolve(s) return s end");
    BOOST_TEST(!engine->has_migrate());
    auto migrated = engine->migrate("{}", 1);
    BOOST_REQUIRE(!migrated);
    BOOST_TEST(contains(*migrated.error(), "no migrate"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_states_and_their_memory)

BOOST_AUTO_TEST_CASE(when_text_is_restored_then_it_is_the_state) {
    const auto engine = engine_of("initial = {} function evolve(s, e) s.n = e.data return s end");
    BOOST_TEST(engine->kind() == "lua");
    auto restored = engine->restore(R"({"n":1,"x":[{"y":null}]})");
    BOOST_REQUIRE(restored);
    std::string text;
    BOOST_REQUIRE(!(*restored)->write_json(text));
    BOOST_TEST(text == R"({"n":1,"x":[{"y":null}]})");
    EventView event;
    event.data = "2";
    BOOST_REQUIRE(!(*restored)->evolve(event));
    text.clear();
    BOOST_REQUIRE(!(*restored)->write_json(text));
    BOOST_TEST(text == R"({"n":2,"x":[{"y":null}]})");
}
BOOST_AUTO_TEST_CASE(when_the_text_is_no_json_then_it_is_not_restored) {
    const auto engine = engine_of("initial = {} function evolve(s) return s end");
    for (const std::string_view damaged : {"", "{", "{\"a\":}", "{} {}", "nan", "[1,]"}) {
        auto restored = engine->restore(damaged);
        BOOST_REQUIRE(!restored);
        BOOST_TEST(contains(*restored.error(), "The state is not JSON"));
    }
}
BOOST_AUTO_TEST_CASE(when_nothing_happened_then_no_vm_is_there_and_little_memory) {
    ScriptedFold fold("initial = {} function evolve(s, e) s.n = e.data return s end");
    BOOST_TEST(fold.state().memory_bytes() < 300u);
    fold.apply("1");
    const auto small = fold.state().memory_bytes();
    BOOST_TEST(small < 25'000u);
    fold.apply("\"" + std::string(1'000'000, 'x') + "\"");
    BOOST_TEST(fold.state().memory_bytes() > small + 1'000'000);
}
BOOST_AUTO_TEST_CASE(when_many_events_are_folded_then_memory_stays_about_the_same) {
    ScriptedFold fold(file_history_script);
    std::size_t most = 0;
    for (int i = 0; i < 5000; ++i) {
        fold.apply(R"({"commit":"c1","author":"ann","added":10,"deleted":0})", "LinesChanged");
        most = std::max(most, fold.state().memory_bytes());
    }
    BOOST_TEST(most < 60'000u);
}
BOOST_AUTO_TEST_CASE(when_the_event_is_gone_then_the_state_lives_on) {
    ScriptedFold fold("initial = {} function evolve(s, e) s.kept = e.data return s end");
    auto data = std::make_unique<std::string>(
        R"({"\u0061 name":"a string that is too long for any buffer, so it lies on the heap"})");
    const auto event = fold.next_event(*data);
    BOOST_REQUIRE(!fold.state().evolve(event));
    std::fill(data->begin(), data->end(), '#');
    data.reset();
    BOOST_TEST(contains(fold.text(), "\"a name\":\"a string that is too long"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
