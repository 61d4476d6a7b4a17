#include "actors/subscriptions/stand_ins.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;

BOOST_AUTO_TEST_SUITE(given_a_stretch_from_3_that_was_empty_up_to_9)

BOOST_AUTO_TEST_CASE(when_no_stand_in_came_then_it_still_is) {
    StandIns stand_ins;
    stand_ins.add(Position{5});  // before the look
    BOOST_TEST(stand_ins.still_empty_to(stand_ins.mark(), Position{3}, Position{9}) == Position{9});
}

BOOST_AUTO_TEST_CASE(when_some_came_into_it_then_it_ends_before_the_first_of_them) {
    StandIns stand_ins;
    const auto mark = stand_ins.mark();
    stand_ins.add(Position{9});
    BOOST_TEST(stand_ins.still_empty_to(mark, Position{3}, Position{9}) == Position{8});
    stand_ins.add(Position{5});
    stand_ins.add(Position{7});
    BOOST_TEST(stand_ins.still_empty_to(mark, Position{3}, Position{9}) == Position{4});
    stand_ins.add(Position{4});
    BOOST_TEST(stand_ins.still_empty_to(mark, Position{3}, Position{9}) == Position{3});
}

BOOST_AUTO_TEST_CASE(when_they_came_elsewhere_then_it_stays_as_it_is) {
    StandIns stand_ins;
    const auto mark = stand_ins.mark();
    stand_ins.add(Position{3});
    stand_ins.add(Position{10});
    BOOST_TEST(stand_ins.still_empty_to(mark, Position{3}, Position{9}) == Position{9});
}

BOOST_AUTO_TEST_CASE(when_nobody_knows_where_one_came_then_nothing_is_left_of_it) {
    StandIns stand_ins;
    const auto mark = stand_ins.mark();
    stand_ins.add_unknown();
    BOOST_TEST(stand_ins.still_empty_to(mark, Position{3}, Position{9}) == Position{3});
}

BOOST_AUTO_TEST_CASE(when_more_came_than_are_remembered_then_nothing_is_left_of_it) {
    StandIns stand_ins;
    const auto mark = stand_ins.mark();
    for (std::uint64_t i = 0; i != 1024; ++i) {
        stand_ins.add(Position{100 + i});
    }
    BOOST_TEST(stand_ins.still_empty_to(mark, Position{3}, Position{9}) == Position{9});
    stand_ins.add(Position{100});
    BOOST_TEST(stand_ins.still_empty_to(mark, Position{3}, Position{9}) == Position{3});
}

BOOST_AUTO_TEST_SUITE_END()
