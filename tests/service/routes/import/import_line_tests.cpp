#include "service/routes/import/import_line.hpp"

#include "actors/identity/event_id.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

struct Parsed {
    ImportLine line;
    HttpConfig::Limits limits;

    bool good(std::string_view text) {
        const auto problem = parse_import_line(text, limits, line);
        BOOST_TEST_MESSAGE((problem ? problem->detail() : "good"));
        return !problem;
    }
    static std::string with(const std::string& members) {
        return R"({"stream":{"category":"order","id":"7"},"type":"A")" + members + "}";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_line_of_an_import, Parsed)

BOOST_AUTO_TEST_CASE(when_it_states_stream_and_type_then_the_rest_has_defaults) {
    BOOST_REQUIRE(good(with("")));
    BOOST_TEST(line.stream.category == "order");
    BOOST_TEST(line.stream.id == "7");
    BOOST_TEST(line.event.type == "A");
    BOOST_TEST(line.event.data == "{}");
    BOOST_TEST(line.event.metadata == "{}");
    BOOST_TEST(!line.version.has_value());
    BOOST_TEST(!line.has_id);
    BOOST_TEST(!line.event.id_from_client);
    BOOST_CHECK(line.event.id != EventId{});
    BOOST_CHECK(!line.event.recorded_at);
}

BOOST_AUTO_TEST_CASE(when_another_follows_then_nothing_of_the_first_is_left) {
    BOOST_REQUIRE(good(with(
        R"(,"version":3,"id":"aaaaaaaa-0000-4000-8000-000000000001","data":1,"metadata":{"m":1},)"
        R"("traceparent":"00-x","recorded_at":"2026-01-01T00:00:00Z","exact":{"data":"[\n]"})")));
    BOOST_TEST(line.event.data == "[\n]");
    BOOST_REQUIRE(good(with("")));
    BOOST_TEST(line.event.data == "{}");
    BOOST_TEST(line.event.metadata == "{}");
    BOOST_TEST(line.event.traceparent == "");
    BOOST_TEST(!line.version.has_value());
    BOOST_TEST(!line.has_id);
    BOOST_CHECK(!line.event.recorded_at);
}

BOOST_AUTO_TEST_CASE(when_it_stands_for_what_is_gone_then_it_says_so) {
    BOOST_REQUIRE(good(R"({"type":"$deleted","stream":{"category":"a","id":"1"},"version":2})"));
    BOOST_CHECK(line.kind == ImportLine::Kind::deleted);
    BOOST_REQUIRE(good(with("")));
    BOOST_CHECK(line.kind == ImportLine::Kind::event);
}

BOOST_AUTO_TEST_CASE(when_it_is_not_such_a_line_then_it_is_refused) {
    for (const auto* text :
         {"", "7", "[]", "{", R"({"type":"A"})", R"({"stream":{"category":"a","id":"1"}})",
          R"({"stream":{"category":"a"},"type":"A"})", R"({"stream":"a/1","type":"A"})",
          R"({"stream":{"category":"a","id":"1","x":1},"type":"A"})"}) {
        BOOST_TEST(!good(text), text);
    }
    for (const auto* members : {R"(,"type":"B")",
                                R"(,"more":1)",
                                R"(,"version":0)",
                                R"(,"version":-1)",
                                R"(,"version":1.5)",
                                R"(,"version":"1")",
                                R"(,"version":18446744073709551616)",
                                R"(,"id":1)",
                                R"(,"id":"x")",
                                R"(,"metadata":1)",
                                R"(,"metadata":null)",
                                R"(,"recorded_at":1)",
                                R"(,"recorded_at":"2026-02-30T00:00:00Z")",
                                R"(,"traceparent":1)",
                                R"(,"exact":1)",
                                R"(,"exact":{"type":"B"})",
                                R"(,"exact":{"data":1})",
                                R"(,"exact":{"data":""})",
                                R"(,"exact":{"data":" \n"})",
                                R"(,"exact":{"data":"{} {}"})",
                                R"(,"exact":{"metadata":"[]"})",
                                R"(,"exact":{"data":"\ud800"})"}) {
        BOOST_TEST(!good(with(members)), members);
    }
    BOOST_TEST(!good(R"({"stream":{"category":"a","id":"1"},"type":"$own"})"));
    BOOST_TEST(!good(R"({"stream":{"category":"a","id":"1"},"type":""})"));
}

BOOST_AUTO_TEST_CASE(when_the_event_is_too_large_then_so_is_the_line_however_it_is_stated) {
    limits.event_bytes_max = 100;
    BOOST_TEST(good(with(",\"data\":\"" + std::string(95, 'x') + "\"")));
    BOOST_TEST(!good(with(",\"data\":\"" + std::string(96, 'x') + "\"")));
    BOOST_TEST(!good(with(R"(,"exact":{"data":"\")" + std::string(96, 'x') + R"(\""})")));
}

BOOST_AUTO_TEST_CASE(when_the_largest_version_is_stated_then_it_is_taken) {
    BOOST_REQUIRE(good(with(R"(,"version":18446744073709551615)")));
    BOOST_TEST(line.version->value() == 18446744073709551615u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
