// JSON in a VM: what goes in comes out, and how a script sees it.
#include "tests/actors/deciders/lua/scripted_fold.hpp"
#include "tests/support/random.hpp"

#include <bit>
#include <cmath>

namespace firn::test {

namespace json = boost::json;

namespace {

constexpr const char* keep_script = "initial = {} function evolve(s, e) return e.data end";

std::string kept(std::string_view data) {
    ScriptedFold fold(keep_script);
    fold.apply(data);
    return fold.text();
}

// What the script makes of its event's data, `data` to it.
std::string made(const std::string& expression, std::string_view data = "{}") {
    ScriptedFold fold("initial = {} function evolve(s, e) local data = e.data return " +
                      expression + " end");
    fold.apply(data);
    return fold.text();
}

std::string random_text(Random& random) {
    static const std::vector<std::string> pieces{"a",
                                                 "b",
                                                 "key",
                                                 "\u00e4",
                                                 "\u20ac",
                                                 "\U0001F600",
                                                 "\"",
                                                 "\\",
                                                 "\n",
                                                 "\t",
                                                 "\x01",
                                                 "/",
                                                 std::string(1, '\0'),
                                                 "\ue000",
                                                 "\uffff",
                                                 std::string(45, 'l')};
    std::string text;
    for (auto n = random.below(5); n > 0; --n) {
        text += random.pick(pieces);
    }
    return text;
}

double random_double(Random& random) {
    for (;;) {
        const auto number = std::bit_cast<double>(random.next());
        if (std::isfinite(number)) {
            return number;
        }
    }
}

json::value random_json(Random& random, int depth) {
    switch (random.below(depth > 0 ? 12 : 9)) {
        case 0: return nullptr;
        case 1: return random.percent(50);
        case 2: return static_cast<std::int64_t>(random.next());
        case 3: return random.next() | (std::uint64_t{1} << 63);
        case 4: return static_cast<std::int64_t>(random.below(20)) - 10;
        case 5: return random_double(random);
        case 6: return static_cast<double>(static_cast<std::int64_t>(random.below(200)) - 100);
        case 7: return json::value(random_text(random));
        case 8:
            return random.percent(50) ? json::value(json::array{}) : json::value(json::object{});
        case 9: {
            json::array array;
            for (auto n = random.below(6); n > 0; --n) {
                array.push_back(random_json(random, depth - 1));
            }
            return array;
        }
        default: {
            json::object object;
            for (auto n = random.below(20); n > 0; --n) {
                object[random_text(random) + std::to_string(n)] = random_json(random, depth - 1);
            }
            return object;
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_json_that_passes_through_a_vm)

BOOST_AUTO_TEST_CASE(when_numbers_pass_then_they_stay_exact_and_of_their_kind) {
    for (const std::string_view number :
         {"0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
          "18446744073709551615", "0.1", "1.0", "-0.0", "100000000000000000000.0",
          "1.7976931348623157e+308", "5e-324", "-2.5"}) {
        BOOST_TEST(kept(number) == number);
    }
    BOOST_TEST(kept("-0") == "-0.0");
    BOOST_TEST(kept("2.00") == "2.0");
    BOOST_TEST(kept("1e3") == "1000.0");
}
BOOST_AUTO_TEST_CASE(when_empty_things_and_nulls_pass_then_they_are_told_apart) {
    for (const std::string_view value :
         {"[]", "{}", "null", "[[]]", "[{}]", "[null]", "[null,null]", R"({"a":null})",
          R"({"a":[]})", R"({"a":{}})", "[[[[]]],{\"\":[]}]", "\"\"", "false"}) {
        BOOST_TEST(kept(value) == value);
    }
}
BOOST_AUTO_TEST_CASE(when_strings_pass_then_they_are_the_same_characters) {
    BOOST_TEST(kept(R"("\u0041\u00e4\ud83d\ude00\u0000\n\/")") ==
               "\"A\u00e4\U0001F600\\u0000\\n/\"");
    BOOST_TEST(kept(R"({"a\u0000b":1,"a":2,"":3})") == R"({"":3,"a":2,"a\u0000b":1})");
}
BOOST_AUTO_TEST_CASE(when_members_come_in_any_order_then_they_go_out_in_one) {
    BOOST_TEST(kept(R"({"b":1,"a":2,"\u00e4":3,"B":4,"aa":5})") ==
               "{\"B\":4,\"a\":2,\"aa\":5,\"b\":1,\"\u00e4\":3}");
}
BOOST_AUTO_TEST_CASE(when_names_are_numerals_then_they_stay_names) {
    BOOST_TEST(kept(R"({"1":"a","2":"b"})") == R"({"1":"a","2":"b"})");
    BOOST_TEST(made("{ text = data['1'], number = data[1] }", R"({"1":"a"})") == R"({"text":"a"})");
}
BOOST_AUTO_TEST_CASE(when_it_is_as_deep_as_may_be_then_it_passes) {
    const std::string deep = std::string(64, '[') + std::string(64, ']');
    BOOST_TEST(kept(deep) == deep);
    ScriptedFold fold(keep_script);
    BOOST_TEST(contains(fold.failing("[" + deep + "]"), "64 levels"));
}
BOOST_AUTO_TEST_CASE(when_it_is_long_and_flat_then_it_passes) {
    // Past the size from which tables grow as they are read.
    for (const int count : {1000, 300'000, 600'000}) {
        std::string array = "[";
        for (int i = 0; i < count; ++i) {
            array += "1,";
        }
        array += "{\"a\":[]}]";
        BOOST_TEST((kept(array) == array), count);
    }
    std::string object = "{";
    for (int i = 100'000; i < 250'000; ++i) {
        object += "\"" + std::to_string(i) + "\":0,";
    }
    object.back() = '}';
    BOOST_TEST((kept(object) == object));
}
BOOST_AUTO_TEST_CASE(when_long_text_is_no_json_then_it_is_told) {
    ScriptedFold fold(keep_script);
    BOOST_TEST(contains(fold.failing("[\"" + std::string(2'000'000, 'x') + "\",nul]"), "/1"));
    ScriptedFold other(keep_script);
    BOOST_TEST(contains(other.failing("{\"" + std::string(2'000'000, 'x') + "\":[}}"), "JSON"));
}
BOOST_AUTO_TEST_CASE(when_random_values_pass_then_value_and_hash_are_the_same) {
    auto random = Random::announced("json through lua");
    ScriptedFold fold(keep_script);
    for (int i = 0; i < 3000; ++i) {
        const auto value = random_json(random, 4);
        std::string text;
        write_json(text, value);
        fold.apply(text);
        const auto written = fold.text();
        const auto back = parse_json(written);
        BOOST_REQUIRE(back);
        BOOST_REQUIRE_MESSAGE(*back == value, text << " became " << written);
        BOOST_REQUIRE(state_hash(*back) == state_hash(value));
        if (random.percent(10)) {
            fold.write_and_restore();
            BOOST_REQUIRE(fold.text() == written);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_json_as_a_script_sees_it)

BOOST_AUTO_TEST_CASE(when_it_asks_for_types_then_they_are_told) {
    BOOST_TEST(made("{ type(data[1]), type(data[2]), type(data[3]), math.type(data[4]),"
                    "  math.type(data[5]), type(data[6]), type(data[7]), type(data[8]) }",
                    R"([null,true,"x",1,1.0,[],{},18446744073709551615])") ==
               R"(["null","boolean","string","integer","float","table","table","uint64"])");
}
BOOST_AUTO_TEST_CASE(when_null_is_compared_then_it_equals_null_only) {
    BOOST_TEST(made("{ data[1] == json.null, data[1] == nil, data[1] == data[2], data[1] == 0,"
                    "  data[1] and true, #data }",
                    "[null,null]") == "[true,false,true,false,true,2]");
}
BOOST_AUTO_TEST_CASE(when_integers_past_int64_are_compared_then_they_have_their_order) {
    BOOST_TEST(
        made("{ data[1] == data[2], data[1] == data[3], data[1] < data[3], data[3] <= data[1],"
             "  data[1] > 1, 1 < data[1], data[1] > 1e300, data[1] >= 2^63, data[1] <= 2^63,"
             "  data[1] < -1.5, data[1] < 0/0, 0/0 <= data[1], tostring(data[3]) }",
             "[9223372036854775808,9223372036854775808,18446744073709551615]") ==
        "[true,false,true,false,true,true,false,true,true,false,false,false,"
        "\"18446744073709551615\"]");
    ScriptedFold fold("initial = {} function evolve(s, e) return e.data + 1 end");
    BOOST_TEST(contains(fold.failing("9223372036854775808"), "attempt to perform arithmetic"));
    ScriptedFold null("initial = {} function evolve(s, e) return { x = e.data < 1 } end");
    BOOST_TEST(contains(null.failing("null"), "attempt to compare null"));
}
BOOST_AUTO_TEST_CASE(when_integers_past_int64_are_keys_then_equal_ones_are_one) {
    BOOST_TEST(made("(function() local seen = {} seen[data[1]] = 'found' return { seen[data[2]] }"
                    " end)()",
                    "[9223372036854775808,9223372036854775808]") == R"(["found"])");
}
BOOST_AUTO_TEST_CASE(when_tables_are_made_then_their_members_tell_what_they_are) {
    BOOST_TEST(made("{}") == "{}");
    BOOST_TEST(made("{ 1, 2 }") == "[1,2]");
    BOOST_TEST(made("{ a = {}, b = json.array(), c = json.array({}), d = json.object(),"
                    "  e = json.array({ 1 }), f = json.object({ x = 1 }) }") ==
               R"({"a":{},"b":[],"c":[],"d":{},"e":[1],"f":{"x":1}})");
    BOOST_TEST(made("{ json.object(data[1]), json.array(data[2]), data[1], data[2] } "
                    "and { json.copy(data[1]), json.copy(data[2]) }",
                    "[[],{}]") == "[{},[]]");
}
BOOST_AUTO_TEST_CASE(when_an_empty_array_gets_members_then_they_tell_what_it_is) {
    const auto done = [](const std::string& statements, std::string_view data) {
        return made("(function() " + statements + " return data end)()", data);
    };
    BOOST_TEST(done("data[1] = 7", "[]") == "[7]");
    BOOST_TEST(done("table.insert(data, 7)", "[]") == "[7]");
    BOOST_TEST(done("data.x = 7", "[]") == R"({"x":7})");
    BOOST_TEST(done("data[1] = nil data.x = nil", "[]") == "[]");
    BOOST_TEST(done("table.remove(data)", "[]") == "[]");
    // What is left of an array is an array if table.remove took the rest.
    BOOST_TEST(done("table.remove(data)", "[1]") == "[]");
    BOOST_TEST(done("table.remove(data, 1) table.remove(data, 1)", "[1,2]") == "[]");
    BOOST_TEST(done("data[1] = nil", "[1]") == "{}");
    BOOST_TEST(done("json.array(data)", "{}") == "[]");
    BOOST_TEST(done("table.remove(data)", "{}") == "{}");
    BOOST_TEST(done("data.x = nil", R"({"x":1})") == "{}");
    BOOST_TEST(done("for i = 1, 100 do data[i] = i end while #data > 0 do table.remove(data) end",
                    "[]") == "[]");
}
BOOST_AUTO_TEST_CASE(when_a_table_is_called_what_it_is_not_then_it_is_an_error) {
    const auto failing = [](const std::string& call) {
        ScriptedFold fold("initial = {} function evolve(s, e) return " + call + " end");
        return fold.failing();
    };
    BOOST_TEST(contains(failing("json.array({ x = 1 })"), "must have the positions 1 to n"));
    BOOST_TEST(contains(failing("json.array({ 1, [3] = 3 })"), "must have the positions 1 to n"));
    BOOST_TEST(contains(failing("json.object({ 1 })"), "must have names only"));
    BOOST_TEST(contains(failing("json.array(7)"), "table expected"));
    BOOST_TEST(contains(failing("json.array(string)"), "must be a table of your own"));
    BOOST_TEST(contains(failing("(function() local t = {} t.t = t return json.copy(t) end)()"),
                        "nested deeper than 64 levels"));
}
BOOST_AUTO_TEST_CASE(when_a_copy_is_made_then_nothing_is_shared) {
    BOOST_TEST(made("(function() local c = json.copy(data) c.a[1].x = 2 c.b[1] = 1"
                    " return { data, c } end)()",
                    R"({"a":[{"x":1}],"b":[],"n":null})") ==
               R"([{"a":[{"x":1}],"b":[],"n":null},{"a":[{"x":2}],"b":[1],"n":null}])");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
