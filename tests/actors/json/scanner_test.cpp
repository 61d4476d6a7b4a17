// Walking a text: what is met, what is taken, and where an error is.
#include "actors/json/scanner.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

namespace {

struct Fault {
    std::string_view text;
    std::string_view pointer;
    std::size_t offset;
};

JsonText taken(std::string_view text) {
    JsonScanner scanner(text);
    return scanner.take();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_body_with_events)

namespace {

constexpr std::string_view body = R"( {"events": [ {"type":"A","data": { "x" : [1, 2 ] } },
    {"ty\u0070e":"B\n","data": "s" } ], "expected_version" : 7} )";

}  // namespace

BOOST_AUTO_TEST_CASE(when_it_is_walked_then_each_value_is_taken_as_the_bytes_that_came_in) {
    JsonScanner scanner(body);
    std::vector<std::string> types;
    std::vector<std::string_view> data;
    std::optional<std::uint64_t> expected;
    std::string scratch;
    BOOST_TEST(scanner.enter_object());
    while (const auto member = scanner.next_member()) {
        if (*member == "expected_version") {
            expected = as_uint64(scanner.take());
            continue;
        }
        BOOST_TEST(*member == "events");
        BOOST_TEST(scanner.enter_array());
        while (scanner.next_element()) {
            BOOST_TEST(scanner.enter_object());
            while (const auto name = scanner.next_member()) {
                const auto value = scanner.take();
                if (*name == "type") {
                    types.emplace_back(as_string(value, scratch).value());
                } else {
                    data.push_back(value.raw);
                }
            }
        }
    }
    BOOST_TEST(scanner.finish());
    BOOST_TEST(types == (std::vector<std::string>{"A", "B\n"}), boost::test_tools::per_element());
    BOOST_TEST(data == (std::vector<std::string_view>{R"({ "x" : [1, 2 ] })", "\"s\""}),
               boost::test_tools::per_element());
    BOOST_TEST(expected.value() == 7u);
}

BOOST_AUTO_TEST_CASE(when_the_caller_refuses_a_value_then_the_error_points_at_it_and_stays) {
    JsonScanner scanner(body);
    scanner.enter_object();
    BOOST_TEST(scanner.next_member().value() == "events");
    scanner.enter_array();
    BOOST_TEST(scanner.next_element());
    scanner.take();
    BOOST_TEST(scanner.next_element());
    scanner.enter_object();
    BOOST_TEST(scanner.next_member().value() == "type");
    scanner.take();
    scanner.refuse("A type must not end a line.");
    scanner.refuse("Another objection.");
    BOOST_TEST(scanner.error().pointer == "/events/1/type");
    BOOST_TEST(scanner.error().reason == "A type must not end a line.");
    BOOST_TEST(!scanner.next_member());
    BOOST_TEST(!scanner.next_element());
    BOOST_TEST(!scanner.enter_object());
    BOOST_TEST(!scanner.enter_array());
    BOOST_TEST(scanner.take().raw.empty());
    BOOST_TEST(!scanner.finish());
}

BOOST_AUTO_TEST_CASE(when_another_kind_is_expected_then_the_error_points_at_the_value) {
    JsonScanner scanner(body);
    scanner.enter_object();
    BOOST_TEST(scanner.next_member().has_value());
    BOOST_TEST(!scanner.enter_object());
    BOOST_TEST(scanner.error().pointer == "/events");
    BOOST_TEST(scanner.error().offset == body.find('['));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_text_with_a_fault)

BOOST_AUTO_TEST_CASE(when_it_is_checked_then_pointer_and_offset_name_the_place) {
    constexpr Fault faults[] = {
        {"", "", 0},
        {"{} x", "", 3},
        {"[1,2,x]", "/2", 5},
        {"[[],[1,[tru]]]", "/1/1/0", 8},
        {R"({"a":{"b":[0,{"c":01}]}})", "/a/b/1/c", 18},
        {R"({"a":{"b":1},"c":nope})", "/c", 17},
        {R"({"a/b":{"~":+1}})", "/a~1b/~0", 12},
        {R"({"a\/b":{"\u007e":+1}})", "/a~1b/~0", 18},
        {R"({"":{"":x}})", "//", 8},
        {R"({"a":{"b":1,"b":2}})", "/a/b", 12},
        {R"({"a":1 "b":2})", "", 7},
        {R"({"x":[{"a":1,]})", "/x/0", 13},
        {R"([0,"ab)", "/1", 6},
        {R"([0,"ab\q"])", "/1", 6},
        {R"([0,"ab\ud800x"])", "/1", 6},
        {"[\"ab\xff\"]", "/0", 4},
        {R"([18446744073709551616])", "/0", 1},
        {R"([1, -1e999])", "/1", 4},
        {R"({"a" 1})", "/a", 5},
    };
    for (const auto& fault : faults) {
        const auto error = validate_json(fault.text);
        BOOST_REQUIRE_MESSAGE(error, fault.text);
        BOOST_TEST(error->pointer == fault.pointer, fault.text << ": " << error->pointer);
        BOOST_TEST(error->offset == fault.offset, fault.text << ": " << error->offset);
    }
}

BOOST_AUTO_TEST_CASE(when_the_fault_is_in_a_value_that_is_only_passed_over_then_it_is_found) {
    JsonScanner scanner(R"({"skip":{"deep":[1,{"a":1,"a":2}]},"type":"A"})");
    scanner.enter_object();
    BOOST_TEST(scanner.next_member().value() == "skip");
    BOOST_TEST(scanner.take().raw.empty());
    BOOST_TEST(!scanner.next_member());
    BOOST_TEST(scanner.error().pointer == "/skip/deep/1/a");
}

BOOST_AUTO_TEST_CASE(when_one_object_that_was_walked_has_a_name_twice_then_it_is_found) {
    JsonScanner scanner(R"({"a":1,"b":2,"\u0061":3})");
    scanner.enter_object();
    while (scanner.next_member()) {
        scanner.take();
    }
    BOOST_TEST(!scanner.finish());
    BOOST_TEST(scanner.error().pointer == "/a");
    BOOST_TEST(scanner.error().offset == 13u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_deep_value)

BOOST_AUTO_TEST_CASE(when_it_is_taken_then_its_own_levels_count_and_not_those_around_it) {
    const std::string own = std::string(64, '[') + std::string(64, ']');
    const std::string wrapped = R"({"events":[{"data":)" + own + "}]}";
    JsonScanner scanner(wrapped);
    scanner.enter_object();
    BOOST_TEST(scanner.next_member().has_value());
    scanner.enter_array();
    BOOST_TEST(scanner.next_element());
    scanner.enter_object();
    BOOST_TEST(scanner.next_member().value() == "data");
    BOOST_TEST(scanner.take().raw == own);
    BOOST_TEST(!scanner.next_member());
    BOOST_TEST(!scanner.next_element());
    BOOST_TEST(!scanner.next_member());
    BOOST_TEST(scanner.finish());
}

BOOST_AUTO_TEST_CASE(when_containers_are_entered_then_64_levels_are_the_end) {
    const std::string text(200, '[');
    JsonScanner scanner(text);
    for (std::size_t level = 0; level < json_depth_max; ++level) {
        BOOST_REQUIRE(scanner.enter_array());
        BOOST_REQUIRE(scanner.next_element());
    }
    BOOST_TEST(!scanner.enter_array());
    BOOST_TEST(scanner.error().offset == json_depth_max);
}

BOOST_AUTO_TEST_CASE(when_the_deepest_level_takes_a_value_too_deep_then_it_is_refused) {
    const std::string text(200, '[');
    JsonScanner scanner(text);
    for (std::size_t level = 0; level < json_depth_max; ++level) {
        BOOST_REQUIRE(scanner.enter_array());
        BOOST_REQUIRE(scanner.next_element());
    }
    BOOST_TEST(scanner.take().raw.empty());
    BOOST_TEST(scanner.error().offset == 2 * json_depth_max);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_taken_value)

BOOST_AUTO_TEST_CASE(when_it_is_an_integer_then_it_is_exact_to_the_ends_of_the_range) {
    BOOST_TEST(as_uint64(taken("18446744073709551615")).value() ==
               std::numeric_limits<std::uint64_t>::max());
    BOOST_TEST(as_int64(taken("-9223372036854775808")).value() ==
               std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(as_int64(taken(" 9223372036854775807 ")).value() ==
               std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(!as_int64(taken("9223372036854775808")));
    BOOST_TEST(!as_uint64(taken("-1")));
    BOOST_TEST(!as_uint64(taken("1.0")));
    BOOST_TEST(!as_uint64(taken("1e2")));
    BOOST_TEST(!as_int64(taken("-0")));
    BOOST_TEST(!as_uint64(taken("\"1\"")));
    BOOST_TEST(!as_uint64(JsonText{}));
}

BOOST_AUTO_TEST_CASE(when_it_is_of_another_kind_then_there_is_no_such_value) {
    std::string scratch;
    BOOST_TEST(as_bool(taken("true")).value());
    BOOST_TEST(!as_bool(taken("false")).value());
    BOOST_TEST(!as_bool(taken("null")));
    BOOST_TEST(!as_bool(taken("\"true\"")));
    BOOST_TEST(!as_string(taken("1"), scratch));
    BOOST_TEST((taken("{}").kind == JsonKind::object));
    BOOST_TEST((taken("[]").kind == JsonKind::array));
    BOOST_TEST((taken("null").kind == JsonKind::null));
    BOOST_TEST((taken("-1").kind == JsonKind::number));
}

BOOST_AUTO_TEST_CASE(when_it_is_a_string_then_its_escapes_are_resolved) {
    std::string scratch;
    BOOST_TEST(as_string(taken(R"("plain")"), scratch).value() == "plain");
    BOOST_TEST(scratch.empty());
    BOOST_TEST(as_string(taken(R"("\"\\\/\b\f\n\r\t")"), scratch).value() == "\"\\/\b\f\n\r\t");
    BOOST_TEST(as_string(taken(R"("a\u0041\u00e9\u20AC\uD83D\uDE00z")"), scratch).value() ==
               "aA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
    BOOST_TEST(as_string(taken(R"("\u0000")"), scratch).value() == std::string_view("\0", 1));
    BOOST_TEST(as_string(taken(R"("\\u0041")"), scratch).value() == "\\u0041");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
