// json_patch against RFC 6902's own examples, its errors one by one, and against a naive model.
#include "actors/deciders/json_patch.hpp"

#include "actors/deciders/json_tree.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

namespace json = boost::json;

namespace {

json::value parsed(std::string_view text) {
    auto value = parse_json(text);
    BOOST_REQUIRE_MESSAGE(value, text);
    return std::move(*value);
}

struct Folding {
    std::shared_ptr<const DeciderEngine> engine = make_json_patch_engine();
    std::unique_ptr<FoldedState> state = engine->initial();

    void restore(std::string_view document) {
        auto restored = engine->restore(document);
        BOOST_REQUIRE_MESSAGE(restored.has_value(), document);
        state = std::move(*restored);
    }
    Failure evolve(std::string_view data) {
        EventView event;
        event.version = Version{1};
        event.data = data;
        return state->evolve(event);
    }
    void apply(std::string_view data) {
        const auto reason = evolve(data);
        BOOST_REQUIRE_MESSAGE(!reason, data << ": " << (reason ? *reason : ""));
    }
    // The reason, which contains all of `parts`.
    void refuse(std::string_view document, std::string_view patch,
                std::initializer_list<std::string_view> parts) {
        restore(document);
        const auto reason = evolve(patch);
        BOOST_REQUIRE_MESSAGE(reason, patch << " was applied to " << document);
        for (const auto part : parts) {
            BOOST_TEST(reason->find(part) != std::string::npos, *reason << " lacks " << part);
        }
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        BOOST_REQUIRE(!state->write_json(out));
        return out;
    }
};

}  // namespace

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
        Folding folding;
        folding.restore(example.document);
        folding.apply(example.patch);
        BOOST_TEST(parsed(folding.text()) == parsed(example.result), example.patch);
    }
}

BOOST_FIXTURE_TEST_CASE(when_a_patch_must_fail_then_the_reason_says_what_was_wrong, Folding) {
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

BOOST_FIXTURE_TEST_SUITE(given_a_state_of_json_patches, Folding)

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

BOOST_FIXTURE_TEST_SUITE(given_patches_that_grow_a_state, Folding)

BOOST_AUTO_TEST_CASE(when_each_copy_doubles_it_inside_itself_then_it_is_refused_early) {
    apply(R"([{"op":"add","path":"/a","value":["x"]}])");
    Failure reason;
    int copies = 0;
    for (; !reason; ++copies) {
        BOOST_REQUIRE(copies < 100);
        reason = evolve(R"([{"op":"copy","from":"/a","path":"/a/0"}])");
    }
    BOOST_TEST(copies > 15);
    BOOST_TEST(reason->find("64 MiB") != std::string::npos, *reason);
    BOOST_TEST(state->memory_bytes() < json_patch_weight_max);
}

BOOST_AUTO_TEST_CASE(when_each_copy_adds_to_it_then_the_weight_ends_it_in_every_process) {
    const auto copied_to = [](int name) {
        return R"([{"op":"copy","from":"/0","path":"/)" + std::to_string(name) + R"("}])";
    };
    const auto one_mebibyte = "{\"0\":\"" + std::string(1 << 20, 'x') + "\"}";
    restore(one_mebibyte);
    int copies = 0;
    Failure reason;
    while (!(reason = evolve(copied_to(copies + 1)))) {
        ++copies;
        BOOST_REQUIRE(copies < 100);
    }
    BOOST_TEST(reason->find("64 MiB") != std::string::npos, *reason);
    // With the original 63 strings, since names and values weigh something.
    BOOST_TEST(copies == 62);
    BOOST_TEST(state->memory_bytes() < json_patch_weight_max + (4u << 20));

    // The same for a state that was written out on the way.
    restore(one_mebibyte);
    for (int name = 1; name <= 62; ++name) {
        apply(copied_to(name));
        if (name == 61) {
            restore(text());
        }
    }
    BOOST_TEST(evolve(copied_to(63)) != nullptr);
}

BOOST_AUTO_TEST_CASE(when_an_event_means_hours_of_work_then_it_is_refused_soon) {
    std::string list = "[";
    for (int i = 0; i < 100'000; ++i) {
        list += i == 0 ? "0" : ",0";
    }
    restore("{\"list\":" + list + "]}");
    std::string patch = "[";
    for (int i = 0; i < 25'000; ++i) {
        patch += R"({"op":"add","path":"/list/0","value":1},)";
    }
    patch.back() = ']';
    const auto shifts = evolve(patch);
    BOOST_REQUIRE(shifts);
    BOOST_TEST(shifts->find("256 MiB") != std::string::npos, *shifts);

    restore("{\"list\":" + list + "]}");
    patch = "[";
    for (int i = 0; i < 15'000; ++i) {
        patch += R"({"op":"copy","from":"/list","path":"/twin"},)";
    }
    patch.back() = ']';
    const auto copies = evolve(patch);
    BOOST_REQUIRE(copies);
    BOOST_TEST(copies->find("256 MiB") != std::string::npos, *copies);

    // Per event: the next one has it anew.
    restore("{\"list\":" + list + "]}");
    for (int i = 0; i < 200; ++i) {
        apply(R"([{"op":"add","path":"/list/0","value":1},{"op":"remove","path":"/list/0"}])");
    }
}

BOOST_AUTO_TEST_CASE(when_a_state_would_be_deeper_than_it_can_be_read_then_it_is_refused) {
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    const auto at = [](std::size_t tokens) {
        std::string path;
        for (std::size_t i = 0; i < tokens; ++i) {
            path += "/0";
        }
        return path;
    };
    restore(nested(64));
    apply(R"([{"op":"add","path":")" + at(64) + R"(","value":1}])");
    BOOST_TEST(parse_json(text()).has_value());
    refuse(nested(64), R"([{"op":"add","path":")" + at(64) + R"(","value":[]}])", {"deeper"});
    refuse(nested(64), R"([{"op":"replace","path":")" + at(63) + R"(","value":[[]]}])", {"deeper"});
    refuse(nested(40), R"([{"op":"copy","from":"","path":")" + at(40) + R"("}])", {"deeper"});
    refuse("[" + nested(40) + "," + nested(40) + "]",
           R"([{"op":"move","from":"/1","path":"/0)" + at(39) + R"("}])", {"deeper"});
    restore("[" + nested(40) + "," + nested(24) + "]");
    apply(R"([{"op":"move","from":"/1","path":"/0)" + at(39) + R"("}])");
    BOOST_TEST(parse_json(text()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// The operations as RFC 6902 words them: every step makes a new tree, nothing is shared with the
// engine but the parser.
namespace model {

using Tree = std::optional<json::value>;
using Tokens = std::vector<std::string>;

Tokens tokens_of(const std::string& pointer) {
    Tokens tokens;
    for (std::size_t begin = 1; begin <= pointer.size();) {
        const auto end = std::min(pointer.find('/', begin), pointer.size());
        tokens.push_back(pointer.substr(begin, end - begin));
        begin = end + 1;
    }
    return tokens;
}

// A list of (name, value); an array's names are its indices.
std::vector<std::pair<std::string, json::value>> children_of(const json::value& tree) {
    std::vector<std::pair<std::string, json::value>> children;
    if (tree.is_object()) {
        for (const auto& member : tree.get_object()) {
            children.emplace_back(member.key(), member.value());
        }
    } else if (tree.is_array()) {
        for (const auto& element : tree.get_array()) {
            children.emplace_back(std::to_string(children.size()), element);
        }
    }
    return children;
}

json::value rebuilt(const json::value& like,
                    const std::vector<std::pair<std::string, json::value>>& children) {
    if (like.is_object()) {
        json::object object;
        for (const auto& [name, value] : children) {
            object[name] = value;
        }
        return object;
    }
    json::array array;
    for (const auto& child : children) {
        array.push_back(child.second);
    }
    return array;
}

Tree get(const json::value& tree, Tokens tokens) {
    if (tokens.empty()) {
        return tree;
    }
    for (const auto& [name, value] : children_of(tree)) {
        if (name == tokens.front()) {
            return get(value, Tokens(tokens.begin() + 1, tokens.end()));
        }
    }
    return std::nullopt;
}

enum class Edit { add, remove };

Tree edited(const json::value& tree, Tokens tokens, Edit edit, const json::value& value) {
    if (tokens.empty()) {
        return edit == Edit::add ? Tree(value) : std::nullopt;
    }
    auto children = children_of(tree);
    auto at = std::find_if(children.begin(), children.end(),
                           [&](const auto& child) { return child.first == tokens.front(); });
    const bool found = at != children.end();
    if (tokens.size() > 1) {
        auto inner = found
                         ? edited(at->second, Tokens(tokens.begin() + 1, tokens.end()), edit, value)
                         : std::nullopt;
        if (!inner) {
            return std::nullopt;
        }
        at->second = *inner;
    } else if (edit == Edit::remove) {
        if (!found) {
            return std::nullopt;
        }
        children.erase(at);
    } else if (tree.is_object()) {
        children.emplace_back(tokens.front(), value);  // the later one counts
    } else if (tree.is_array() && (found || tokens.front() == "-" ||
                                   tokens.front() == std::to_string(children.size()))) {
        children.insert(at, {"", value});
    } else {
        return std::nullopt;
    }
    return rebuilt(tree, children);
}

Tree applied(const json::value& tree, const json::object& operation) {
    const auto text = [&](const char* name) { return std::string(operation.at(name).as_string()); };
    const auto op = text("op");
    const auto path = tokens_of(text("path"));
    const auto value = operation.contains("value") ? operation.at("value") : json::value();
    if (op == "add") {
        return edited(tree, path, Edit::add, value);
    }
    if (op == "remove") {
        return edited(tree, path, Edit::remove, value);
    }
    const auto there = get(tree, path);
    if (op == "test") {
        return there == Tree(value) ? Tree(tree) : std::nullopt;
    }
    if (op == "replace") {
        if (!there) {
            return std::nullopt;
        }
        const auto without = path.empty() ? Tree(tree) : edited(tree, path, Edit::remove, value);
        return edited(*without, path, Edit::add, value);
    }
    const auto from = tokens_of(text("from"));
    const auto source = get(tree, from);
    if (!source) {
        return std::nullopt;
    }
    if (op == "copy") {
        return edited(tree, path, Edit::add, *source);
    }
    if (from.size() < path.size() && std::equal(from.begin(), from.end(), path.begin())) {
        return std::nullopt;
    }
    if (from.empty()) {
        return tree;
    }
    const auto without = edited(tree, from, Edit::remove, value);
    return edited(*without, path, Edit::add, *source);
}

}  // namespace model

json::value random_value(test::Random& random, int depth) {
    switch (random.below(depth > 0 ? 6 : 3)) {
        case 0: return nullptr;
        case 1: return static_cast<std::int64_t>(random.below(5));
        case 2: return json::value(std::string(random.below(30), 'x'));
        case 3:
        case 4: {
            json::array array;
            for (auto n = random.below(4); n > 0; --n) {
                array.push_back(random_value(random, depth - 1));
            }
            return array;
        }
        default: {
            json::object object;
            for (auto n = random.below(4); n > 0; --n) {
                object[std::string(1, static_cast<char>('a' + random.below(5)))] =
                    random_value(random, depth - 1);
            }
            return object;
        }
    }
}

// Mostly a place that exists or could exist.
std::string random_path(test::Random& random, const json::value& tree) {
    std::string path;
    auto at = tree;
    while (random.percent(70)) {
        const auto children = model::children_of(at);
        if (children.empty() || random.percent(15)) {
            static const std::vector<std::string> odd{"a", "b", "new", "0", "1", "2", "-", "01"};
            return path + "/" + random.pick(odd);
        }
        const auto& child = random.pick(children);
        path += "/" + child.first;
        at = json::value(child.second);
    }
    return path;
}

json::object random_operation(test::Random& random, const json::value& tree) {
    static const std::vector<std::string> ops{"add",  "add",  "add",     "remove",
                                              "move", "copy", "replace", "test"};
    json::object operation{{"op", random.pick(ops)}, {"path", random_path(random, tree)}};
    operation["from"] = random_path(random, tree);
    const auto there =
        model::get(tree, model::tokens_of(std::string(operation["path"].as_string())));
    operation["value"] = there && random.percent(30) ? *there : random_value(random, 3);
    return operation;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_random_json_patches)

BOOST_AUTO_TEST_CASE(when_they_are_folded_then_state_and_refusals_are_the_naive_models) {
    auto random = test::Random::announced("JSON patches");
    int refused = 0;
    int applied = 0;
    for (int run = 0; run < 200; ++run) {
        Folding folding;
        json::value model = json::object{};
        for (int i = 0; i < 60; ++i) {
            model::Tree after = model;
            json::array patch;
            for (auto n = random.between(1, 3); n > 0 && after; --n) {
                patch.push_back(random_operation(random, *after));
                after = model::applied(*after, patch.back().get_object());
            }
            if (after && extent_of(*after).weight > 20'000) {
                break;
            }
            std::string data;
            write_json(data, patch);
            const auto reason = folding.evolve(data);
            BOOST_REQUIRE_MESSAGE(after.has_value() == (reason == nullptr),
                                  data << ": " << (reason ? *reason : "applied"));
            if (!after) {
                ++refused;
                std::string text;
                write_json(text, model);
                folding.restore(text);
                continue;
            }
            ++applied;
            model = std::move(*after);
            BOOST_REQUIRE_MESSAGE(parsed(folding.text()) == model, data << folding.text());
        }
    }
    // Both happen often, or the test says little.
    BOOST_TEST(refused > 200);
    BOOST_TEST(applied > 500);
}

BOOST_AUTO_TEST_CASE(when_a_state_is_written_and_restored_halfway_then_the_end_is_the_same) {
    auto random = test::Random::announced("JSON patches over a snapshot");
    for (int run = 0; run < 50; ++run) {
        Folding whole;
        Folding resumed;
        for (int i = 0; i < 60; ++i) {
            const auto tree = parsed(whole.text());
            const json::array patch{random_operation(random, tree)};
            if (!model::applied(tree, patch[0].get_object())) {
                continue;
            }
            std::string data;
            write_json(data, patch);
            whole.apply(data);
            resumed.apply(data);
            if (random.percent(30)) {
                const auto snapshot = resumed.text();
                resumed.restore(snapshot);
                BOOST_REQUIRE_EQUAL(resumed.text(), snapshot);
            }
            BOOST_REQUIRE_EQUAL(to_hex(state_hash(parsed(resumed.text()))),
                                to_hex(state_hash(parsed(whole.text()))));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(when_a_stored_state_is_no_json_then_it_is_not_restored, Folding) {
    for (const std::string_view damaged : {"", "{", "{} x", "{\"a\":1,\"a\":2}"}) {
        const auto restored = engine->restore(damaged);
        BOOST_REQUIRE(!restored.has_value());
        BOOST_TEST(restored.error()->find("not JSON") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
