#include "service/cli/quantity.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace firn::cli {

using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(given_quantities_as_people_write_them)

BOOST_AUTO_TEST_CASE(when_a_size_has_a_unit_then_it_counts_bytes) {
    BOOST_TEST(parse_size("0") == 0u);
    BOOST_TEST(parse_size("4096") == 4096u);
    BOOST_TEST(parse_size("64MiB") == 64u << 20);
    BOOST_TEST(parse_size("64 MiB") == 64u << 20);
    BOOST_TEST(parse_size("2GB") == 2'000'000'000u);
    BOOST_TEST(parse_size("1TiB") == std::uint64_t{1} << 40);
}

BOOST_AUTO_TEST_CASE(when_a_size_is_not_one_then_it_is_refused) {
    for (const char* text :
         {"", "MiB", "-1", "1.5GiB", "64mib", "64MiB ", "18446744073709551616", "99999999TiB"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW(static_cast<void>(parse_size(text)), std::invalid_argument);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_duration_has_a_unit_then_it_counts_milliseconds) {
    BOOST_TEST((parse_duration("250ms") == milliseconds{250}));
    BOOST_TEST((parse_duration("10s") == milliseconds{10'000}));
    BOOST_TEST((parse_duration("5min") == milliseconds{300'000}));
    BOOST_TEST((parse_duration("1h") == milliseconds{3'600'000}));
    BOOST_CHECK_THROW(static_cast<void>(parse_duration("10")), std::invalid_argument);
    BOOST_CHECK_THROW(static_cast<void>(parse_duration("10 days")), std::invalid_argument);
    BOOST_CHECK_THROW(static_cast<void>(parse_duration("9999999999999h")), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(when_shown_exactly_then_they_read_back_the_same) {
    for (const std::uint64_t bytes : {0ul, 1ul, 1023ul, 1024ul, 64ul << 20, (64ul << 20) + 1}) {
        BOOST_TEST(parse_size(exact_size(bytes)) == bytes);
    }
    for (const int count : {0, 1, 999, 1000, 1001, 60'000, 7'200'000}) {
        BOOST_TEST((parse_duration(exact_duration(milliseconds{count})) == milliseconds{count}));
    }
}

BOOST_AUTO_TEST_CASE(when_an_address_is_given_then_host_and_port_come_apart) {
    BOOST_TEST(parse_listen("127.0.0.1:7070").host == "127.0.0.1");
    BOOST_TEST(parse_listen("127.0.0.1:7070").port == 7070);
    BOOST_TEST(parse_listen("[::1]:0").host == "::1");
    BOOST_TEST(show_listen(parse_listen("[::1]:80")) == "[::1]:80");
    for (const char* text : {"", "7070", ":7070", "::1:7070", "a:", "a:65536", "a:7x", "[]:1"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW(static_cast<void>(parse_listen(text)), std::invalid_argument);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_shown_to_people_then_they_are_short) {
    BOOST_TEST(show_size(1023) == "1023 B");
    BOOST_TEST(show_size(1024) == "1.0 KiB");
    BOOST_TEST(show_size((1u << 20) - 1) == "1.0 MiB");
    BOOST_TEST(show_count(999) == "999");
    BOOST_TEST(show_count(129'657) == "129,657");
    BOOST_TEST(show_count(1'000'000) == "1,000,000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
