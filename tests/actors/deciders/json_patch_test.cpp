// json_patch against RFC 6902's own examples, and its errors one by one.
#include "tests/actors/deciders/json_patch_folding.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

namespace firn {

using test::JsonPatchFolding;
using test::parsed;

BOOST_AUTO_TEST_SUITE(given_the_examples_of_rfc_6902_appendix_a)

BOOST_AUTO_TEST_CASE(when_each_patch_is_applied_then_the_result_is_the_stated_one) {
    struct Example {
        std::string_view document, patch, result;
    };
    constexpr Example examples[] = {
        // A.1, A.2: a member, an element
        {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])",
         R"({"baz":"qux","foo":"bar"})"},
        {R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])",
         R"({"foo":["bar","qux","baz"]})"},
        // A.3, A.4, A.5: out again, or another in its place
        {R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})"},
        {R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])",
         R"({"foo":["bar","baz"]})"},
        {R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])",
         R"({"baz":"boo","foo":"bar"})"},
        // A.6, A.7: from one place to another
        {R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
         R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
         R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
        {R"({"foo":["all","grass","cows","eat"]})",
         R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
         R"({"foo":["all","cows","eat","grass"]})"},
        // A.8: what is so
        {R"({"baz":"qux","foo":["a",2,"c"]})",
         R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
         R"({"baz":"qux","foo":["a",2,"c"]})"},
        // A.10, A.11: an object inside; a member nobody defined
        {R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])",
         R"({"foo":"bar","child":{"grandchild":{}}})"},
        {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])",
         R"({"foo":"bar","baz":"qux"})"},
        // A.14, A.16: escapes; the end of an array
        {R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})"},
        {R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])",
         R"({"foo":["bar",["abc","def"]]})"},
    };
    for (const auto& example : examples) {
        JsonPatchFolding folding;
        folding.restore(example.document);
        folding.apply(example.patch);
        BOOST_TEST(parsed(folding.text()) == parsed(example.result), example.patch);
    }
}

BOOST_FIXTURE_TEST_CASE(when_a_patch_must_fail_then_the_reason_says_what_was_wrong,
                        JsonPatchFolding) {
    // A.9, A.12, A.13, A.15
    refuse(R"({"baz":"qux"})", R"([{"op":"test","path":"/baz","value":"bar"}])",
           {"Operation 0", "\"test\" at \"/baz\"", "it is \"qux\", not \"bar\""});
    refuse(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz/bat","value":"qux"}])",
           {"\"add\" at \"/baz/bat\"", "there is no member \"baz\""});
    refuse(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","op":"remove"}])",
           {"not a JSON Patch", "twice", "/0/op"});
    refuse(R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":"10"}])",
           {"it is 10, not \"10\""});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_state_of_json_patches, JsonPatchFolding)

BOOST_AUTO_TEST_CASE(when_nothing_happened_then_it_is_an_empty_object_and_small) {
    BOOST_TEST(text() == "{}");
    BOOST_TEST(engine->kind() == "json_patch");
    BOOST_TEST(!engine->has_decide());
    BOOST_TEST(state->memory_bytes() < 250u);
    apply("[]");
    BOOST_TEST(text() == "{}");
}

BOOST_AUTO_TEST_CASE(when_an_operations_members_come_in_any_order_then_it_is_the_same) {
    apply(
        R"([{"value":{"b":[1]},"path":"/a","op":"add"},{"from":"/a/b","path":"/c","op":"copy"}])");
    BOOST_TEST(text() == R"({"a":{"b":[1]},"c":[1]})");
}

BOOST_AUTO_TEST_CASE(when_names_are_odd_then_pointers_find_them) {
    // RFC 6901, section 5
    restore(
        R"({"foo":["bar"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})");
    apply(R"([{"op":"test","path":"/foo/0","value":"bar"},{"op":"test","path":"/","value":0},
              {"op":"test","path":"/a~1b","value":1},{"op":"test","path":"/c%d","value":2},
              {"op":"test","path":"/e^f","value":3},{"op":"test","path":"/g|h","value":4},
              {"op":"test","path":"/i\\j","value":5},{"op":"test","path":"/k\"l","value":6},
              {"op":"test","path":"/ ","value":7},{"op":"test","path":"/m~0n","value":8}])");
    apply(R"([{"op":"add","path":"/\u00e9~1","value":{"":{"":1}}}])");
    apply(R"([{"op":"test","path":"/é~1//","value":1}])");
}

BOOST_AUTO_TEST_CASE(when_the_path_is_empty_then_the_state_as_a_whole_is_meant) {
    apply(R"([{"op":"add","path":"","value":[1,2]}])");
    BOOST_TEST(text() == "[1,2]");
    apply(
        R"([{"op":"test","path":"","value":[1,2.0]},{"op":"replace","path":"","value":{"a":{"b":3}}}])");
    apply(R"([{"op":"move","from":"","path":""}])");
    BOOST_TEST(text() == R"({"a":{"b":3}})");
    apply(R"([{"op":"copy","from":"","path":"/a/all"}])");
    BOOST_TEST(text() == R"({"a":{"b":3,"all":{"a":{"b":3}}}})");
    apply(R"([{"op":"move","from":"/a/all/a","path":""}])");
    BOOST_TEST(text() == R"({"b":3})");
    apply(R"([{"op":"replace","path":"","value":null}])");
    BOOST_TEST(text() == "null");
    refuse("{}", R"([{"op":"remove","path":""}])", {"cannot be removed", "null"});
}

BOOST_AUTO_TEST_CASE(when_something_is_added_where_a_member_is_then_it_takes_its_place) {
    apply(R"([{"op":"add","path":"/a","value":1},{"op":"add","path":"/a","value":{"b":2}}])");
    BOOST_TEST(text() == R"({"a":{"b":2}})");
    apply(R"([{"op":"copy","from":"/a/b","path":"/a"},{"op":"move","from":"/a","path":"/a"}])");
    BOOST_TEST(text() == R"({"a":2})");
}

BOOST_AUTO_TEST_CASE(when_the_target_does_not_exist_then_the_reason_names_operation_and_place) {
    refuse(R"({"a":{"b":1}})",
           R"([{"op":"test","path":"/a/b","value":1},{"op":"remove","path":"/a/c"}])",
           {"Operation 1", "\"remove\"", "\"/a/c\"", "no member \"c\" in \"/a\""});
    refuse("{}", R"([{"op":"replace","path":"/x","value":1}])", {"no member \"x\""});
    refuse("{}", R"([{"op":"move","from":"/x","path":"/y"}])", {"from \"/x\"", "no member \"x\""});
    refuse("{}", R"([{"op":"copy","from":"/x","path":"/y"}])", {"no member \"x\""});
    refuse("{}", R"([{"op":"test","path":"/x","value":null}])", {"no member \"x\""});
    refuse(R"({"a":7})", R"([{"op":"add","path":"/a/b","value":1}])", {"inside of 7"});
    refuse(R"({"a":"t"})", R"([{"op":"remove","path":"/a/b/c"}])", {"inside of \"t\""});
}

BOOST_AUTO_TEST_CASE(when_a_token_is_no_index_of_the_array_then_it_is_refused) {
    for (const std::string_view token :
         {"3", "01", "00", "-1", "+1", "1e0", " 1", "", "x", "99999999999999999999999"}) {
        refuse("[1,2]", "[{\"op\":\"add\",\"path\":\"/" + std::string(token) + "\",\"value\":0}]",
               {"\"" + std::string(token) + "\""});
    }
    for (const std::string_view operation :
         {R"({"op":"remove","path":"/-"})", R"({"op":"replace","path":"/-","value":0})",
          R"({"op":"test","path":"/-","value":2})", R"({"op":"move","from":"/-","path":"/0"})",
          R"({"op":"copy","from":"/-","path":"/0"})", R"({"op":"add","path":"/-/0","value":1})",
          R"({"op":"remove","path":"/2"})"}) {
        refuse("[1,2]", "[" + std::string(operation) + "]", {"has 2 elements"});
    }
    restore("[1,2]");
    apply(R"([{"op":"add","path":"/2","value":3},{"op":"add","path":"/0","value":0},
              {"op":"copy","from":"/0","path":"/-"}])");
    BOOST_TEST(text() == "[0,1,2,3,0]");
}

BOOST_AUTO_TEST_CASE(when_a_value_would_be_moved_into_itself_then_it_is_refused) {
    refuse(R"({"a":{"b":{}}})", R"([{"op":"move","from":"/a","path":"/a/b/c"}])", {"into itself"});
    refuse(R"({"a~b":{}})", R"([{"op":"move","from":"/a~0b","path":"/a~0b/c"}])", {"into itself"});
    refuse(R"({"a":1})", R"([{"op":"move","from":"","path":"/b"}])", {"into itself"});
    restore(R"({"a":{"b":1},"ab":{}})");
    apply(
        R"([{"op":"move","from":"/a","path":"/ab/c"},{"op":"copy","from":"/ab","path":"/ab/c/d"}])");
    BOOST_TEST(parsed(text()) == parsed(R"({"ab":{"c":{"b":1,"d":{"c":{"b":1}}}}})"));
}

BOOST_AUTO_TEST_CASE(when_an_operation_lacks_something_then_the_reason_names_it) {
    refuse("{}", R"([{"path":"/a","value":1}])", {"Operation 0", "no op", "\"/a\""});
    refuse("{}", R"([{"op":"add","value":1}])", {"\"add\"", "no path"});
    refuse("{}", R"([{"op":"add","path":"/a"}])", {"no value"});
    refuse("{}", R"([{"op":"replace","path":""}])", {"no value"});
    refuse("{}", R"([{"op":"test","path":""}])", {"no value"});
    refuse("{}", R"([{"op":"move","path":"/a"}])", {"no from"});
    refuse("{}", R"([{"op":"copy","path":"/a"}])", {"no from"});
    refuse("{}", R"([{"op":"merge","path":"/a"}])", {"\"merge\"", "none of add"});
    refuse("{}", R"([{"op":"Add","path":"/a","value":1}])", {"none of add"});
    refuse("{}", R"([{"op":"add","path":"a","value":1}])", {"path is not a JSON pointer"});
    refuse("{}", R"([{"op":"add","path":"/a~","value":1}])", {"path is not a JSON pointer"});
    refuse("{}", R"([{"op":"add","path":"/a~2","value":1}])", {"path is not a JSON pointer"});
    refuse("{}", R"([{"op":"copy","path":"/a","from":"b"}])", {"from is not a JSON pointer"});
    // What one operation stated is not there for the next.
    refuse("{}", R"([{"op":"add","path":"/a","value":1},{"op":"add","path":"/b"}])",
           {"Operation 1", "no value"});
    refuse("{}", R"([{"op":"add","path":"/a","value":1},{"op":"remove"}])", {"no path"});
}

BOOST_AUTO_TEST_CASE(when_the_data_are_no_patch_at_all_then_the_reason_names_the_place) {
    refuse("{}", "", {"not a JSON Patch"});
    refuse("{}", "{}", {"not a JSON Patch", "array"});
    refuse("{}", "7", {"not a JSON Patch", "array"});
    refuse("{}", "[1]", {"not a JSON Patch", "/0", "object"});
    refuse("{}", R"([{"op":1}])", {"not a JSON Patch", "/0/op", "string"});
    refuse("{}", R"([{"op":"add","path":["a"],"value":1}])", {"/0/path", "string"});
    refuse("{}", R"([{"op":"copy","from":null,"path":"/a"}])", {"/0/from", "string"});
    refuse("{}", R"([{"op":"add","path":"/a","value":1e999}])", {"/0/value"});
    refuse("{}", R"([{"op":"add","path":"/a","value":1,"x":[nul]}])", {"/0/x/0"});
    refuse("{}", R"([{"op":"add","path":"/a","value":1}] x)", {"not a JSON Patch"});
    refuse("{}", R"([{"op":"add","path":"/a","value":1},)", {"not a JSON Patch"});
}

BOOST_AUTO_TEST_CASE(when_a_path_is_very_long_then_the_reason_is_short) {
    const auto reason =
        evolve("[{\"op\":\"add\",\"path\":\"/" + std::string(100'000, 'x') + "/y\",\"value\":1}]");
    BOOST_REQUIRE(reason);
    BOOST_TEST(reason->size() < 1000u);
    BOOST_TEST(reason->find("…") != std::string::npos);
    // Cut between characters.
    const auto accented = evolve("[{\"op\":\"add\",\"path\":\"/" + [] {
        std::string text;
        for (int i = 0; i < 100; ++i) {
            text += "é";
        }
        return text;
    }() + "/y\",\"value\":1}]");
    BOOST_REQUIRE(accented);
    BOOST_TEST(is_valid_utf8(*accented));
}

BOOST_AUTO_TEST_CASE(when_values_are_tested_then_numbers_count_by_value_and_members_by_name) {
    const auto equal = [this](std::string_view state_text, std::string_view tested) {
        restore("{\"v\":" + std::string(state_text) + "}");
        return evolve("[{\"op\":\"test\",\"path\":\"/v\",\"value\":" + std::string(tested) +
                      "}]") == nullptr;
    };
    BOOST_TEST(equal("1", "1.0"));
    BOOST_TEST(equal("1.0", "1"));
    BOOST_TEST(equal("100", "1e2"));
    BOOST_TEST(equal("0", "-0.0"));
    BOOST_TEST(equal("18446744073709551615", "18446744073709551615"));
    BOOST_TEST(equal("9223372036854775808", "9223372036854775808.0"));
    BOOST_TEST(equal("-9223372036854775808", "-9223372036854775808.0"));
    // Neighbours that one double stands for.
    BOOST_TEST(!equal("9007199254740993", "9007199254740992.0"));
    BOOST_TEST(!equal("9223372036854775807", "9223372036854775808.0"));
    BOOST_TEST(!equal("18446744073709551615", "18446744073709551616.0"));
    BOOST_TEST(!equal("-1", "18446744073709551615"));
    BOOST_TEST(!equal("1", "1.5"));
    BOOST_TEST(!equal("-1", "-1e300"));
    BOOST_TEST(!equal("1", "\"1\""));
    BOOST_TEST(!equal("null", "false"));
    BOOST_TEST(equal("null", "null"));
    BOOST_TEST(equal("true", "true"));
    BOOST_TEST(!equal("true", "false"));
    BOOST_TEST(equal(R"({"a":1,"b":[1,{}]})", R"({"b":[1.0,{}],"a":1})"));
    BOOST_TEST(!equal(R"({"a":1})", R"({"b":1})"));
    BOOST_TEST(!equal(R"({"a":1})", R"({"a":1,"b":1})"));
    BOOST_TEST(!equal("[1,2]", "[2,1]"));
    BOOST_TEST(!equal("[1,2]", "[1]"));
    BOOST_TEST(equal(R"("\u0061")", R"("a")"));
}

BOOST_AUTO_TEST_CASE(when_numbers_are_folded_then_they_stay_exact) {
    apply(
        R"([{"op":"add","path":"","value":[18446744073709551615,-9223372036854775808,0.1,1.0,-0.0]}])");
    BOOST_TEST(text() == "[18446744073709551615,-9223372036854775808,0.1,1.0,-0.0]");
}

BOOST_AUTO_TEST_CASE(when_the_event_is_gone_then_the_state_lives_on) {
    auto data = std::make_unique<std::string>(
        R"([{"op":"add","path":"/a \u0061","value":["a string that is too long for any buffer"]}])");
    apply(*data);
    std::fill(data->begin(), data->end(), '#');
    data.reset();
    BOOST_TEST(text() == R"({"a a":["a string that is too long for any buffer"]})");
}

BOOST_AUTO_TEST_CASE(when_a_stored_state_is_no_json_then_it_is_not_restored) {
    for (const std::string_view damaged : {"", "{", "{} x", "{\"a\":1,\"a\":2}"}) {
        BOOST_TEST(test::contains(not_restored(damaged), "not JSON"));
    }
}

BOOST_AUTO_TEST_CASE(when_values_come_and_go_then_memory_follows) {
    const auto small = state->memory_bytes();
    apply(R"([{"op":"add","path":"/big","value":")" + std::string(100'000, 'x') + R"("}])");
    BOOST_TEST(state->memory_bytes() > 100'000u);
    BOOST_TEST(state->memory_bytes() < 110'000u);
    apply(R"([{"op":"copy","from":"/big","path":"/more"}])");
    BOOST_TEST(state->memory_bytes() > 200'000u);
    apply(R"([{"op":"move","from":"/big","path":"/more"}])");
    BOOST_TEST(state->memory_bytes() < 110'000u);
    apply(R"([{"op":"replace","path":"","value":0}])");
    BOOST_TEST(state->memory_bytes() <= small);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
