// Names and their bounds, UTF-8, hexadecimal.
#include "storage/types.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace firn;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(given_a_category)

BOOST_AUTO_TEST_CASE(when_it_is_letters_digits_and_marks_then_it_is_valid) {
    for (const auto& category :
         {"a"s, "Z"s, "0"s, "order-line"s, "a.b_c-D9"s, "9."s, std::string(64, 'x')}) {
        BOOST_TEST(is_valid_category(category), category);
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_empty_long_or_holds_anything_else_then_it_is_not) {
    for (const auto& category : {""s, "_a"s, ".a"s, "-a"s, "a/b"s, "a b"s, "a\0"s, "\u00e9"s, "a$"s,
                                 std::string(65, 'x')}) {
        BOOST_TEST(!is_valid_category(category), category);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_stream_id)

BOOST_AUTO_TEST_CASE(when_it_is_any_text_without_controls_then_it_is_valid) {
    for (const auto& id : {"a"s, "src/Makefile"s, "..."s, ".a"s, " "s, "\u00e9"s, "\u00a0"s,
                           "\U0010FFFF"s, "\u65e5\u672c"s, std::string(255, 'x')}) {
        BOOST_TEST(is_valid_stream_id(id), id);
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_empty_long_a_dot_or_two_then_it_is_not) {
    for (const auto& id :
         {""s, "."s, ".."s, std::string(256, 'x'), std::string(254, 'x') + "\u00e9"}) {
        BOOST_TEST(!is_valid_stream_id(id), id);
    }
}

BOOST_AUTO_TEST_CASE(when_it_holds_a_control_character_then_it_is_not) {
    for (unsigned c = 0; c < 0x20; ++c) {
        BOOST_TEST(!is_valid_stream_id("a"s + static_cast<char>(c)), c);
    }
    BOOST_TEST(!is_valid_stream_id("a\x7f"));
    BOOST_TEST(!is_valid_stream_id("a\u0080"));
    BOOST_TEST(!is_valid_stream_id("a\u009f"));
}

BOOST_AUTO_TEST_CASE(when_it_is_not_utf8_then_it_is_not) {
    BOOST_TEST(!is_valid_stream_id("a\xff"));
    BOOST_TEST(!is_valid_stream_id("\xc3"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_bytes_that_may_be_utf8)

BOOST_AUTO_TEST_CASE(when_they_are_well_formed_then_they_are_valid) {
    // The first and last character of each length, and both sides of the surrogates.
    for (const auto& text :
         {""s, "\0"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
          "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s}) {
        BOOST_TEST(is_valid_utf8(text), text);
    }
}

BOOST_AUTO_TEST_CASE(when_they_are_overlong_surrogates_too_high_or_cut_then_they_are_not) {
    for (const auto& text : {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xc2\x7f"s,
                             "\xc2\xc0"s, "\xe0\x9f\xbf"s, "\xe0\xa0"s, "\xed\xa0\x80"s,
                             "\xed\xbf\xbf"s, "\xef\xbf\xc0"s, "\xf0\x8f\xbf\xbf"s, "\xf0\x90\x80"s,
                             "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xff"s, "abc\xe2\x82"s}) {
        BOOST_TEST(!is_valid_utf8(text), text);
    }
}

BOOST_AUTO_TEST_CASE(when_every_code_point_is_encoded_then_only_surrogates_are_refused) {
    std::size_t valid = 0;
    for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
        std::string text;
        if (c < 0x80) {
            text = {static_cast<char>(c)};
        } else if (c < 0x800) {
            text = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 63))};
        } else if (c < 0x10000) {
            text = {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 63)),
                    static_cast<char>(0x80 | (c & 63))};
        } else {
            text = {static_cast<char>(0xF0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 63)),
                    static_cast<char>(0x80 | ((c >> 6) & 63)), static_cast<char>(0x80 | (c & 63))};
        }
        valid += is_valid_utf8(text) ? 1 : 0;
    }
    BOOST_TEST(valid == 0x110000u - 0x800u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_counts_and_names)

BOOST_AUTO_TEST_CASE(when_counts_are_moved_then_they_count) {
    BOOST_TEST(Version{1}.next() == Version{2});
    BOOST_TEST(Position{5}.plus(3) == Position{8});
    BOOST_TEST(Position{8}.since(Position{5}) == 3u);
    BOOST_TEST(Version{1} < Version{2});
    BOOST_TEST(Version{} == no_version);
}

BOOST_AUTO_TEST_CASE(when_names_are_ordered_then_bytes_decide_and_the_category_first) {
    BOOST_TEST((StreamName{"a", "z"} < StreamName{"b", "a"}));
    BOOST_TEST((StreamName{"a", "a"} < StreamName{"a", "aa"}));
    BOOST_TEST((StreamName{"a", "z"} < StreamName{"a", "\u00e9"}));
    BOOST_TEST((StreamName{"a", "b"} == StreamName{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(when_a_hash_is_printed_then_it_is_lower_case_hexadecimal) {
    Hash hash{};
    hash[0] = std::byte{0x0a};
    hash[31] = std::byte{0xf9};
    BOOST_TEST(to_hex(hash) == "0a" + std::string(60, '0') + "f9");
}

BOOST_AUTO_TEST_SUITE_END()
