// Giving space back: one at a time, and nothing that can be read changes.
#include "tests/contract/given_a_store.hpp"

using namespace firn;
using namespace firn::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(given_a_store_to_vacuum, GivenAStore)

BOOST_AUTO_TEST_CASE(when_it_is_vacuumed_then_it_reads_the_same_and_goes_on) {
    append(order, numbered(30));
    append(other, numbered(5));
    cut(order, Version{20});
    append({"order", "gone"}, numbered(3));
    delete_stream({"order", "gone"});
    const auto before = positions({});
    const auto needs = store().vacuum_needs();
    BOOST_REQUIRE(needs.has_value());
    BOOST_TEST(needs->has_room());
    {
        const auto vacuum = store().begin_vacuum();
        BOOST_REQUIRE(vacuum.has_value());
        append(order, numbered(1));
        for (;;) {
            const auto progress = (*vacuum)->step(1ms);
            BOOST_REQUIRE(progress.has_value());
            if (progress->is_done()) {
                break;
            }
        }
    }
    auto expected = before;
    expected.push_back(store().head_position());
    BOOST_TEST((positions({}) == expected));
    BOOST_TEST(read(order).first_version == Version{21});
    crash_and_reopen();
    BOOST_TEST((positions({}) == expected));
    append(order, numbered(1));
}

BOOST_AUTO_TEST_CASE(when_one_runs_then_a_second_is_refused) {
    {
        const auto first = store().begin_vacuum();
        BOOST_REQUIRE(first.has_value());
        BOOST_TEST((store().begin_vacuum().error() == storage_errc::already_running));
    }
    BOOST_TEST(store().begin_vacuum().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
