// Which texts are JSON here, one line a case; checking and parsing must agree on every one.
#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace firn {

namespace {

using namespace std::string_view_literals;

// With NUL bytes as they are.
constexpr std::string_view accepted[] = {
    // scalars and white space
    "null"sv,
    "true"sv,
    "false"sv,
    "0"sv,
    "\"\""sv,
    "[]"sv,
    "{}"sv,
    " null "sv,
    "\t\r\n 1\n\r\t "sv,
    "[ ]"sv,
    "{ }"sv,
    "[\n]"sv,
    "{\t}"sv,
    " [ 1 , 2 ] "sv,
    "{ \"a\" : 1 , \"b\" : 2 }"sv,
    // structure
    "[1]"sv,
    "[1,2,3]"sv,
    "[[],{},[[]]]"sv,
    "[null,true,false]"sv,
    "{\"a\":{}}"sv,
    "{\"a\":[{\"a\":[{}]}]}"sv,
    "{\"\":0}"sv,
    "{\"a\":1,\"A\":1}"sv,
    "{\"a\":1,\"aa\":1}"sv,
    "[{\"a\":1},{\"a\":1}]"sv,
    "{\"a\":{\"a\":1},\"b\":{\"a\":1}}"sv,
    "{\"a\":{\"b\":1},\"b\":2}"sv,
    // numbers
    "-1"sv,
    "-0"sv,
    "-0.0"sv,
    "0.0"sv,
    "0e0"sv,
    "0E0"sv,
    "0e+0"sv,
    "0e-0"sv,
    "1e5"sv,
    "1E5"sv,
    "1e+5"sv,
    "1e-5"sv,
    "1.5"sv,
    "-1.5e10"sv,
    "0.1"sv,
    "10"sv,
    "100"sv,
    "-10"sv,
    "1.0"sv,
    "123456789012345678"sv,
    "999999999999999999"sv,
    "1000000000000000000"sv,
    "9223372036854775807"sv,
    "-9223372036854775808"sv,
    "9223372036854775808"sv,
    "18446744073709551615"sv,
    "18446744073709551616.0"sv,
    "1e20"sv,
    "1e308"sv,
    "-1e308"sv,
    "1.7976931348623157e308"sv,
    "1.7976931348623158e308"sv,
    "4.9e-324"sv,
    "5e-324"sv,
    "1e-400"sv,
    "-1e-400"sv,
    "0e400"sv,
    "0.0e999999999999999999999"sv,
    "1e-999999999999999999999"sv,
    "0.00000000000000000000000000000000000001e+40"sv,
    "1e005"sv,
    "2.2250738585072011e-308"sv,
    "9007199254740993"sv,
    "9007199254740993.0"sv,
    // strings
    "\"a\""sv,
    "\"\\\"\""sv,
    "\"\\\\\""sv,
    "\"\\/\""sv,
    "\"/\""sv,
    "\"\\b\\f\\n\\r\\t\""sv,
    "\"\\u0000\""sv,
    "\"\\u0041\""sv,
    "\"\\u00e9\""sv,
    "\"\\u00E9\""sv,
    "\"\\uFFFF\""sv,
    "\"\\uD83D\\uDE00\""sv,
    "\"\\ud83d\\ude00\""sv,
    "\"\\uDBFF\\uDFFF\""sv,
    "\"\\uE000\""sv,
    "\"\\uD7FF\""sv,
    "\"\\\\uD800\""sv,
    "\"\x7f\""sv,
    "\"'\""sv,
    "\"{}[]:,\""sv,
    "\"// no comment\""sv,
    "\"exactly 8\""sv,
    "\"1234567\""sv,
    "\"12345678\""sv,
    "\"123456789012345\\\"\""sv,
    "{\"\\u0061\":1,\"b\":2}"sv,
    "{\"a\\\"b\":1}"sv,
    "{\"a\":1,\"\\u0062\":2}"sv,
    // UTF-8, at each border
    "\"\xc2\x80\""sv,
    "\"\xdf\xbf\""sv,
    "\"\xe0\xa0\x80\""sv,
    "\"\xed\x9f\xbf\""sv,
    "\"\xee\x80\x80\""sv,
    "\"\xef\xbf\xbf\""sv,
    "\"\xf0\x90\x80\x80\""sv,
    "\"\xf4\x8f\xbf\xbf\""sv,
    "\"\xc3\xa9t\xc3\xa9\""sv,
    "\"plain then \xe2\x82\xac and \xf0\x9f\x98\x80 after\""sv,
    "{\"\xe2\x82\xac\":1,\"\xe2\x82\xad\":2}"sv,
    "\"\xef\xbb\xbf\""sv,
};

constexpr std::string_view refused[] = {
    // nothing, or more than one value
    ""sv,
    " "sv,
    "\n\t"sv,
    "1 2"sv,
    "null null"sv,
    "{}{}"sv,
    "[] []"sv,
    "[],"sv,
    "1,"sv,
    "{}x"sv,
    "[]]"sv,
    "{}}"sv,
    "\"\"\"\""sv,
    "]"sv,
    "}"sv,
    ","sv,
    ":"sv,
    "null\0"sv,
    "1\0"sv,
    "\0"sv,
    // words
    "nul"sv,
    "nulll"sv,
    "Null"sv,
    "NULL"sv,
    "tru"sv,
    "True"sv,
    "truee"sv,
    "fals"sv,
    "falsy"sv,
    "undefined"sv,
    "NaN"sv,
    "Infinity"sv,
    "-Infinity"sv,
    "nan"sv,
    "inf"sv,
    "a"sv,
    "'a'"sv,
    "`a`"sv,
    // arrays
    "["sv,
    "[1"sv,
    "[1,"sv,
    "[1,]"sv,
    "[,1]"sv,
    "[,]"sv,
    "[1,,2]"sv,
    "[1 2]"sv,
    "[1}"sv,
    "[\"a\""sv,
    "[1:2]"sv,
    "[[]"sv,
    "[\"a\",\n"sv,
    "[a]"sv,
    "[1;2]"sv,
    "[\x0b]"sv,
    "[\f]"sv,
    "[\0]"sv,
    // objects
    "{"sv,
    "{\"a\""sv,
    "{\"a\":"sv,
    "{\"a\":1"sv,
    "{\"a\":1,"sv,
    "{\"a\":1,}"sv,
    "{,}"sv,
    "{\"a\"}"sv,
    "{\"a\",1}"sv,
    "{\"a\"1}"sv,
    "{\"a\"::1}"sv,
    "{\"a\":1 \"b\":2}"sv,
    "{\"a\":1,,\"b\":2}"sv,
    "{a:1}"sv,
    "{1:1}"sv,
    "{null:1}"sv,
    "{'a':1}"sv,
    "{\"a\":1]"sv,
    "{[]:1}"sv,
    "{\"a\":}"sv,
    "{:1}"sv,
    "{\"a\" \"b\"}"sv,
    "{\"a\":1;}"sv,
    "{ ,\"a\":1}"sv,
    // duplicate names
    "{\"a\":1,\"a\":1}"sv,
    "{\"a\":1,\"b\":2,\"a\":3}"sv,
    "{\"\":1,\"\":2}"sv,
    "{\"a\":1,\"\\u0061\":2}"sv,
    "{\"\\u0061\":1,\"a\":2}"sv,
    "{\"\\u00e9\":1,\"\xc3\xa9\":2}"sv,
    "{\"\\/\":1,\"/\":2}"sv,
    "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"sv,
    "[{\"x\":{\"a\":1,\"a\":1}}]"sv,
    "{\"a\":{\"b\":1},\"a\":2}"sv,
    "{\"x\":{\"y\":1},\"x\":{\"y\":1}}"sv,
    "{\"averylongname\":1,\"averylongname\":2}"sv,
    // numbers
    "-"sv,
    "+1"sv,
    "--1"sv,
    "01"sv,
    "00"sv,
    "-01"sv,
    "-00"sv,
    "0x10"sv,
    "1."sv,
    "1.e5"sv,
    ".5"sv,
    "-.5"sv,
    "1e"sv,
    "1e+"sv,
    "1e-"sv,
    "1E"sv,
    "1e5.5"sv,
    "1.5.5"sv,
    "1e5e5"sv,
    "1_000"sv,
    "1,000"sv,
    "0 1"sv,
    "- 1"sv,
    "1 .5"sv,
    "1a"sv,
    "0a"sv,
    "1f"sv,
    "1e400"sv,
    "-1e400"sv,
    "1e309"sv,
    "1.7976931348623159e308"sv,
    "1e99999999999999999999"sv,
    "123e307"sv,
    "18446744073709551616"sv,
    "-9223372036854775809"sv,
    "99999999999999999999"sv,
    "100000000000000000000"sv,
    "-18446744073709551615"sv,
    "1\xc2\xb2"sv,
    "\xef\xbc\x91"sv,
    "012345678901234567890"sv,
    // strings
    "\""sv,
    "\"a"sv,
    "\"\\\""sv,
    "\"\\"sv,
    "\"\\x41\""sv,
    "\"\\a\""sv,
    "\"\\0\""sv,
    "\"\\'\""sv,
    "\"\\v\""sv,
    "\"\\U0041\""sv,
    "\"\\u\""sv,
    "\"\\u0\""sv,
    "\"\\u00\""sv,
    "\"\\u004\""sv,
    "\"\\u004g\""sv,
    "\"\\u 041\""sv,
    "\"\\u-041\""sv,
    "\"\\u0041"sv,
    "\"\\u00"sv,
    "\"\n\""sv,
    "\"\t\""sv,
    "\"\0\""sv,
    "\"\x1f\""sv,
    "\"a\x01z\""sv,
    "\"12345678\x02\""sv,
    // surrogates
    "\"\\uD800\""sv,
    "\"\\uDBFF\""sv,
    "\"\\uDC00\""sv,
    "\"\\uDFFF\""sv,
    "\"\\uD800a\""sv,
    "\"\\uD800\\n\""sv,
    "\"\\uD800\\uD800\""sv,
    "\"\\uD800\\u0041\""sv,
    "\"\\uDC00\\uD800\""sv,
    "\"\\uD83D\\u\""sv,
    "\"\\uD83D\\uDE0\""sv,
    "\"\\uD83D\\"sv,
    "{\"\\uD800\":1}"sv,
    // UTF-8
    "\"\x80\""sv,
    "\"\xbf\""sv,
    "\"\xc0\x80\""sv,
    "\"\xc1\xbf\""sv,
    "\"\xc2\""sv,
    "\"\xc2"sv,
    "\"\xc2\x41\""sv,
    "\"\xe0\x9f\xbf\""sv,
    "\"\xe2\x82\""sv,
    "\"\xe2\x82"sv,
    "\"\xed\xa0\x80\""sv,
    "\"\xed\xbf\xbf\""sv,
    "\"\xf0\x8f\xbf\xbf\""sv,
    "\"\xf4\x90\x80\x80\""sv,
    "\"\xf5\x80\x80\x80\""sv,
    "\"\xff\""sv,
    "\"\xfe\""sv,
    "\"\xf0\x9f\x98\""sv,
    "\"\xf0\x9f\x98"sv,
    "{\"\xff\":1}"sv,
    "\xef\xbb\xbf{}"sv,
    "[\xc3\xa9]"sv,
    "\xe2\x80\xa8"
    "1"sv,
    "\xc2\xa0"
    "1"sv,
    // what other dialects allow
    "// c\n1"sv,
    "/* c */ 1"sv,
    "1 # c"sv,
    "[1,2,...]"sv,
    "{\"a\":1} // end"sv,
    "(1)"sv,
    "\xff\xfe"sv,
};

bool is_accepted(std::string_view text) {
    const bool checked = !validate_json(text);
    const bool parsed = parse_json(text).has_value();
    BOOST_TEST(checked == parsed, "checking and parsing disagree on " << text);
    return checked;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_text)

BOOST_AUTO_TEST_CASE(when_it_is_strict_json_then_it_is_accepted) {
    for (const auto text : accepted) {
        const auto error = validate_json(text);
        BOOST_TEST(is_accepted(text), text << ": " << (error ? error->reason : ""));
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_anything_else_then_it_is_refused_with_a_place_and_a_reason) {
    for (const auto text : refused) {
        BOOST_TEST(!is_accepted(text), text);
        if (const auto error = validate_json(text)) {
            BOOST_TEST(error->offset <= text.size(), text);
            BOOST_TEST(error->reason.ends_with('.'), error->reason);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_an_accepted_text_is_cut_short_then_what_is_left_is_never_read_past) {
    // Each copy has its exact size on the heap, so that a sanitizer sees the first byte beyond.
    for (const auto text : accepted) {
        for (std::size_t size = 0; size < text.size(); ++size) {
            const std::vector<char> cut(text.begin(),
                                        text.begin() + static_cast<std::ptrdiff_t>(size));
            is_accepted({cut.data(), cut.size()});
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_control_character_is_in_a_string_then_it_is_refused_at_every_place) {
    for (char control = 0; control < 0x20; ++control) {
        for (std::size_t place = 0; place < 20; ++place) {
            std::string text = "\"01234567890123456789\"";
            text[1 + place] = control;
            const auto error = validate_json(text);
            BOOST_REQUIRE(error);
            BOOST_TEST(error->offset == 1 + place);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_nested_64_levels_deep_then_it_is_accepted_and_65_are_refused) {
    const auto nested = [](std::size_t levels, const std::string& open, const std::string& close) {
        std::string text;
        for (std::size_t i = 0; i < levels; ++i) {
            text += open;
        }
        text += "1";
        for (std::size_t i = 0; i < levels; ++i) {
            text += close;
        }
        return text;
    };
    BOOST_TEST(is_accepted(nested(64, "[", "]")));
    BOOST_TEST(!is_accepted(nested(65, "[", "]")));
    BOOST_TEST(is_accepted(nested(64, "{\"a\":", "}")));
    BOOST_TEST(!is_accepted(nested(65, "{\"a\":", "}")));
    BOOST_TEST(is_accepted(nested(32, "[{\"a\":", "}]")));
    BOOST_TEST(!is_accepted(nested(33, "[{\"a\":", "}]")));
    BOOST_TEST(!is_accepted(std::string(1'000'000, '[')));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_an_object_with_many_members)

namespace {

std::string object_of(const std::vector<std::string>& names) {
    std::string text = "{";
    for (const auto& name : names) {
        text += (text.size() > 1 ? ",\"" : "\"") + name + "\":1";
    }
    return text + "}";
}

std::vector<std::string> numbered_names(std::size_t count, const std::string& prefix) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
        names.push_back(prefix + std::to_string(i));
    }
    return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(when_one_name_repeats_any_other_then_it_is_refused_there) {
    for (const std::size_t count : {2u, 15u, 16u, 17u, 18u, 100u}) {
        for (std::size_t first = 0; first + 1 < count; first += 1 + count / 10) {
            auto names = numbered_names(count, "member");
            BOOST_TEST(is_accepted(object_of(names)));
            names.back() = names[first];
            const auto text = object_of(names);
            const auto error = validate_json(text);
            BOOST_REQUIRE(error);
            BOOST_TEST(error->pointer == "/" + names[first]);
            BOOST_TEST(error->offset == text.rfind("\"member"));
            BOOST_TEST(!is_accepted(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(when_names_differ_only_in_the_middle_then_they_are_told_apart) {
    std::vector<std::string> names;
    for (int i = 10; i < 99; ++i) {
        names.push_back("the same start " + std::to_string(i) + " and the same end");
    }
    BOOST_TEST(is_accepted(object_of(names)));
    names.push_back(names[40]);
    BOOST_TEST(!is_accepted(object_of(names)));
}

BOOST_AUTO_TEST_CASE(when_members_hold_objects_with_the_same_names_then_levels_are_kept_apart) {
    std::string text = "{";
    for (const auto& name : numbered_names(40, "n")) {
        text +=
            (text.size() > 1 ? ",\"" : "\"") + name + "\":" + object_of(numbered_names(40, "n"));
    }
    text += "}";
    BOOST_TEST(is_accepted(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
