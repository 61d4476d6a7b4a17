// A C++ decider behind the engine seam: typed states, events and commands, and what happens to
// those that do not convert.
#include "tests/actors/deciders/native_folding.hpp"
#include "tests/support/account.hpp"

#include <any>
#include <limits>
#include <string>
#include <string_view>

namespace firn {

using test::Account;
using test::contains;
using test::NativeFolding;

BOOST_FIXTURE_TEST_SUITE(given_an_account, NativeFolding<Account>)

BOOST_AUTO_TEST_CASE(when_nothing_happened_then_its_state_is_the_initial_one) {
    BOOST_TEST(engine->kind() == "native");
    BOOST_TEST(engine->has_decide());
    BOOST_TEST(!engine->has_migrate());
    BOOST_TEST(revision_of<Account>() == 1u);
    BOOST_TEST(text() == R"({"owner":"","balance":0,"open":false})");
}

BOOST_AUTO_TEST_CASE(when_events_come_then_they_are_folded_by_type) {
    apply("Opened", R"({"owner":"ann"})");
    apply("Deposited", R"({"amount":100})");
    apply("Withdrawn", R"( { "amount" : 30 } )");
    apply("Deposited", R"({"amount":9223372036854775737})");
    BOOST_TEST(text() == R"({"owner":"ann","balance":9223372036854775807,"open":true})");
}

BOOST_AUTO_TEST_CASE(when_an_event_is_of_an_unknown_type_then_the_reason_names_the_known_ones) {
    const auto reason = refused("Closed", "{}");
    BOOST_TEST(contains(reason, "unknown event type \"Closed\""));
    BOOST_TEST(contains(reason, "\"Opened\", \"Deposited\" and \"Withdrawn\""));
    BOOST_TEST(contains(refused("deposited", R"({"amount":1})"), "unknown event type"));
}

BOOST_AUTO_TEST_CASE(when_an_events_data_do_not_convert_then_the_reason_names_the_member) {
    BOOST_TEST(contains(refused("Deposited", R"({})"), "the member \"amount\" is missing"));
    BOOST_TEST(contains(refused("Deposited", R"({"amount":1,"currency":"EUR"})"),
                        "there is no member \"currency\""));
    BOOST_TEST(contains(refused("Deposited", R"({"amount":"1"})"), "(at \"/amount\")"));
    BOOST_TEST(contains(refused("Deposited", R"({"amount":1.5})"), "(at \"/amount\")"));
    BOOST_TEST(
        contains(refused("Deposited", R"({"amount":9223372036854775808})"), "(at \"/amount\")"));
    BOOST_TEST(contains(refused("Deposited", "[1]"), "an object is expected"));
    BOOST_TEST(contains(refused("Deposited", "{\"amount\":"), "the data are no \"Deposited\""));
    BOOST_TEST(contains(refused("Opened", "{\"owner\":\"\xff\"}"), "the data are no \"Opened\""));
    // Where a library was compiled is nobody's business.
    BOOST_TEST(!contains(refused("Deposited", R"({"amount":"1"})"), ".hpp"));
}

BOOST_AUTO_TEST_CASE(when_a_command_comes_as_json_then_its_events_are_json) {
    const auto opened = decide("Open", R"({"owner":"ann"})");
    BOOST_CHECK(opened.kind == Decision::Kind::accepted);
    BOOST_REQUIRE(opened.events.size() == 1u);
    BOOST_TEST(opened.events[0].type == "Opened");
    BOOST_TEST(opened.events[0].data == R"({"owner":"ann"})");
    BOOST_TEST(opened.events[0].metadata == "{}");
    BOOST_TEST(text() == R"({"owner":"","balance":0,"open":false})");
}

BOOST_AUTO_TEST_CASE(when_a_command_is_an_object_then_it_needs_no_text) {
    apply("Opened", R"({"owner":"ann"})");
    const auto decision = decide_native(Account::Command(Account::Deposit{50}));
    BOOST_CHECK(decision.kind == Decision::Kind::accepted);
    BOOST_REQUIRE(decision.events.size() == 1u);
    BOOST_TEST(decision.events[0].type == "Deposited");
    BOOST_TEST(decision.events[0].data == R"({"amount":50})");
}

BOOST_AUTO_TEST_CASE(when_a_command_is_refused_then_the_rejection_travels_typed_and_as_text) {
    apply("Opened", R"({"owner":"ann"})");
    apply("Deposited", R"({"amount":10})");
    const auto native = decide_native(Account::Command(Account::Withdraw{50}));
    BOOST_CHECK(native.kind == Decision::Kind::rejected);
    BOOST_TEST(native.reason == R"({"why":"overdrawn","balance":10})");
    const auto* const rejection = std::any_cast<Account::Rejection>(&native.native_rejection);
    BOOST_REQUIRE(rejection);
    BOOST_CHECK(*rejection == (Account::Rejection{Account::Why::overdrawn, 10}));

    const auto json = decide("Withdraw", R"({"amount":50})");
    BOOST_CHECK(json.kind == Decision::Kind::rejected);
    BOOST_TEST(json.reason == native.reason);
    BOOST_TEST(!json.native_rejection.has_value());
}

BOOST_AUTO_TEST_CASE(when_a_command_is_not_understood_then_it_is_rejected_with_the_reason) {
    const auto unknown = decide("Close");
    BOOST_CHECK(unknown.kind == Decision::Kind::rejected);
    BOOST_TEST(contains(unknown.reason, "unknown command type \"Close\""));
    BOOST_TEST(contains(unknown.reason, "\"Open\", \"Deposit\" and \"Withdraw\""));
    const auto bad = decide("Deposit", R"({"amount":"much"})");
    BOOST_CHECK(bad.kind == Decision::Kind::rejected);
    BOOST_TEST(contains(bad.reason, "the data are no \"Deposit\""));
    BOOST_TEST(contains(bad.reason, "/amount"));
}

BOOST_AUTO_TEST_CASE(when_the_command_object_is_of_another_decider_then_it_cannot_be_decided) {
    const auto decision = decide_native(std::string("Withdraw"));
    BOOST_CHECK(decision.kind == Decision::Kind::failed);
    BOOST_TEST(contains(decision.reason, "Command type"));
}

BOOST_AUTO_TEST_CASE(when_the_state_is_written_and_restored_then_it_is_the_same) {
    apply("Opened", R"({"owner":"änn \"a\" \u0001"})");
    apply("Deposited", R"({"amount":9007199254740993})");
    const auto before = text();
    restore(before);
    BOOST_TEST(text() == before);
    apply("Withdrawn", R"({"amount":1})");
    BOOST_TEST(contains(text(), "9007199254740992"));
}

BOOST_AUTO_TEST_CASE(when_a_stored_state_does_not_convert_then_the_reason_says_where) {
    BOOST_TEST(contains(not_restored("{"), "not JSON"));
    BOOST_TEST(contains(not_restored("{}"), "the member \"owner\" is missing"));
    BOOST_TEST(contains(not_restored(R"({"owner":"","balance":"0","open":false})"), "/balance"));
}

BOOST_AUTO_TEST_CASE(when_it_has_no_migrate_then_it_says_so) {
    BOOST_TEST(contains(*engine->migrate("{}", 1).error(), "no migrate"));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct Worded {
    explicit operator std::string() const { return "in its own words"; }
};
struct Opaque {};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_typed_rejections)

BOOST_AUTO_TEST_CASE(when_they_are_told_to_clients_then_each_has_the_best_words_it_can) {
    BOOST_TEST(rejection_reason(std::string("no")) == "no");
    BOOST_TEST(rejection_reason(std::string_view("no")) == "no");
    BOOST_TEST(rejection_reason(Worded{}) == "in its own words");
    BOOST_TEST(rejection_reason(Account::Why::overdrawn) == "overdrawn");
    BOOST_TEST(rejection_reason(Account::Rejection{Account::Why::not_open, 1}) ==
               R"({"why":"not_open","balance":1})");
    BOOST_TEST(rejection_reason(make_error_code(boost::system::errc::timed_out)) ==
               make_error_code(boost::system::errc::timed_out).message());
    BOOST_TEST(rejection_reason(Opaque{}) == "the command was rejected");
    BOOST_TEST(rejection_reason(std::numeric_limits<double>::infinity()) ==
               "the command was rejected");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
