// The functions of the allow-list, as far as they are our own.
#include "tests/actors/deciders/lua/scripted_fold.hpp"

namespace firn::test {

namespace {

// The JSON of the list that the statements make: `out(value)` adds to it.
std::string listed(const std::string& statements) {
    ScriptedFold fold(
        "initial = {} function evolve(s, e) local list = json.array()"
        " local function out(value) table.insert(list, value) end " +
        statements + " return list end");
    fold.apply("{}");
    return fold.text();
}

std::string failing(const std::string& statements) {
    ScriptedFold fold("initial = {} function evolve(s, e) " + statements + " return s end");
    return fold.failing();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_pairs_and_next)

BOOST_AUTO_TEST_CASE(when_a_table_is_walked_then_keys_come_in_order) {
    BOOST_TEST(
        listed("for k in pairs({ b = 1, a = 1, [3] = 1, [-1] = 1, [2.5] = 1, [true] = 1,"
               " [false] = 1, B = 1, [json.null] = 1, [1e300] = 1, [-1e300] = 1, ['1'] = 1,"
               " [math.maxinteger] = 1, [2^63] = 1, [math.huge] = 1, [2] = 1 })"
               " do out(tostring(k)) end") ==
        R"(["-1e+300","-1","2","2.5","3","9223372036854775807","9.2233720368548e+18","1e+300",)"
        R"("inf","1","B","a","b","false","true","null"])");
}
BOOST_AUTO_TEST_CASE(when_it_is_walked_by_next_then_the_order_is_the_same) {
    BOOST_TEST(listed("local t = { b = 1, a = 2, [3] = 3, [1] = 4, [1.5] = 5 }"
                      " for k, v in pairs(t) do out(tostring(k) .. v) end"
                      " for k, v in next, t do out(tostring(k) .. v) end") ==
               R"(["14","1.55","33","a2","b1","14","1.55","33","a2","b1"])");
}
BOOST_AUTO_TEST_CASE(when_members_go_during_the_walk_then_they_are_passed_over) {
    BOOST_TEST(listed("local t = { a = 1, b = 2, c = 3, d = 4 }"
                      " for k in pairs(t) do out(k) t.b = nil t.c = nil t.e = 5 end") ==
               R"(["a","d"])");
}
BOOST_AUTO_TEST_CASE(when_a_large_table_is_walked_then_all_keys_come_in_order) {
    BOOST_TEST(listed("local t, last, count = {}, '', 0"
                      " for i = 1, 5000 do t['k' .. (i * 7919 % 5000)] = i end"
                      " for k, v in pairs(t) do assert(last < k) assert(t[k] == v) last = k"
                      " count = count + 1 end out(count)") == "[5000]");
}
BOOST_AUTO_TEST_CASE(when_nothing_is_there_then_nothing_comes) {
    BOOST_TEST(listed("for k in pairs({}) do out(k) end out(next({}) == nil)"
                      " local it = pairs({ 1 }) it() out(it() == nil) out(it() == nil)") ==
               "[true,true,true]");
}
BOOST_AUTO_TEST_CASE(when_no_table_is_given_then_it_is_an_error) {
    BOOST_TEST(contains(failing("pairs(nil)"), "table expected, got nil"));
    BOOST_TEST(contains(failing("next('x')"), "table expected, got string"));
    BOOST_TEST(contains(failing("pairs(json.null)"), "table expected"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_the_string_library)

BOOST_AUTO_TEST_CASE(when_plain_text_is_found_then_its_place_is_told) {
    BOOST_TEST(listed("local a, b = ('hello world'):find('o w') out(a) out(b)"
                      " out((('hello'):find('l', 4))) out((('hello'):find('l', -1) == nil))"
                      " out((('a.b'):find('.', 1, true))) out((('abc'):find('', 4)))"
                      " out(('abc'):find('', 5) == nil) out((('abc'):find('c', -100)))"
                      " out((('abc'):find('a', math.mininteger)))") == "[5,7,4,true,2,4,true,3,1]");
}
BOOST_AUTO_TEST_CASE(when_text_is_split_then_all_pieces_come) {
    BOOST_TEST(listed("out(('a,b,,c'):split(',')) out((''):split(',')) out(('abc'):split(', '))"
                      " out(('a--b'):split('--'))") ==
               R"([["a","b","","c"],[""],["abc"],["a","b"]])");
    BOOST_TEST(contains(failing("('abc'):split('')"), "must not be empty"));
}
BOOST_AUTO_TEST_CASE(when_text_is_replaced_or_trimmed_then_the_rest_stays) {
    BOOST_TEST(listed("out(('aXbXc'):replace('X', '--')) out(('abc'):replace('x', 'y'))"
                      " out(('aaa'):replace('a', '')) out(('  a b\\n'):trim()) out((' \\t'):trim())"
                      " out((''):trim())") == R"(["a--b--c","abc","","a b","",""])");
}
BOOST_AUTO_TEST_CASE(when_ends_are_asked_for_then_they_are_told) {
    BOOST_TEST(listed("out(('src/a.cpp'):starts_with('src/')) out(('a'):starts_with('ab'))"
                      " out(('a.cpp'):ends_with('.cpp')) out((''):ends_with(''))") ==
               "[true,false,true,true]");
}
BOOST_AUTO_TEST_CASE(when_text_is_repeated_then_separators_stand_between) {
    BOOST_TEST(listed("out(('ab'):rep(3)) out(('ab'):rep(3, '-')) out(('ab'):rep(1, '-'))"
                      " out(('ab'):rep(0)) out(('ab'):rep(-5)) out((''):rep(3, 'x'))") ==
               R"(["ababab","ab-ab-ab","ab","","","xx"])");
}
BOOST_AUTO_TEST_CASE(when_values_are_formatted_then_they_look_as_everywhere) {
    BOOST_TEST(listed("out(('%5d|%-5d|%05d|%x'):format(42, 42, 42, 255))"
                      " out(('%.2f %g %e'):format(1/3, 1e20, 12345.678)) out(('%s %5s "
                      "%.2s%%'):format(1.5, true, 'abc'))"
                      " out(('%c%c'):format(72, 105)) out(tostring(1e15) .. 2^53 .. 0.1)") ==
               R"(["   42|42   |00042|ff","0.33 1e+20 1.234568e+04","1.5  true ab%","Hi",)"
               R"("1e+159.007199254741e+150.1"])");
}
BOOST_AUTO_TEST_CASE(when_numbers_are_made_text_then_nan_has_no_sign) {
    BOOST_TEST(listed("out(tostring(0/0)) out(tostring(-(0/0))) out(tostring(-1/0)) "
                      "out(tostring(3) ..  tostring(3.0))") == R"(["nan","nan","-inf","33.0"])");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_the_table_library)

BOOST_AUTO_TEST_CASE(when_a_list_is_sorted_then_equal_elements_keep_their_order) {
    BOOST_TEST(listed("local t = {} for i = 1, 300 do t[i] = { key = i * 7 % 10, at = i } end"
                      " table.sort(t, function(a, b) return a.key < b.key end)"
                      " for i = 2, 300 do assert(t[i - 1].key < t[i].key or"
                      " t[i - 1].key == t[i].key and t[i - 1].at < t[i].at) end out(#t)") ==
               "[300]");
    BOOST_TEST(listed("local t = { 'b', 'B', 'a', '\u00e4' } table.sort(t)"
                      " for _, v in ipairs(t) do out(v) end") == "[\"B\",\"a\",\"b\",\"\u00e4\"]");
    BOOST_TEST(listed("local t = { 3, 1.5, -2, 2 } table.sort(t, function(a, b) return a > b end)"
                      " for _, v in ipairs(t) do out(v) end") == "[3,2,1.5,-2]");
    BOOST_TEST(
        listed("for n = 0, 20 do local t = {} for i = 1, n do t[i] = -i end table.sort(t)"
               " for i = 2, n do assert(t[i - 1] < t[i]) end assert(#t == n) end out('ok')") ==
        R"(["ok"])");
}
BOOST_AUTO_TEST_CASE(when_elements_have_no_order_then_sort_is_an_error_and_the_list_is_as_it_was) {
    BOOST_TEST(listed("local t = { 3, 1, 'x', 2 } local ok, reason = pcall(table.sort, t)"
                      " out(ok) out(reason) for _, v in ipairs(t) do out(v) end") ==
               R"([false,"attempt to compare number with string",3,1,"x",2])");
}
BOOST_AUTO_TEST_CASE(when_elements_come_and_go_then_the_others_move) {
    BOOST_TEST(listed("local t = { 1, 2, 3 } table.insert(t, 2, 9) out(table.concat(t, ' '))"
                      " out(table.remove(t, 1)) out(table.concat(t, ' ')) out(table.remove(t))"
                      " out(#t) out((table.unpack(t)))") == R"(["1 9 2 3",1,"9 2 3",3,2,9])");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_errors_in_a_script)

BOOST_AUTO_TEST_CASE(when_pcall_catches_one_then_it_answers_as_in_lua) {
    BOOST_TEST(listed("out({ pcall(error, 'x', 0) }) out({ pcall(function() return 1, 2 end) })"
                      " out({ pcall(error, 7) }) out({ select(2, pcall(error, { a = 1 })) })"
                      " out(select('#', pcall(error)))") ==
               R"([[false,"x"],[true,1,2],[false,7],[{"a":1}],2])");
}
BOOST_AUTO_TEST_CASE(when_an_assertion_holds_then_all_values_come_back) {
    BOOST_TEST(listed("out({ assert(1, 2, 3) })") == "[[1,2,3]]");
    BOOST_TEST(contains(failing("assert(false, 'said so')"), "said so"));
    BOOST_TEST(contains(failing("assert(nil)"), "assertion failed!"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
