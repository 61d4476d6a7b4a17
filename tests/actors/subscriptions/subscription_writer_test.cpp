// Changes that wait for each other, or that the store refuses.
#include "tests/actors/subscriptions/given_subscriptions.hpp"

#include <atomic>
#include <thread>
#include <vector>

using namespace firn;
using namespace firn::test;

BOOST_FIXTURE_TEST_SUITE(given_a_writer_of_a_subscription, NineEvents)

BOOST_AUTO_TEST_CASE(when_acknowledgements_come_while_one_is_written_then_they_share_the_next) {
    make("a");
    const auto writes = documents().writes();
    documents().hold();
    const auto first = acknowledge("a", 2);
    const auto third = acknowledge("a", 4);
    const auto second = acknowledge("a", 3);
    const auto lowest = acknowledge("a", 1);
    BOOST_TEST(!first.has_come());
    BOOST_TEST(checkpoint("a") == Position{0});
    BOOST_TEST(documents().release_one());
    BOOST_TEST(first.checkpoint() == Position{2});
    BOOST_TEST(lowest.checkpoint() == Position{2});
    BOOST_TEST(!second.has_come());
    BOOST_TEST(!third.has_come());
    BOOST_TEST(documents().release_one());
    BOOST_TEST(second.checkpoint() == Position{4});
    BOOST_TEST(third.checkpoint() == Position{4});
    BOOST_TEST(stored(checkpoint_kind, "a") == "4");
    BOOST_TEST(documents().writes() == writes + 2);
    BOOST_TEST(!documents().release_one());
}

BOOST_AUTO_TEST_CASE(when_an_acknowledgement_cannot_be_written_then_the_checkpoint_stays) {
    make("a");
    BOOST_TEST(!acknowledge("a", 2).error());
    documents().fail(1, storage_errc::disk_full);
    const auto failed = acknowledge("a", 5);
    BOOST_TEST(failed.error() == storage_errc::disk_full);
    BOOST_TEST(failed.checkpoint() == Position{2});
    BOOST_TEST(checkpoint("a") == Position{2});
    BOOST_TEST(stored(checkpoint_kind, "a") == "2");
    BOOST_TEST(registry->acknowledged() == 1u);
    BOOST_TEST(acknowledge("a", 5).checkpoint() == Position{5});
}

BOOST_AUTO_TEST_CASE(when_a_shared_write_fails_then_all_that_share_it_hear_of_it) {
    make("a");
    documents().hold();
    const auto first = acknowledge("a", 2);
    const auto second = acknowledge("a", 3);
    const auto third = acknowledge("a", 4);
    BOOST_TEST(documents().release_one());
    documents().fail(1);
    documents().release();
    BOOST_TEST(!first.error());
    BOOST_TEST(second.error() == storage_errc::io_failed);
    BOOST_TEST(third.error() == storage_errc::io_failed);
    BOOST_TEST(checkpoint("a") == Position{2});
}

BOOST_AUTO_TEST_CASE(when_making_it_fails_then_there_is_none_at_either_step) {
    documents().fail(1);
    BOOST_TEST(set("a").error() == storage_errc::io_failed);
    documents().hold();
    const auto second = set("a", R"({"from":7})");
    BOOST_TEST(documents().release_one());
    documents().fail(1);
    documents().release();
    BOOST_TEST(second.error() == storage_errc::io_failed);
    BOOST_TEST(!registry->find("a"));
    BOOST_TEST(registry->count() == 0u);
    // What is left of it in the store means nothing.
    BOOST_TEST(stored(checkpoint_kind, "a") == "7");
    open();
    BOOST_TEST(names() == "");
    make("a", R"({"from":3})");
    BOOST_TEST(checkpoint("a") == Position{3});
}

BOOST_AUTO_TEST_CASE(when_an_update_fails_then_the_settings_stay) {
    make("a", R"({"type":"A"})");
    const auto before = settings("a");
    documents().fail(1);
    BOOST_TEST(set("a", R"({"type":"B"})").error() == storage_errc::io_failed);
    BOOST_TEST(settings("a") == before);
}

BOOST_AUTO_TEST_CASE(when_removing_it_fails_then_it_stays_but_not_for_its_checkpoint_alone) {
    make("a");
    documents().fail(1);
    BOOST_TEST(remove("a").error() == storage_errc::io_failed);
    BOOST_TEST(names() == "a ");
    documents().hold();
    const auto removed = remove("a");
    BOOST_TEST(documents().release_one());
    documents().fail(1);
    documents().release();
    BOOST_TEST(!removed.error());
    BOOST_TEST(names() == "");
    open();
    BOOST_TEST(names() == "");
}

BOOST_AUTO_TEST_CASE(when_it_is_removed_while_acknowledgements_wait_then_all_are_answered) {
    make("a");
    documents().hold();
    const auto first = acknowledge("a", 2);
    const auto removed = remove("a");
    const auto again = set("a", R"({"from":1})");
    const auto second = acknowledge("a", 9);
    documents().release();
    BOOST_TEST(!first.error());
    BOOST_TEST(!removed.error());
    BOOST_TEST(second.error() == actor_errc::subscription_not_found);
    BOOST_TEST(again.outcome().created);
    BOOST_TEST(checkpoint("a") == Position{1});
    BOOST_TEST(stored(checkpoint_kind, "a") == "1");
}

BOOST_AUTO_TEST_CASE(when_the_store_closes_then_what_waits_is_answered) {
    make("a");
    documents().hold();
    const auto first = acknowledge("a", 2);
    const auto second = acknowledge("a", 3);
    const auto update = set("a", R"({"type":"B"})");
    gate->close();
    BOOST_TEST(first.error() == storage_errc::closed);
    BOOST_TEST(second.error() == storage_errc::closed);
    BOOST_TEST(update.error() == storage_errc::closed);
    BOOST_TEST(acknowledge("a", 1).error() == actor_errc::closed);
    BOOST_TEST(set("b").error() == actor_errc::closed);
    BOOST_TEST(remove("a").error() == storage_errc::closed);
}

BOOST_AUTO_TEST_CASE(when_many_acknowledge_at_once_then_the_checkpoint_is_the_highest) {
    make("a");
    append({"order", "7"}, numbered(391));
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t != 4; ++t) {
        threads.emplace_back([this, t, &refused] {
            for (std::uint64_t i = 1; i <= 100; ++i) {
                registry->acknowledge(
                    "a", Position{i * 4 - t},
                    [&refused](SubscriptionOutcome outcome) { refused += outcome.error ? 1 : 0; });
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST(refused == 0);
    BOOST_TEST(registry->acknowledged() == 400u);
    BOOST_TEST(checkpoint("a") == Position{400});
    BOOST_TEST(stored(checkpoint_kind, "a") == "400");
}

BOOST_AUTO_TEST_SUITE_END()
