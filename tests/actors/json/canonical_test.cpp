// The canonical form: RFC 8785's own examples, and where Firn's form differs from it.
#include "actors/json/canonical.hpp"

#include "actors/json/value.hpp"
#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace firn {

namespace json = boost::json;

namespace {

std::string canonical(const json::value& value) {
    std::string text;
    write_canonical(text, value);
    return text;
}

std::string canonical_of(std::string_view text) {
    const auto value = parse_json(text);
    BOOST_REQUIRE_MESSAGE(value, text);
    return canonical(*value);
}

std::string hash_of(std::string_view text) {
    const auto value = parse_json(text);
    BOOST_REQUIRE_MESSAGE(value, text);
    return to_hex(state_hash(*value));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_double)

BOOST_AUTO_TEST_CASE(when_it_is_in_the_table_of_rfc_8785_appendix_b_then_it_is_written_so) {
    constexpr std::pair<std::uint64_t, std::string_view> table[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    for (const auto& [bits, text] : table) {
        BOOST_TEST(canonical(std::bit_cast<double>(bits)) == text);
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_integral_then_it_looks_like_the_integer) {
    BOOST_TEST(canonical_of("1.0") == "1");
    BOOST_TEST(canonical_of("-0.0") == "0");
    BOOST_TEST(canonical_of("1e2") == "100");
    BOOST_TEST(hash_of("[1.0,-0]") == hash_of("[1,0]"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_an_integer)

BOOST_AUTO_TEST_CASE(when_it_is_past_2_to_the_53_then_it_stays_exact) {
    BOOST_TEST(canonical_of("9007199254740993") == "9007199254740993");
    BOOST_TEST(canonical_of("-9223372036854775808") == "-9223372036854775808");
    BOOST_TEST(canonical_of("18446744073709551615") == "18446744073709551615");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_an_object)

BOOST_AUTO_TEST_CASE(when_it_is_the_example_of_rfc_8785_3_2_2_then_it_is_written_as_there) {
    BOOST_TEST(canonical_of(R"({
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    })") == "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

BOOST_AUTO_TEST_CASE(when_it_has_the_names_of_rfc_8785_3_2_3_then_they_are_sorted_by_utf_16_units) {
    const auto text = canonical_of(R"({
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
    })");
    std::size_t last = 0;
    for (const auto* name : {"Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"}) {
        const auto place = text.find(name);
        BOOST_REQUIRE(place != std::string::npos);
        BOOST_TEST(place > last, name);
        last = place;
    }
}

BOOST_AUTO_TEST_CASE(when_its_members_come_in_another_order_then_the_hash_is_the_same) {
    BOOST_TEST(hash_of(R"({"a":{"x":1,"y":[1,2]},"b":2})") ==
               hash_of(R"( {"b":2, "a":{"y":[1,2],"x":1}})"));
    BOOST_TEST(hash_of(R"({"a":[1,2]})") != hash_of(R"({"a":[2,1]})"));
}

BOOST_AUTO_TEST_CASE(when_it_is_empty_then_the_hash_is_sha_256_of_two_braces) {
    BOOST_TEST(hash_of("{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_two_names)

namespace {

// By the definition: all code units, compared one by one.
std::u16string to_utf16(std::string_view utf8) {
    std::u16string units;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto byte = [&](std::size_t at) {
            return static_cast<std::uint32_t>(static_cast<unsigned char>(utf8[at]));
        };
        const auto lead = byte(i);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
        for (std::size_t k = 1; k < size; ++k) {
            point = point << 6 | (byte(i + k) & 0x3F);
        }
        if (point >= 0x10000) {
            units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
            units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            units += static_cast<char16_t>(point);
        }
        i += size;
    }
    return units;
}

}  // namespace

BOOST_AUTO_TEST_CASE(when_they_are_random_then_they_compare_as_their_utf_16_units_do) {
    auto random = test::Random::announced("names in UTF-16 order");
    const std::vector<std::string> parts{"",
                                         "a",
                                         "b",
                                         "\xc2\x80",
                                         "\xdf\xbf",
                                         "\xe0\xa0\x80",
                                         "\xed\x9f\xbf",
                                         "\xee\x80\x80",
                                         "\xef\xbf\xbf",
                                         "\xf0\x90\x80\x80",
                                         "\xf0\x9f\x98\x80",
                                         "\xf4\x8f\xbf\xbf"};
    for (int i = 0; i < 50'000; ++i) {
        const auto a = random.pick(parts) + random.pick(parts) + random.pick(parts);
        const auto b = random.pick(parts) + random.pick(parts) + random.pick(parts);
        BOOST_REQUIRE_EQUAL(utf16_less(a, b), to_utf16(a) < to_utf16(b));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
