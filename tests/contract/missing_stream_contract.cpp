// Streams that never were, beside one that is: every call says so, and none makes them begin.
#include "tests/contract/given_snapshots.hpp"

using namespace firn;
using namespace firn::test;

namespace {

// Not there: each differs from order/1 in one part.
const std::vector<StreamName> missing{{"order", "2"}, {"order", "10"}, {"orders", "1"}};

struct GivenMissingStreams : GivenAStreamOfTen {
    void check_still_missing() {
        for (const auto& stream : missing) {
            BOOST_TEST(head(stream) == no_version);
            BOOST_TEST(store().facts(stream).error() == storage_errc::stream_not_found);
        }
        BOOST_TEST(store().list({})->streams.size() == 1u);
        BOOST_TEST(store().stats().streams == 1u);
        BOOST_TEST(store().head_position() == Position{10});
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_missing_streams_beside_one_that_exists, GivenMissingStreams)

BOOST_AUTO_TEST_CASE(when_a_missing_stream_is_read_then_it_is_not_found) {
    for (const auto& stream : missing) {
        BOOST_TEST(read_error(stream) == storage_errc::stream_not_found);
        BOOST_TEST(read_error(stream, {.from = Version{5}}) == storage_errc::stream_not_found);
        BOOST_TEST(read_error(stream, {.direction = Direction::backward}) ==
                   storage_errc::stream_not_found);
        BOOST_TEST(read_error(stream, {.limit = 0}) == storage_errc::stream_not_found);
        const auto found = store().find_event(stream, id_number(1));
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(!found->has_value());
        BOOST_TEST(loaded(UINT64_MAX, 1, stream) == no_version);
        BOOST_TEST(kept(stream).empty());
    }
    check_still_missing();
    reopen();
    check_still_missing();
}

BOOST_AUTO_TEST_CASE(when_a_missing_stream_is_cut_or_deleted_then_it_is_not_found) {
    for (const auto& stream : missing) {
        BOOST_TEST(store().cut(stream, Version{1}).error() == storage_errc::stream_not_found);
        BOOST_TEST(commit({deleting(stream)}).error == storage_errc::stream_not_found);
    }
    check_still_missing();
    reopen();
    check_still_missing();
}

BOOST_AUTO_TEST_CASE(when_an_append_to_a_missing_stream_is_refused_then_it_does_not_begin) {
    for (const auto& stream : missing) {
        BOOST_TEST(commit({appending(stream, numbered(1), Expected::exactly(Version{10}))}).error ==
                   storage_errc::wrong_version);
        BOOST_TEST(
            commit({appending(stream, numbered(1)), checking(order, Expected::none())}).error ==
            storage_errc::wrong_version);
    }
    check_still_missing();
    crash_and_reopen();
    check_still_missing();
}

BOOST_AUTO_TEST_SUITE_END()
