// Checkpoints: how far each subscription has come, as a document of its own kind.
#include "tests/contract/given_documents.hpp"

using namespace firn;
using namespace firn::test;

namespace {

struct GivenCheckpoints : GivenDocuments {
    void save(const std::string& subscription, const std::string& position) {
        put(subscription, position, DocumentKind::checkpoint);
    }
    std::string saved(const std::string& subscription) {
        return text(subscription, DocumentKind::checkpoint);
    }
    std::string all_saved() { return listed("", 100, DocumentKind::checkpoint); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_checkpoints_of_subscriptions, GivenCheckpoints)

BOOST_AUTO_TEST_CASE(when_a_checkpoint_is_missing_then_there_is_none) {
    save("totals", "7");
    BOOST_TEST(saved("mail") == "(none)");
    BOOST_TEST(saved("total") == "(none)");
    BOOST_TEST(saved("totals ") == "(none)");
    BOOST_TEST(saved("") == "(none)");
}

BOOST_AUTO_TEST_CASE(when_a_checkpoint_is_saved_then_it_comes_back_after_a_crash_too) {
    save("totals", "18446744073709551615");
    BOOST_TEST(saved("totals") == "18446744073709551615");
    crash_and_reopen();
    BOOST_TEST(saved("totals") == "18446744073709551615");
    reopen();
    BOOST_TEST(all_saved() == "totals=18446744073709551615 ");
}

BOOST_AUTO_TEST_CASE(when_a_checkpoint_is_overwritten_then_the_newest_counts) {
    for (const char* position : {"9", "10", "11"}) {
        save("totals", position);
        BOOST_TEST(saved("totals") == position);
    }
    // Which position may follow which is the subscription's business.
    save("totals", "2");
    crash_and_reopen();
    BOOST_TEST(all_saved() == "totals=2 ");
}

BOOST_AUTO_TEST_CASE(when_subscriptions_have_checkpoints_then_they_are_independent) {
    save("totals", "1");
    save("mail", "2");
    save("totals", "3");
    BOOST_TEST(all_saved() == "mail=2 totals=3 ");
    erase("totals", DocumentKind::checkpoint);
    BOOST_TEST(all_saved() == "mail=2 ");
    save("totals", "4");
    BOOST_TEST(all_saved() == "mail=2 totals=4 ");
}

BOOST_AUTO_TEST_CASE(when_documents_of_all_kinds_share_a_key_then_each_kind_has_its_own) {
    const auto own = [](DocumentKind kind) { return std::string(1, static_cast<char>(kind)); };
    for (const auto kind : document_kinds) {
        put("totals", own(kind), kind);
    }
    for (const auto kind : document_kinds) {
        BOOST_TEST(text("totals", kind) == own(kind));
        BOOST_TEST(listed("", 9, kind) == "totals=" + own(kind) + " ");
    }
    erase("totals", DocumentKind::checkpoint);
    for (const auto kind : document_kinds) {
        BOOST_TEST(text("totals", kind) ==
                   (kind == DocumentKind::checkpoint ? "(none)" : own(kind)));
    }
}

BOOST_AUTO_TEST_CASE(when_events_are_cut_or_deleted_then_checkpoints_stay) {
    append(order, numbered(3));
    save("totals", "3");
    cut(order, Version{3});
    delete_stream(order);
    reclaim_all();
    reopen();
    BOOST_TEST(saved("totals") == "3");
    BOOST_TEST(store().head_position() == Position{3});
}

BOOST_AUTO_TEST_SUITE_END()
