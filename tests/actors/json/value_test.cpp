// Values keep what the text said, and text keeps what the value is.
#include "actors/json/value.hpp"

#include "tests/support/random.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/test/unit_test.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace firn {

namespace json = boost::json;

namespace {

json::value parsed(std::string_view text) {
    auto value = parse_json(text);
    BOOST_REQUIRE_MESSAGE(value, text);
    return std::move(*value);
}

std::string written(const json::value& value) {
    std::string text;
    write_json(text, value);
    return text;
}

json::value random_value(test::Random& random, int depth) {
    switch (random.below(depth > 0 ? 8 : 6)) {
        case 0: return nullptr;
        case 1: return random.percent(50);
        case 2: return static_cast<std::int64_t>(random.next() >> random.below(64));
        case 3: return -static_cast<std::int64_t>(random.next() >> (1 + random.below(63)));
        case 4: {
            const auto number = std::bit_cast<double>(random.next());
            return std::isfinite(number) ? json::value(number) : json::value(0.5);
        }
        case 5: {
            static const std::vector<std::string> parts{"a",
                                                        "\"",
                                                        "\\",
                                                        "\n",
                                                        std::string(1, '\0'),
                                                        "\x1f",
                                                        "\x7f",
                                                        "\xc3\xa9",
                                                        "\xe2\x82\xac",
                                                        "\xf0\x9f\x98\x80",
                                                        "plain text of some length",
                                                        "/"};
            std::string text;
            for (auto n = random.below(6); n > 0; --n) {
                text += random.pick(parts);
            }
            return json::value(text);
        }
        case 6: {
            json::array array;
            for (auto n = random.below(5); n > 0; --n) {
                array.push_back(random_value(random, depth - 1));
            }
            return array;
        }
        default: {
            json::object object;
            for (auto n = random.below(30); n > 0; --n) {
                object["n\t" + std::to_string(random.below(100))] = random_value(random, depth - 1);
            }
            return object;
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_number)

BOOST_AUTO_TEST_CASE(when_it_is_an_integer_in_range_then_it_is_exact) {
    BOOST_TEST(parsed("9223372036854775807").as_int64() ==
               std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(parsed("-9223372036854775808").as_int64() ==
               std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(parsed("9223372036854775808").as_uint64() == 9223372036854775808u);
    BOOST_TEST(parsed("18446744073709551615").as_uint64() ==
               std::numeric_limits<std::uint64_t>::max());
    BOOST_TEST(parsed("9007199254740993").as_int64() == 9007199254740993);
    BOOST_TEST(written(parsed("18446744073709551615")) == "18446744073709551615");
    BOOST_TEST(written(parsed("-9223372036854775808")) == "-9223372036854775808");
}

BOOST_AUTO_TEST_CASE(when_it_has_a_fraction_or_an_exponent_then_it_is_the_nearest_double) {
    BOOST_TEST(parsed("1.0").as_double() == 1.0);
    BOOST_TEST(parsed("1e2").as_double() == 100.0);
    BOOST_TEST(parsed("9007199254740993.0").as_double() == 9007199254740992.0);
    BOOST_TEST(parsed("2.2250738585072011e-308").as_double() == 0x0.fffffffffffffp-1022);
    BOOST_TEST(parsed("1.7976931348623157e308").as_double() == std::numeric_limits<double>::max());
    BOOST_TEST(parsed("5e-324").as_double() == std::numeric_limits<double>::denorm_min());
    BOOST_TEST(parsed("0.1").as_double() == 0.1);
}

BOOST_AUTO_TEST_CASE(when_it_is_too_small_for_a_double_then_it_is_zero_with_its_sign) {
    BOOST_TEST(parsed("1e-400").as_double() == 0.0);
    BOOST_TEST(!std::signbit(parsed("1e-400").as_double()));
    BOOST_TEST(std::signbit(parsed("-1e-400").as_double()));
    BOOST_TEST(parsed("1e-99999999999999999999").as_double() == 0.0);
}

BOOST_AUTO_TEST_CASE(when_it_is_minus_zero_then_only_a_double_holds_it) {
    for (const auto* text : {"-0", "-0.0", "-0e5"}) {
        BOOST_TEST(std::signbit(parsed(text).as_double()), text);
        BOOST_TEST(written(parsed(text)) == "-0.0");
    }
}

BOOST_AUTO_TEST_CASE(when_digits_are_many_then_their_place_decides_and_not_their_number) {
    const std::string zeros(400, '0');
    BOOST_TEST(parsed("1" + zeros + "e-400").as_double() == 1.0);
    BOOST_TEST(parsed("0." + zeros + "1e401").as_double() == 1.0);
    BOOST_TEST(parsed("0." + zeros + "1").as_double() == 0.0);
    BOOST_TEST(parsed("0." + zeros).as_double() == 0.0);
    BOOST_TEST(!parse_json("1" + zeros + ".0").has_value());
    BOOST_TEST(!parse_json("1" + zeros + "e-1").has_value());
}

BOOST_AUTO_TEST_CASE(when_a_double_is_written_then_it_stays_one) {
    BOOST_TEST(written(1.0) == "1.0");
    BOOST_TEST(written(-100.0) == "-100.0");
    BOOST_TEST(written(0.0) == "0.0");
    BOOST_TEST(written(0.5) == "0.5");
    BOOST_TEST(written(1e20) == "100000000000000000000.0");
    BOOST_TEST(written(1e21) == "1e+21");
    BOOST_TEST(written(1.5e300) == "1.5e+300");
    BOOST_TEST(written(1e-6) == "0.000001");
    BOOST_TEST(written(1e-7) == "1e-7");
    BOOST_TEST(written(123.456) == "123.456");
    BOOST_TEST(written(9223372036854775808.0) == "9223372036854776000.0");
}

BOOST_AUTO_TEST_CASE(when_a_random_double_goes_through_text_then_every_bit_comes_back) {
    auto random = test::Random::announced("doubles through text");
    for (int i = 0; i < 200'000; ++i) {
        auto bits = random.next();
        if (random.percent(30)) {
            // Integral ones, and those near the ends of the integer ranges.
            bits = std::bit_cast<std::uint64_t>(std::ldexp(
                static_cast<double>(random.below(1u << 20)), static_cast<int>(random.below(80))));
        }
        const auto number = std::bit_cast<double>(bits);
        if (std::isfinite(number)) {
            const auto text = written(number);
            const auto back = parse_json(text);
            BOOST_REQUIRE_MESSAGE(back && back->is_double(), text);
            BOOST_REQUIRE_EQUAL(std::bit_cast<std::uint64_t>(back->as_double()), bits);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_random_integer_goes_through_text_then_it_comes_back) {
    auto random = test::Random::announced("integers through text");
    for (int i = 0; i < 100'000; ++i) {
        const auto near = random.below(1000);
        const auto shifted = random.next() >> random.below(64);
        const auto least = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min());
        for (const auto number : {near, ~near, least + near, least - near, shifted}) {
            const auto as_signed = static_cast<std::int64_t>(number);
            BOOST_REQUIRE(parsed(std::to_string(number)).to_number<std::uint64_t>() == number);
            BOOST_REQUIRE(parsed(std::to_string(as_signed)) == json::value(as_signed));
            BOOST_REQUIRE(written(parsed(std::to_string(number))) == std::to_string(number));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_value)

BOOST_AUTO_TEST_CASE(when_it_is_written_then_nothing_is_escaped_that_need_not_be) {
    BOOST_TEST(written(parsed("\"\\u0041\\/\\u00e9\\ud83d\\ude00\\u007f\"")) ==
               "\"A/\xc3\xa9\xf0\x9f\x98\x80\x7f\"");
    BOOST_TEST(written(parsed(R"("\u0000\u0008\u0009\u000a\u000b\u000c\u000d\u001f\"\\")")) ==
               R"("\u0000\b\t\n\u000b\f\r\u001f\"\\")");
}

BOOST_AUTO_TEST_CASE(when_it_is_written_then_members_keep_their_order_and_space_is_gone) {
    BOOST_TEST(written(parsed(R"( { "b" : [ ] , "a" : { } , "c" : [ 1 , [ null , true ] ] } )")) ==
               R"({"b":[],"a":{},"c":[1,[null,true]]})");
}

BOOST_AUTO_TEST_CASE(when_random_values_go_through_text_then_equal_values_come_back) {
    auto random = test::Random::announced("values through text");
    for (int i = 0; i < 3000; ++i) {
        const auto value = random_value(random, 4);
        const auto text = written(value);
        const auto back = parse_json(text);
        BOOST_REQUIRE_MESSAGE(back, text);
        BOOST_REQUIRE_MESSAGE(*back == value, text);
        BOOST_REQUIRE_EQUAL(written(*back), text);
    }
}

BOOST_AUTO_TEST_CASE(when_a_storage_is_given_then_the_whole_value_lies_in_it) {
    json::monotonic_resource memory;
    const auto value = parse_json(R"({"a":[{"b":"a string past any small buffer"}]})", &memory);
    BOOST_REQUIRE(value);
    BOOST_TEST(value->storage().get() == &memory);
    BOOST_TEST(value->at("a").at(0).at("b").storage().get() == &memory);
}

BOOST_AUTO_TEST_CASE(when_random_bytes_of_a_text_change_then_checking_and_parsing_still_agree) {
    auto random = test::Random::announced("damaged texts");
    for (int i = 0; i < 20'000; ++i) {
        auto text = written(random_value(random, 2));
        for (auto n = 1 + random.below(3); n > 0; --n) {
            text[random.below(text.size())] = random.percent(50)
                                                  ? "\"\\{}[],:0e-.\x80u"[random.below(15)]
                                                  : static_cast<char>(random.below(256));
        }
        const auto error = validate_json(text);
        const auto value = parse_json(text);
        BOOST_REQUIRE_EQUAL(!error, value.has_value());
        if (value) {
            BOOST_REQUIRE(parsed(written(*value)) == *value);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
