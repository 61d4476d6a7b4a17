#include "tests/actors/subscriptions/given_subscriptions.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct RoomForTwo : NineEvents {
    RoomForTwo() : NineEvents({.count_max = 2}) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_registry_over_nine_events, NineEvents)

BOOST_AUTO_TEST_CASE(when_a_subscription_is_made_then_it_is_found_and_listed) {
    BOOST_TEST(!registry->find("a"));
    make("b", R"({"from":4,"type":"A"})");
    make("a");
    BOOST_TEST(checkpoint("b") == Position{4});
    BOOST_TEST(names() == "a b ");
    BOOST_TEST(registry->list("a", 9).size() == 1u);
    BOOST_TEST(registry->list("", 1).size() == 1u);
    BOOST_TEST(registry->count() == 2u);
}

BOOST_AUTO_TEST_CASE(when_it_is_set_again_then_filters_change_and_checkpoint_and_time_stay) {
    make("a", R"({"type":"A","from":2})");
    BOOST_TEST(!acknowledge("a", 5).error());
    const auto created_at = find("a")->created_at();
    for (const auto* update : {R"({"type":"B","blocks_compaction":true})",
                               R"({"type":"B","blocks_compaction":true,"from":2})"}) {
        const auto outcome = set("a", update).outcome();
        BOOST_TEST(!outcome.error);
        BOOST_TEST(!outcome.created);
        BOOST_TEST(outcome.checkpoint == Position{5});
        BOOST_TEST(settings("a") == R"({"category":[],"type":["B"],"id_prefix":"",)"
                                    R"("from":2,"blocks_compaction":true})");
        BOOST_TEST((find("a")->created_at() == created_at));
    }
}

BOOST_AUTO_TEST_CASE(when_the_same_is_set_again_then_nothing_is_written) {
    make("a", R"({"type":"A"})");
    const auto writes = documents().writes();
    BOOST_TEST(!set("a", R"({"type":["A"],"from":"beginning"})").error());
    BOOST_TEST(documents().writes() == writes);
}

BOOST_AUTO_TEST_CASE(when_another_beginning_is_stated_then_it_is_refused_and_nothing_changes) {
    make("a", R"({"from":2})");
    const auto before = settings("a");
    for (const auto* from : {"3", "\"end\"", "\"beginning\""}) {
        const auto refused = set("a", R"({"type":"B","from":)" + std::string(from) + "}");
        BOOST_TEST(refused.error() == actor_errc::start_is_fixed);
    }
    BOOST_TEST(settings("a") == before);
    BOOST_TEST(checkpoint("a") == Position{2});
}

BOOST_AUTO_TEST_CASE(when_a_position_is_past_the_head_then_it_is_refused) {
    BOOST_TEST(set("a", R"({"from":10})").error() == actor_errc::position_past_head);
    BOOST_TEST(!registry->find("a"));
    make("a", R"({"from":9})");
    BOOST_TEST(acknowledge("a", 10).error() == actor_errc::position_past_head);
    BOOST_TEST(checkpoint("a") == Position{9});
}

BOOST_AUTO_TEST_CASE(when_there_is_none_then_it_is_not_found) {
    BOOST_TEST(acknowledge("a", 1).error() == actor_errc::subscription_not_found);
    BOOST_TEST(remove("a").error() == actor_errc::subscription_not_found);
    BOOST_TEST(set("a/b").error() == actor_errc::bad_request);
    BOOST_TEST(set("").error() == actor_errc::bad_request);
}

BOOST_AUTO_TEST_CASE(when_an_earlier_position_is_acknowledged_then_nothing_changes) {
    make("a");
    BOOST_TEST(acknowledge("a", 5).checkpoint() == Position{5});
    const auto writes = documents().writes();
    for (const auto earlier : {0, 3, 5}) {
        const auto outcome = acknowledge("a", static_cast<std::uint64_t>(earlier)).outcome();
        BOOST_TEST(!outcome.error);
        BOOST_TEST(outcome.checkpoint == Position{5});
    }
    BOOST_TEST(documents().writes() == writes);
    BOOST_TEST(registry->acknowledged() == 4u);
}

BOOST_AUTO_TEST_CASE(when_it_is_removed_then_nothing_of_it_is_left_and_it_can_be_made_anew) {
    make("a");
    BOOST_TEST(!acknowledge("a", 5).error());
    BOOST_TEST(!remove("a").error());
    BOOST_TEST(!registry->find("a"));
    BOOST_TEST(registry->count() == 0u);
    BOOST_TEST(stored(settings_kind, "a") == "");
    BOOST_TEST(stored(checkpoint_kind, "a") == "");
    BOOST_TEST(acknowledge("a", 6).error() == actor_errc::subscription_not_found);
    make("a");
    BOOST_TEST(checkpoint("a") == Position{0});
}

BOOST_AUTO_TEST_CASE(when_the_registry_opens_again_then_settings_checkpoints_and_times_are_kept) {
    make("a", R"({"category":"order","type":["A","B"],"id_prefix":"7","from":2,
                  "blocks_compaction":true})");
    make("end", R"({"from":"end"})");
    make("gone");
    BOOST_TEST(!acknowledge("a", 4).error());
    BOOST_TEST(!remove("gone").error());
    const auto before = settings("a");
    const auto created_at = find("a")->created_at();
    open();
    BOOST_TEST(names() == "a end ");
    BOOST_TEST(registry->count() == 2u);
    BOOST_TEST(settings("a") == before);
    BOOST_TEST(checkpoint("a") == Position{4});
    BOOST_TEST(checkpoint("end") == Position{9});
    BOOST_TEST((find("a")->created_at() == created_at));
    BOOST_TEST(next("a") == "5 6 7 8 9 ");
}

BOOST_AUTO_TEST_CASE(when_there_are_more_than_a_page_of_documents_holds_then_all_are_loaded) {
    for (int i = 0; i != 1001; ++i) {
        make("s" + std::to_string(i));
    }
    open();
    BOOST_TEST(registry->count() == 1001u);
    BOOST_TEST(registry->list("", 2000).size() == 1001u);
}

BOOST_AUTO_TEST_CASE(when_a_document_does_not_check_then_the_registry_does_not_open) {
    make("a");
    close();
    auto& sound = script->memory().documents();
    const auto put = [&sound](DocumentKind kind, const std::string& text) {
        sound.put(kind, "a", text, [](error_code) {});
    };
    const auto good = stored(settings_kind, "a");
    put(checkpoint_kind, "x");
    BOOST_CHECK_THROW(open(), StorageFailure);
    sound.erase(checkpoint_kind, "a", [](error_code) {});
    BOOST_CHECK_THROW(open(), StorageFailure);
    put(checkpoint_kind, "1");
    put(settings_kind, "{}");
    BOOST_CHECK_THROW(open(), StorageFailure);
    put(settings_kind, good);
    BOOST_CHECK_NO_THROW(open());
    BOOST_TEST(checkpoint("a") == Position{1});
}

BOOST_AUTO_TEST_CASE(when_names_come_and_go_then_only_those_in_use_are_kept) {
    for (int i = 0; i != 1000; ++i) {
        const auto name = "s" + std::to_string(i);
        make(name);
        BOOST_TEST(!remove(name).error());
    }
    make("a");
    BOOST_TEST(names() == "a ");
    BOOST_TEST(registry->count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_room_for_two_subscriptions, RoomForTwo)

BOOST_AUTO_TEST_CASE(when_a_third_is_made_then_it_is_refused_until_one_goes) {
    make("a");
    make("b");
    BOOST_TEST(set("c").error() == actor_errc::subscriptions_full);
    BOOST_TEST(!set("b", R"({"type":"A"})").error());
    BOOST_TEST(!remove("a").error());
    make("c");
    BOOST_TEST(names() == "b c ");
}

BOOST_AUTO_TEST_CASE(when_one_is_being_made_then_it_counts) {
    make("a");
    documents().hold();
    const auto second = set("b");
    BOOST_TEST(set("c").error() == actor_errc::subscriptions_full);
    documents().fail(1);
    documents().release();
    BOOST_TEST(second.error() == storage_errc::io_failed);
    make("c");
}

BOOST_AUTO_TEST_CASE(when_there_were_more_in_the_store_then_all_are_there) {
    make("a");
    make("b");
    close();
    registry.reset();
    gate = std::make_unique<StoreGate>(std::make_unique<ScriptedStore>(script));
    registry = std::make_unique<SubscriptionRegistry>(*gate, SubscriptionLimits{.count_max = 1});
    BOOST_TEST(names() == "a b ");
    BOOST_TEST(set("c").error() == actor_errc::subscriptions_full);
}

BOOST_AUTO_TEST_SUITE_END()
