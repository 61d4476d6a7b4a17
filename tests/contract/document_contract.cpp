// Documents: saved, overwritten, erased, independent of one another, listed in order.
#include "tests/contract/given_documents.hpp"

using namespace firn;
using namespace firn::test;

namespace {

constexpr auto category = DocumentKind::category;
constexpr auto policy = DocumentKind::stream_policy;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_documents, GivenDocuments)

BOOST_AUTO_TEST_CASE(when_a_document_is_missing_then_there_is_none) {
    BOOST_TEST(text("order") == "(none)");
    BOOST_TEST(listed() == "");
    erase("order");
}

BOOST_AUTO_TEST_CASE(when_it_is_saved_then_it_comes_back) {
    const std::string zero_inside(
        "order\0"
        "1",
        7);
    const std::string longest(DocumentStore::key_bytes_max, 'k');
    const std::string large(300'000, 'x');
    put("order", "{}");
    put(zero_inside, std::string("a\0b", 3), policy);
    put(longest, large);
    put("empty", "");
    BOOST_TEST(text("order") == "{}");
    BOOST_TEST(text(zero_inside, policy) == std::string("a\0b", 3));
    BOOST_TEST((text(longest) == large));
    BOOST_TEST(text("empty") == "");
}

BOOST_AUTO_TEST_CASE(when_it_is_overwritten_then_the_newest_text_counts) {
    put("order", "1");
    put("order", "a longer text");
    BOOST_TEST(text("order") == "a longer text");
    put("order", "3");
    BOOST_TEST(text("order") == "3");
}

BOOST_AUTO_TEST_CASE(when_keys_or_kinds_differ_then_documents_are_independent) {
    put("a", "1");
    put("ab", "2");
    put("a", "3", policy);
    erase("a");
    BOOST_TEST(text("a") == "(none)");
    BOOST_TEST(text("ab") == "2");
    BOOST_TEST(text("a", policy) == "3");
    BOOST_TEST(text("") == "(none)");
}

BOOST_AUTO_TEST_CASE(when_it_is_erased_then_it_is_gone_until_it_is_saved_again) {
    put("order", "1");
    erase("order");
    BOOST_TEST(text("order") == "(none)");
    reopen();
    BOOST_TEST(text("order") == "(none)");
    put("order", "2");
    BOOST_TEST(text("order") == "2");
}

BOOST_AUTO_TEST_CASE(when_the_store_is_closed_and_opened_then_they_survive_reopening) {
    put("order", "1");
    put("invoice", "2");
    reopen();
    BOOST_TEST(listed() == "invoice=2 order=1 ");
    put("order", "3");
    crash_and_reopen();
    BOOST_TEST(listed() == "invoice=2 order=3 ");
}

BOOST_AUTO_TEST_CASE(when_they_are_listed_after_a_key_then_they_come_in_order) {
    for (const char* key : {"c", "a", "d", "b", "ca"}) {
        put(key, "1");
    }
    put("bb", "2", policy);
    BOOST_TEST(listed() == "a=1 b=1 c=1 ca=1 d=1 ");
    BOOST_TEST(listed("b") == "c=1 ca=1 d=1 ");
    BOOST_TEST(listed("bz") == "c=1 ca=1 d=1 ");
    BOOST_TEST(listed("", 2) == "a=1 b=1 ");
    BOOST_TEST(listed("b", 1) == "c=1 ");
    BOOST_TEST(listed("d") == "");
    BOOST_TEST(listed("", 0) == "");
    BOOST_TEST(listed("", 9, policy) == "bb=2 ");
    BOOST_TEST(listed("zz", 9, policy) == "");
}

BOOST_AUTO_TEST_CASE(when_writes_do_not_wait_for_each_other_then_they_take_effect_in_order) {
    std::vector<Answer> answers;
    for (int i = 0; i < 500; ++i) {
        answers.emplace_back();
        documents().put(category, std::to_string(i % 7), std::to_string(i), answers.back().done());
    }
    answers.emplace_back();
    documents().erase(category, "6", answers.back().done());
    for (const auto& answer : answers) {
        BOOST_TEST_REQUIRE(!answer.wait());
    }
    BOOST_TEST(listed() == "0=497 1=498 2=499 3=493 4=494 5=495 ");
}

BOOST_AUTO_TEST_CASE(when_a_key_is_too_long_then_it_is_refused) {
    const std::string key(DocumentStore::key_bytes_max + 1, 'k');
    BOOST_TEST((put_error(category, key, "1") == storage_errc::too_large));
    BOOST_TEST(text(key) == "(none)");
    erase(key);
    put(key.substr(1), "1");
    BOOST_TEST(listed(key) == "");
}

BOOST_AUTO_TEST_CASE(when_events_are_appended_beside_them_then_neither_disturbs_the_other) {
    for (int i = 0; i < 20; ++i) {
        append(order, numbered(3));
        put("order", std::to_string(i));
    }
    crash_and_reopen();
    BOOST_TEST(text("order") == "19");
    BOOST_TEST(read_all(order).size() == 60u);
}

BOOST_AUTO_TEST_SUITE_END()
