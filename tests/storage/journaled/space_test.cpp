// How much of the file events take, without a vacuum.
#include "tests/storage/journaled/given_a_journaled_store.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct GivenEventsOf230Bytes : GivenADirectory {
    static constexpr std::uint64_t requests = 40;
    static constexpr std::uint64_t events_a_request = 100;

    GivenEventsOf230Bytes() { open(); }
    void grow(const StreamName& stream) {
        const TestEvent event{.data = "\"" + std::string(228, 'x') + "\""};
        for (std::uint64_t i = 0; i < requests; ++i) {
            append(stream, std::vector<TestEvent>(events_a_request, event));
        }
    }
    // Of the file, once all has settled.
    std::uint64_t bytes_an_event() {
        reopen();
        const auto stats = store().stats();
        return stats.bytes_live / stats.events;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_events_of_230_bytes, GivenEventsOf230Bytes)

// Four of them and what belongs to them are a chunk of 1.2 KB, three of which fill a page.
BOOST_AUTO_TEST_CASE(when_the_newest_stream_grows_then_its_pages_are_full) {
    grow(order);
    BOOST_TEST(bytes_an_event() <= 380u);
}

BOOST_AUTO_TEST_CASE(when_an_older_stream_grows_then_nothing_goes_out_of_order) {
    grow(order);
    grow(account);
    BOOST_TEST(bytes_an_event() <= 380u);
    grow(order);
    BOOST_TEST(bytes_an_event() <= 480u);
    BOOST_TEST(read_all(order).size() == 2 * requests * events_a_request);
    BOOST_TEST(read_all(account).size() == requests * events_a_request);
}

BOOST_AUTO_TEST_SUITE_END()
