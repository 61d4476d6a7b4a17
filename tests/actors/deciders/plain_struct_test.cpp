// What is read without a tree is what the conversion by Boost.JSON makes of the same text.
#include "actors/deciders/plain_struct.hpp"

#include "actors/deciders/typed_json.hpp"
#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace firn;

namespace {

struct Inner {
    std::int8_t small = 0;
    std::string text;
    bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (small, text))

struct Plain {
    static constexpr std::string_view type = "Plain";
    std::uint64_t count = 0;
    std::int64_t amount = 0;
    double rate = 0;
    float share = 0;
    bool open = false;
    std::string note;
    Inner inner;
    bool operator==(const Plain&) const = default;
};
BOOST_DESCRIBE_STRUCT(Plain, (), (count, amount, rate, share, open, note, inner))

struct Base {
    int first = 0;
};
BOOST_DESCRIBE_STRUCT(Base, (), (first))
struct Derived : Base {
    int second = 0;
};
BOOST_DESCRIBE_STRUCT(Derived, (Base), (second))
struct Listed {
    std::vector<int> numbers;
};
BOOST_DESCRIBE_STRUCT(Listed, (), (numbers))
struct Lettered {
    char letter = 'a';
};
BOOST_DESCRIBE_STRUCT(Lettered, (), (letter))

static_assert(PlainStruct<Plain>);
static_assert(!PlainStruct<Derived> && !PlainStruct<Listed> && !PlainStruct<Lettered>);

constexpr std::string_view ordinary =
    R"({"count":18446744073709551615,"amount":-9223372036854775808,"rate":2,"share":-0.5e1,)"
    R"("open":true,"note":"a \"note\" \u00fc \ud83d\ude00","inner":{"small":-128,"text":""}})";

// By way of the tree.
Typed<Plain> converted(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) {
        return {boost::system::in_place_error, described(json.error())};
    }
    return to_typed<Plain>(*json);
}

void check_same(std::string_view text) {
    Plain plain;
    if (!read_plain(text, plain)) {
        return;
    }
    const auto should = converted(text);
    BOOST_TEST_REQUIRE(should.has_value(), text << ": " << should.error());
    BOOST_TEST((plain == *should), text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_plain_struct)

BOOST_AUTO_TEST_CASE(when_its_text_is_ordinary_then_it_is_read_without_a_tree) {
    Plain plain;
    BOOST_TEST(read_plain(ordinary, plain));
    const Plain should{.count = 18446744073709551615u,
                       .amount = std::numeric_limits<std::int64_t>::min(),
                       .rate = 2,
                       .share = -5,
                       .open = true,
                       .note = "a \"note\" \u00fc \U0001F600",
                       .inner = {.small = -128, .text = ""}};
    BOOST_TEST((plain == should));
    check_same(ordinary);
}

BOOST_AUTO_TEST_CASE(when_members_come_in_another_order_with_space_then_it_is_read_as_well) {
    Plain plain;
    BOOST_TEST(read_plain(R"( { "inner" : {"text":"t","small":127} , "note":"", "open":false,
                           "share":1e0, "rate":-0, "amount":0, "count":1 } )",
                          plain));
    BOOST_TEST(plain.inner.small == 127);
    BOOST_TEST(plain.count == 1u);
    BOOST_TEST(std::signbit(plain.rate));
}

BOOST_AUTO_TEST_CASE(when_a_member_is_missing_unknown_doubled_or_does_not_fit_then_it_is_left) {
    for (const std::string_view text : {R"({"small":1})",
                                        R"({"small":1,"text":"","more":1})",
                                        R"({"small":1,"small":1})",
                                        R"({"small":1,"text":"","text":""})",
                                        R"({"small":128,"text":""})",
                                        R"({"small":1.0,"text":""})",
                                        R"({"small":null,"text":""})",
                                        R"({"small":1,"text":2})",
                                        R"({"small":1,"text":["a"]})",
                                        R"([])",
                                        R"({"small":1,"text":""} x)",
                                        R"({"small":1,"text":"")",
                                        R"({"small":01,"text":""})",
                                        R"({"sm\u0061ll":1,"text":""})",
                                        R"({"small" 1,"text":""})",
                                        R"({"small":1 "text":""})",
                                        R"({"small":1,"text":"",})",
                                        R"({"small":1,,"text":""})",
                                        R"({"small":1,"text":"\ud800"})",
                                        "{\"small\":1,\"text\":\"\xff\"}",
                                        "{\"small\":1,\"text\":\"\n\"}",
                                        R"({"small":1,"text":"a)",
                                        R"({"small":-,"text":""})",
                                        "",
                                        "{}",
                                        R"("small")"}) {
        Inner inner;
        BOOST_TEST(!read_plain(text, inner), text);
    }
}

// Bytes of an ordinary text replaced, dropped and doubled: whatever is read is read alike.
BOOST_AUTO_TEST_CASE(when_texts_are_random_then_what_is_read_is_what_the_tree_gives) {
    auto random = test::Random::announced("plain structs");
    const std::vector<std::string> pieces{"",      "",       "",     "",      "",     "",
                                          "",      "",       "0",    "-0",    "1.5",  "1e3",
                                          "1e999", "-1",     "null", "true",  "\"\"", "256",
                                          "{}",    "\"a\":", "\\u0", "count", "note", "[1]",
                                          "false", ",",      "\"",   "1E-2"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text(ordinary);
        for (auto changes = random.between(1, 3); changes > 0; --changes) {
            const auto at = random.below(text.size());
            text.replace(at, random.below(5), random.pick(pieces));
        }
        check_same(text);
    }
}

BOOST_AUTO_TEST_CASE(when_a_value_is_replaced_then_what_is_read_is_what_the_tree_gives) {
    for (const std::string_view value :
         {"0", "-0", "-1", "1", "127", "128", "9223372036854775808", "18446744073709551616", "1.0",
          "1e2", "0.1", "-0.0", "1e308", "1e-400", "null", "true", "\"1\"", "{}", "[]"}) {
        for (const std::string_view name : {"count", "amount", "rate", "share", "open", "note"}) {
            std::string text = R"({"inner":{"small":1,"text":""})";
            for (const std::string_view other :
                 {"count", "amount", "rate", "share", "open", "note"}) {
                text += ",\"" + std::string(other) + "\":";
                text += other == name     ? value
                        : other == "open" ? "true"
                        : other == "note" ? "\"\""
                                          : "1";
            }
            check_same(text + "}");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
