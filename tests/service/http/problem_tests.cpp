#include "service/http/error_problem.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

boost::json::object written(const Problem& problem) {
    Response response;
    problem.write_to(response);
    BOOST_TEST(response.content_type == "application/problem+json");
    return boost::json::parse(response.body).as_object();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_problem)

BOOST_AUTO_TEST_CASE(when_it_is_written_then_it_has_the_members_of_rfc_9457_and_its_own) {
    const auto json = written(Problem(Slug::wrong_version, "It moved.")
                                  .with("current_version", std::uint64_t{7})
                                  .with_json("expected_version", "\"none\""));
    BOOST_TEST(json.at("type").as_string() == "urn:firn:problem:wrong-version");
    BOOST_TEST(json.at("status").as_int64() == 409);
    BOOST_TEST(json.at("detail").as_string() == "It moved.");
    BOOST_TEST(json.at("current_version").as_int64() == 7);
    BOOST_TEST(json.at("expected_version").as_string() == "none");
}

BOOST_AUTO_TEST_CASE(when_its_detail_holds_any_bytes_then_it_is_still_json) {
    const auto json = written(Problem(Slug::bad_request, "a\"\\\x01\xff\x80 b"));
    BOOST_TEST(json.at("detail").as_string() == "a\"\\\x01\xEF\xBF\xBD\xEF\xBF\xBD b");
}

BOOST_AUTO_TEST_CASE(when_the_server_is_overloaded_then_it_says_when_to_come_again) {
    Response response;
    problem_of(actor_errc::overloaded, "x").write_to(response);
    BOOST_TEST(response.status == 503);
    BOOST_TEST(response.header_lines == "Retry-After: 1\r\n");
}

BOOST_AUTO_TEST_CASE(when_it_comes_from_an_error_then_its_status_is_that_of_the_table) {
    const std::pair<error_code, int> expected[] = {{storage_errc::wrong_version, 409},
                                                   {storage_errc::duplicate_event, 409},
                                                   {storage_errc::stream_not_found, 404},
                                                   {storage_errc::stream_deleted, 410},
                                                   {storage_errc::version_not_found, 404},
                                                   {storage_errc::compacted, 410},
                                                   {storage_errc::too_large, 413},
                                                   {storage_errc::disk_full, 507},
                                                   {storage_errc::io_failed, 500},
                                                   {storage_errc::store_failed, 500},
                                                   {storage_errc::corrupt, 500},
                                                   {storage_errc::closed, 503},
                                                   {actor_errc::overloaded, 503},
                                                   {actor_errc::closed, 503},
                                                   {actor_errc::fold_failed, 500},
                                                   {actor_errc::bad_request, 400},
                                                   {actor_errc::subscription_not_found, 404},
                                                   {actor_errc::subscriptions_full, 503},
                                                   {actor_errc::start_is_fixed, 400},
                                                   {actor_errc::position_past_head, 400},
                                                   {actor_errc::unrecoverable_state, 500},
                                                   {actor_errc::decider_not_declared, 409},
                                                   {actor_errc::migration_needed, 409},
                                                   {actor_errc::plan_changed, 503},
                                                   {actor_errc::compaction_running, 409},
                                                   {actor_errc::compaction_not_found, 404}};
    for (const auto& [error, status] : expected) {
        const auto json = written(problem_of(error, "The stream a/b"));
        BOOST_TEST(json.at("status").as_int64() == status, error.message());
        BOOST_TEST(!json.at("detail").as_string().empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn
