// Times as RFC 3339 text, both ways.
#include "actors/identity/timestamp.hpp"

#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace firn {

namespace {

std::string written(Timestamp time) {
    std::string text;
    write_rfc3339(text, time);
    return text;
}

// The same moment in the one form that is written.
std::string normalised(std::string_view text) {
    const auto time = parse_rfc3339(text);
    return time ? written(*time) : "refused";
}

constexpr Timestamp at(std::int64_t microseconds) {
    return Timestamp{std::chrono::microseconds{microseconds}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_time)

BOOST_AUTO_TEST_CASE(when_it_is_written_then_it_is_utc_with_microseconds) {
    BOOST_TEST(written(at(0)) == "1970-01-01T00:00:00.000000Z");
    BOOST_TEST(written(at(-1)) == "1969-12-31T23:59:59.999999Z");
    BOOST_TEST(written(at(951'782'400'000'001)) == "2000-02-29T00:00:00.000001Z");
    BOOST_TEST(written(at(1'795'428'672'123'456)) == "2026-11-23T10:11:12.123456Z");
}

BOOST_AUTO_TEST_CASE(when_its_year_has_no_four_digits_then_the_nearest_time_is_written) {
    BOOST_TEST(written(at(std::numeric_limits<std::int64_t>::min())) ==
               "0001-01-01T00:00:00.000000Z");
    BOOST_TEST(written(at(std::numeric_limits<std::int64_t>::max())) ==
               "9999-12-31T23:59:59.999999Z");
}

BOOST_AUTO_TEST_CASE(when_random_times_are_written_then_they_read_back) {
    auto random = test::Random::announced("times through text");
    const auto first = parse_rfc3339("0001-01-01T00:00:00Z").value().time_since_epoch().count();
    const auto last =
        parse_rfc3339("9999-12-31T23:59:59.999999Z").value().time_since_epoch().count();
    for (int i = 0; i < 100'000; ++i) {
        const auto span = static_cast<std::uint64_t>(last - first);
        const auto time = at(first + static_cast<std::int64_t>(random.below(span + 1)));
        BOOST_REQUIRE(parse_rfc3339(written(time)) == time);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_the_text_of_a_time)

BOOST_AUTO_TEST_CASE(when_it_is_any_form_of_rfc_3339_then_the_moment_is_read) {
    constexpr std::pair<std::string_view, std::string_view> forms[] = {
        {"2026-11-23T10:11:12Z", "2026-11-23T10:11:12.000000Z"},
        {"2026-11-23t10:11:12z", "2026-11-23T10:11:12.000000Z"},
        {"2026-11-23T10:11:12.5Z", "2026-11-23T10:11:12.500000Z"},
        {"2026-11-23T10:11:12.123456789Z", "2026-11-23T10:11:12.123456Z"},
        {"2026-11-23T10:11:12.000000999Z", "2026-11-23T10:11:12.000000Z"},
        {"2026-11-23T10:11:12+00:00", "2026-11-23T10:11:12.000000Z"},
        {"2026-11-23T10:11:12-00:00", "2026-11-23T10:11:12.000000Z"},
        {"2026-11-23T10:11:12+02:30", "2026-11-23T07:41:12.000000Z"},
        {"2026-11-23T23:11:12.25-08:00", "2026-11-24T07:11:12.250000Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        {"0000-12-31T23:30:00-01:00", "0001-01-01T00:30:00.000000Z"},
        {"1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000000Z"},
        {"1990-12-31T15:59:60.5-08:00", "1991-01-01T00:00:00.500000Z"},
    };
    for (const auto& [text, moment] : forms) {
        BOOST_TEST(normalised(text) == moment, text);
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_anything_else_then_it_is_refused) {
    for (const std::string_view text : {"",
                                        "2026",
                                        "2026-11-23",
                                        "2026-11-23T10:11:12",
                                        "2026-11-23 10:11:12Z",
                                        "2026-11-23T10:11Z",
                                        "2026-11-23T10:11:12.Z",
                                        "2026-11-23T10:11:12.1234567890Z",
                                        "2026-11-23T10:11:12,5Z",
                                        "2026-11-23T10:11:12ZZ",
                                        "2026-11-23T10:11:12Z ",
                                        " 2026-11-23T10:11:12Z",
                                        "2026-11-23T24:00:00Z",
                                        "2026-11-23T10:60:12Z",
                                        "2026-11-23T10:11:61Z",
                                        "2026-11-23T10:11:60Z",
                                        "2026-13-23T10:11:12Z",
                                        "2026-00-23T10:11:12Z",
                                        "2026-11-00T10:11:12Z",
                                        "2026-11-31T10:11:12Z",
                                        "2026-02-29T10:11:12Z",
                                        "1900-02-29T10:11:12Z",
                                        "2026-1-23T10:11:12Z",
                                        "26-11-23T10:11:12Z",
                                        "+2026-11-23T10:11:12Z",
                                        "-001-11-23T10:11:12Z",
                                        "2026-11-23T10:11:12+2:00",
                                        "2026-11-23T10:11:12+0200",
                                        "2026-11-23T10:11:12+24:00",
                                        "2026-11-23T10:11:12+02:60",
                                        "2026-11-23T10:11:12+",
                                        "0000-01-01T00:00:00Z",
                                        "0001-01-01T00:00:00+00:01",
                                        "9999-12-31T23:59:59-00:01",
                                        "9999-12-31T23:59:60Z",
                                        "10000-01-01T00:00:00Z",
                                        "2026-11-23T1a:11:12Z",
                                        "2026-11-23T10:11:12.1x3Z"}) {
        BOOST_TEST(normalised(text) == "refused", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
