// Every storage error says something of its own.
#include "storage/errors.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace firn;

BOOST_AUTO_TEST_SUITE(given_storage_errors)

BOOST_AUTO_TEST_CASE(when_printed_then_each_has_its_own_sentence) {
    std::set<std::string> sentences;
    constexpr int last = static_cast<int>(storage_errc::already_running);
    for (int code = 1; code <= last; ++code) {
        sentences.insert(make_error_code(static_cast<storage_errc>(code)).message());
    }
    BOOST_TEST(sentences.size() == static_cast<std::size_t>(last));
    BOOST_TEST(sentences.count("unknown storage error") == 0u);
}

BOOST_AUTO_TEST_CASE(when_made_from_the_enum_then_it_is_an_error_of_this_category) {
    const error_code error = storage_errc::disk_full;
    BOOST_TEST(error.failed());
    BOOST_TEST(error.category().name() == std::string("firn.storage"));
    BOOST_TEST((error != error_code(static_cast<int>(storage_errc::disk_full),
                                    boost::system::generic_category())));
}

BOOST_AUTO_TEST_SUITE_END()
