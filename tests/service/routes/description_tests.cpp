// The check that all other tests of routes rely on finds what it should.
#include "tests/support/described.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::test {

namespace {

struct Described {
    Description description;

    static HttpReply reply(int status, const std::string& body,
                           const std::string& type = "application/json") {
        return {status, "HTTP/1.1 200 OK\r\nContent-Type: " + type, body};
    }
    [[nodiscard]] bool allows(const HttpReply& answer, const std::string& target = "/livez",
                              const std::string& method = "GET") const {
        const auto objection = description.objection(method, target, answer);
        BOOST_TEST_MESSAGE(objection);
        return objection.empty();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_the_openapi_document, Described)

BOOST_AUTO_TEST_CASE(when_an_answer_is_as_described_then_there_is_no_objection) {
    BOOST_TEST(allows(reply(200, R"({"status":"live"})")));
    BOOST_TEST(allows(reply(200, ""), "/livez", "HEAD"));
    BOOST_TEST(allows(reply(200, R"({"categories":[]})"), "/v1/categories"));
    BOOST_TEST(allows(reply(404, ""), "/nowhere"));
    BOOST_TEST(allows(reply(405, ""), "/livez", "BREW"));
}

BOOST_AUTO_TEST_CASE(when_status_type_or_path_are_not_described_then_there_is) {
    BOOST_TEST(!allows(reply(201, R"({"status":"live"})")));
    BOOST_TEST(!allows(reply(200, R"({"status":"live"})", "text/plain")));
    BOOST_TEST(!allows(reply(200, R"({"status":"live"})"), "/nowhere"));
    BOOST_TEST(!allows(reply(200, R"({"status":"live"})"), "/livez", "POST"));
    BOOST_TEST(!allows(reply(204, "x"), "/v1/categories/order", "DELETE"));
}

BOOST_AUTO_TEST_CASE(when_a_member_is_missing_unknown_or_of_another_kind_then_there_is) {
    const std::string stream = R"({"category":"order","id":"7"})";
    const auto policy = [&](const std::string& rest) {
        return allows(reply(200, R"({"stream":)" + stream + "," + rest + "}"),
                      "/v1/streams/order/7/policy");
    };
    BOOST_TEST(policy(R"("snapshots":{"every":0,"keep":1},"own":true)"));
    BOOST_TEST(!policy(R"("snapshots":{"every":0,"keep":1})"));
    BOOST_TEST(!policy(R"("snapshots":{"every":0,"keep":1},"own":true,"more":1)"));
    BOOST_TEST(!policy(R"("snapshots":{"every":0,"keep":1},"own":"yes")"));
    BOOST_TEST(!policy(R"("snapshots":{"every":0,"keep":0},"own":true)"));
    BOOST_TEST(!policy(R"("snapshots":{"every":0.5,"keep":1},"own":true)"));
    BOOST_TEST(!policy(R"("snapshots":{"every":0},"own":true)"));
    BOOST_TEST(!allows(reply(200, R"({"categories":[{}]})"), "/v1/categories"));
}

BOOST_AUTO_TEST_CASE(when_a_problem_is_not_one_of_those_described_then_there_is) {
    const auto problem = [&](const std::string& slug) {
        return allows(reply(404,
                            R"({"type":"urn:firn:problem:)" + slug +
                                R"(","title":"T","status":404,"detail":"D"})",
                            "application/problem+json"),
                      "/v1/categories/order");
    };
    BOOST_TEST(problem("category-not-found"));
    BOOST_TEST(!problem("stream-not-found"));
}

BOOST_AUTO_TEST_CASE(when_a_live_feed_sends_what_is_not_described_then_there_is) {
    const auto feed = [&](const std::string& body, const std::string& target = "/v1/events") {
        return allows(reply(200, body, "text/event-stream"), target);
    };
    const std::string event =
        R"({"type":"A","data":1,"version":1,"position":1,"recorded_at":"2026-01-01T00:00:00Z"})";
    BOOST_TEST(feed("retry: 1000\n\n:\n\nid: 1\ndata: " + event + "\n\n"));
    BOOST_TEST(feed("event: caught-up\nid: 1\ndata: {\"position\":1}\n\n"));
    BOOST_TEST(!feed("event: caught-up\nid: 1\ndata: {\"version\":1}\n\n"));
    BOOST_TEST(
        feed("event: caught-up\nid: 1\ndata: {\"version\":1}\n\n", "/v1/streams/order/7/events"));
    BOOST_TEST(!feed("event: other\nid: 1\ndata: {}\n\n"));
    BOOST_TEST(!feed("id: 1\ndata: {}\n\n"));
    BOOST_TEST(!feed("id: 1\ndata: {\n\n"));
    BOOST_TEST(!feed("what: 1\n\n"));
    BOOST_TEST(!feed(":\n\nid: 1"));
    BOOST_TEST(!allows(reply(200, ":\n\n", "text/event-stream"), "/v1/categories"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
