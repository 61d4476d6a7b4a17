#include "actors/subscriptions/subscription_document.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;

namespace {

// As they are written again, or the pointer to what is wrong.
std::string read(std::string_view json) {
    const auto parsed = parse_subscription_settings(json);
    return parsed ? write_subscription_settings(*parsed) : "wrong: " + parsed.error().pointer;
}

std::string many(std::size_t count) {
    std::string array;
    for (std::size_t i = 0; i != count; ++i) {
        array += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + '"';
    }
    return "{\"type\":[" + array + "]}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_settings_of_a_subscription)

BOOST_AUTO_TEST_CASE(when_nothing_is_stated_then_all_events_are_meant_and_no_beginning) {
    BOOST_TEST(read("{}") ==
               R"({"category":[],"type":[],"id_prefix":"","blocks_compaction":false})");
}

BOOST_AUTO_TEST_CASE(when_values_are_one_or_several_then_they_are_taken_either_way) {
    BOOST_TEST(read(R"({"category":"order","type":["A","B\n"],"id_prefix":"x",
                        "from":7,"blocks_compaction":true})") ==
               R"({"category":["order"],"type":["A","B\n"],"id_prefix":"x",)"
               R"("from":7,"blocks_compaction":true})");
    BOOST_TEST(parse_subscription_settings(many(100)).has_value());
}

BOOST_AUTO_TEST_CASE(when_it_begins_at_position_0_then_that_is_the_beginning) {
    const auto zero = parse_subscription_settings(R"({"from":0})");
    const auto beginning = parse_subscription_settings(R"({"from":"beginning"})");
    const auto end = parse_subscription_settings(R"({"from":"end"})");
    BOOST_TEST((zero->from == beginning->from));
    BOOST_TEST((end->from != beginning->from));
    BOOST_TEST(read(R"({"from":0})").find(R"("from":"beginning")") != std::string::npos);
    BOOST_TEST(read(R"({"from":"end"})").find(R"("from":"end")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_something_is_wrong_then_a_pointer_says_where) {
    BOOST_TEST(read("[]") == "wrong: ");
    BOOST_TEST(read("") == "wrong: ");
    BOOST_TEST(read("{} {}") == "wrong: ");
    BOOST_TEST(read(R"({"categories":"a"})") == "wrong: /categories");
    BOOST_TEST(read(R"({"category":7})") == "wrong: /category");
    BOOST_TEST(read(R"({"category":"a b"})") == "wrong: /category");
    BOOST_TEST(read(R"({"category":["a","b/c"]})") == "wrong: /category/1");
    BOOST_TEST(read(R"({"category":[["a"]]})") == "wrong: /category/0");
    BOOST_TEST(read(R"({"type":""})") == "wrong: /type");
    BOOST_TEST(read(R"({"type":[null]})") == "wrong: /type/0");
    BOOST_TEST(read("{\"type\":\"" + std::string(256, 'x') + "\"}") == "wrong: /type");
    BOOST_TEST(read(many(101)) == "wrong: /type/100");
    BOOST_TEST(read("{\"id_prefix\":\"" + std::string(256, 'x') + "\"}") == "wrong: /id_prefix");
    BOOST_TEST(read(R"({"id_prefix":["a"]})") == "wrong: /id_prefix");
    for (const auto* from : {"-1", "1.0", "\"start\"", "null", "9223372036854775808", "[1]"}) {
        BOOST_TEST(read("{\"from\":" + std::string(from) + "}") == "wrong: /from", from);
    }
    BOOST_TEST(read(R"({"blocks_compaction":1})") == "wrong: /blocks_compaction");
    BOOST_TEST(read(R"({"from":1,"from":1})") == "wrong: /from");
}

BOOST_AUTO_TEST_CASE(when_its_document_is_read_again_then_it_is_the_same) {
    const auto settings = *parse_subscription_settings(R"({"type":"A","from":"end"})");
    const Timestamp created{std::chrono::microseconds(1'700'000'000'123'456)};
    const auto text = write_subscription_document({settings, created});
    const auto again = parse_subscription_document(text);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST((again->settings == settings));
    BOOST_TEST((again->created_at == created));
}

BOOST_AUTO_TEST_CASE(when_a_document_is_not_one_then_it_is_not_believed) {
    for (const auto* text : {"", "[]", "{}", R"({"created_at":"2026-01-01T00:00:00Z"})",
                             R"({"created_at":"2026-01-01T00:00:00Z","settings":{}})",
                             R"({"created_at":"today","settings":{"from":1}})",
                             R"({"created_at":7,"settings":{"from":1}})",
                             R"({"created_at":"2026-01-01T00:00:00Z","settings":{"from":1}} x)"}) {
        BOOST_TEST(!parse_subscription_document(text).has_value(), text);
    }
    BOOST_TEST(parse_checkpoint("17").value_or(Position{}) == Position{17});
    for (const auto* text : {"", "x", "-1", "1 ", "99999999999999999999"}) {
        BOOST_TEST(!parse_checkpoint(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
