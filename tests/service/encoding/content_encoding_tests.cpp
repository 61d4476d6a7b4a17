#include "service/encoding/content_encoding.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

inline std::ostream& operator<<(std::ostream& out, ContentEncoding encoding) {
    return out << name_of(encoding);
}

namespace {

using enum ContentEncoding;

}  // namespace

BOOST_AUTO_TEST_SUITE(given_the_field_of_a_body)

BOOST_AUTO_TEST_CASE(when_it_names_one_coding_that_is_known_then_it_is_that) {
    BOOST_TEST(content_encoding_of(std::nullopt).value() == identity);
    BOOST_TEST(content_encoding_of("identity").value() == identity);
    BOOST_TEST(content_encoding_of("gzip").value() == gzip);
    BOOST_TEST(content_encoding_of(" X-GZip ").value() == gzip);
    BOOST_TEST(content_encoding_of("ZSTD").value() == zstd);
}

BOOST_AUTO_TEST_CASE(when_it_names_another_or_several_then_it_is_none) {
    for (const auto* field : {"br", "deflate", "gzip, zstd", "", "gzip;q=1", "zstd2"}) {
        BOOST_TEST(!content_encoding_of(field).has_value(), field);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_what_a_client_accepts)

BOOST_AUTO_TEST_CASE(when_it_says_nothing_then_nothing_is_encoded) {
    BOOST_TEST(choose_encoding(std::nullopt) == identity);
    BOOST_TEST(choose_encoding("") == identity);
    BOOST_TEST(choose_encoding("  ") == identity);
}

BOOST_AUTO_TEST_CASE(when_several_weigh_the_same_then_zstd_comes_before_gzip) {
    BOOST_TEST(choose_encoding("gzip, deflate, br") == gzip);
    BOOST_TEST(choose_encoding("gzip, deflate, br, zstd") == zstd);
    BOOST_TEST(choose_encoding("GZIP") == gzip);
    BOOST_TEST(choose_encoding("br") == identity);
}

BOOST_AUTO_TEST_CASE(when_they_are_weighed_then_the_heaviest_wins_and_none_is_chosen_of_weight_0) {
    BOOST_TEST(choose_encoding("gzip;q=1, zstd;q=0.5") == gzip);
    BOOST_TEST(choose_encoding("gzip;q=0.2, zstd;q=0.5") == zstd);
    BOOST_TEST(choose_encoding("gzip;q=0, zstd;q=0") == identity);
    BOOST_TEST(choose_encoding("zstd;q=0, *") == gzip);
    BOOST_TEST(choose_encoding("*") == zstd);
    BOOST_TEST(choose_encoding("*;q=0") == identity);
    BOOST_TEST(choose_encoding("identity, gzip;q=0.5") == identity);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
