#include "actors/stream_directory.hpp"

#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;

namespace {

struct Directory {
    StreamName numbered_name(int i) { return {"account", std::to_string(i)}; }

    boost::asio::io_context io;
    std::shared_ptr<ActorContext> context = std::make_shared<ActorContext>(
        io.get_executor(), ServiceConfig{.actors = {.cache_bytes_max = 64u << 10}},
        make_memory_store());
    StreamDirectory directory{*context};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_directory_of_64_KiB, Directory)

BOOST_AUTO_TEST_CASE(when_a_name_is_asked_for_twice_then_it_is_the_same_actor) {
    const auto actor = directory.find_or_make(numbered_name(1));
    BOOST_TEST((directory.find_or_make(numbered_name(1)) == actor));
    BOOST_TEST((directory.find_or_make(numbered_name(2)) != actor));
    BOOST_TEST(directory.size() == 2u);
}

BOOST_AUTO_TEST_CASE(when_more_streams_are_used_than_fit_then_the_bound_holds) {
    for (int i = 0; i != 10'000; ++i) {
        (void)directory.find_or_make(numbered_name(i));
    }
    BOOST_TEST(context->counters.actor_bytes.value() <= 64u << 10);
    BOOST_TEST(directory.size() > 20u);
    BOOST_TEST(directory.size() + context->counters.actors_evicted.value() == 10'000u);
}

BOOST_AUTO_TEST_CASE(when_an_actor_is_held_then_it_is_not_evicted) {
    const auto held = directory.find_or_make(numbered_name(-1));
    for (int i = 0; i != 10'000; ++i) {
        (void)directory.find_or_make(numbered_name(i));
    }
    BOOST_TEST((directory.find_or_make(numbered_name(-1)) == held));
}

BOOST_AUTO_TEST_CASE(when_an_actor_is_not_used_for_long_then_it_leaves) {
    (void)directory.find_or_make(numbered_name(1));
    const auto held = directory.find_or_make(numbered_name(2));
    for (std::uint32_t tick = 0; tick != 2 * StreamDirectory::idle_ticks; ++tick) {
        (void)directory.find_or_make(numbered_name(3));
        directory.tick();
    }
    BOOST_TEST(directory.size() == 2u);
    BOOST_TEST((directory.find_or_make(numbered_name(2)) == held));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_service_with_one_empty_state, ServiceFixture)

BOOST_AUTO_TEST_CASE(when_its_actor_is_idle_then_it_costs_at_most_2_KiB) {
    append({patch("{}")});
    BOOST_TEST(state_text() == "{}");
    BOOST_TEST(service->stats().actors_cached == 1u);
    BOOST_TEST(service->stats().actor_bytes > 256u);
    BOOST_TEST(service->stats().actor_bytes <= 2048u);
}

BOOST_AUTO_TEST_SUITE_END()
