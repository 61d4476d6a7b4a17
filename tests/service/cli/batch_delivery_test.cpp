#include "service/cli/import/batch_delivery.hpp"
#include "service/cli/exit_code.hpp"

#include <boost/test/unit_test.hpp>

namespace firn::cli {
namespace {

using std::chrono::milliseconds;

HttpAnswer answer(unsigned status, std::string body = "{}") {
    HttpAnswer made;
    made.status = status;
    made.body = std::move(body);
    return made;
}

// A wrong-version answer that shows events as the batch below would have written them, from
// `first` to the current version.
HttpAnswer conflict(std::uint64_t current, std::uint64_t first, const std::string& type = "T") {
    std::string missed;
    for (auto version = first; version <= current; ++version) {
        missed += (missed.empty() ? "" : ",") + std::string("{\"type\":\"") + type +
                  "\",\"data\":{\"n\":" + std::to_string(version) +
                  "},\"version\":" + std::to_string(version) + "}";
    }
    return answer(409,
                  "{\"type\":\"urn:firn:problem:wrong-version\",\"title\":\"Wrong\","
                  "\"current_version\":" +
                      std::to_string(current) + ",\"missed_events\":[" + missed + "]}");
}

// Events 11 to 13 of a stream, from lines 101 to 103.
struct ThreeEvents {
    StreamBatch batch = [] {
        StreamBatch made("s", Version{10});
        for (int n = 11; n <= 13; ++n) {
            const auto line =
                "{\"id\":\"s\",\"type\":\"T\",\"data\":{\"n\":" + std::to_string(n) + "}}";
            made.add(parse_import_line(line, {.id = "id"}), static_cast<std::uint64_t>(n + 90));
        }
        return made;
    }();
    BatchDelivery delivery{batch, "c"};

    void send_and_take(const HttpAnswer& with) {
        static_cast<void>(delivery.next());
        BOOST_TEST(!delivery.take(with, 0.5).has_value());
    }
    std::string refusal_of(const HttpAnswer& with) {
        static_cast<void>(delivery.next());
        try {
            static_cast<void>(delivery.take(with, 0.5));
        } catch (const CommandFailure& failure) {
            BOOST_TEST((failure.code() == ExitCode::refused));
            return failure.what();
        }
        return "(none)";
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_batch_of_three_events_after_version_10, ThreeEvents)

BOOST_AUTO_TEST_CASE(when_it_is_sent_then_all_go_in_one_request_expecting_that_version) {
    const auto ask = delivery.next();
    BOOST_TEST(ask.target == "/v1/streams/c/s/events");
    BOOST_TEST(ask.body == R"({"expected_version":10,"events":[{"type":"T","data":{"n":11}},)"
                           R"({"type":"T","data":{"n":12}},{"type":"T","data":{"n":13}}]})");
    BOOST_TEST(!delivery.take(answer(201), 0.5).has_value());
    BOOST_TEST(delivery.done());
    BOOST_TEST(delivery.appended() == 3u);
    BOOST_TEST(delivery.skipped() == 0u);
}

BOOST_AUTO_TEST_CASE(when_all_are_there_then_all_are_skipped) {
    send_and_take(conflict(13, 11));
    BOOST_TEST(delivery.done());
    BOOST_TEST(delivery.skipped() == 3u);
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_further_than_the_batch_then_later_events_do_not_matter) {
    send_and_take(conflict(20, 11));
    BOOST_TEST(delivery.done());
    BOOST_TEST(delivery.skipped() == 3u);
}

BOOST_AUTO_TEST_CASE(when_some_are_there_then_the_rest_is_sent) {
    send_and_take(conflict(12, 11));
    BOOST_TEST(delivery.next().body ==
               R"({"expected_version":12,"events":[{"type":"T","data":{"n":13}}]})");
    send_and_take(answer(201));
    BOOST_TEST(delivery.done());
    BOOST_TEST(delivery.appended() == 1u);
    BOOST_TEST(delivery.skipped() == 2u);
}

BOOST_AUTO_TEST_CASE(when_missed_events_are_not_told_then_they_are_skipped_unseen) {
    send_and_take(answer(
        409, R"({"type":"urn:firn:problem:wrong-version","title":"W","current_version":13})"));
    BOOST_TEST(delivery.skipped() == 3u);
}

BOOST_AUTO_TEST_CASE(when_the_stream_holds_other_events_then_the_import_ends) {
    const auto sentence = refusal_of(conflict(12, 11, "Other"));
    BOOST_TEST(contains(sentence, "c/s holds something else"));
    BOOST_TEST(contains(sentence, "its event 11"));
    BOOST_TEST(contains(sentence, "line 101"));
}

BOOST_AUTO_TEST_CASE(when_a_type_is_spelled_with_escapes_then_it_is_the_same) {
    send_and_take(conflict(13, 11, "\\u0054"));
    BOOST_TEST(delivery.done());
}

BOOST_AUTO_TEST_CASE(when_the_stream_is_behind_then_the_import_ends) {
    BOOST_TEST(contains(refusal_of(conflict(4, 11)), "is at version 4"));
}

BOOST_AUTO_TEST_CASE(when_the_server_is_overloaded_then_it_waits_as_long_as_asked_and_retries) {
    const auto first = delivery.next().body;
    auto busy = answer(503);
    const auto short_pause = delivery.take(busy, 0.5);
    busy.retry_after = std::chrono::seconds{2};
    const auto long_pause = delivery.take(busy, 0.5);
    BOOST_REQUIRE(short_pause.has_value());
    BOOST_REQUIRE(long_pause.has_value());
    BOOST_TEST((*short_pause > milliseconds{0}));
    BOOST_TEST((*long_pause >= milliseconds{2000}));
    BOOST_TEST(delivery.next().body == first);
    send_and_take(answer(201));
    BOOST_TEST(delivery.done());
}

BOOST_AUTO_TEST_CASE(when_the_server_stays_overloaded_then_the_import_ends) {
    unsigned attempts = 0;
    BOOST_CHECK_THROW(
        while (true) {
            static_cast<void>(delivery.next());
            static_cast<void>(delivery.take(answer(503), 1.0));
            ++attempts;
        },
        CommandFailure);
    BOOST_TEST(attempts == BatchDelivery::attempts_max);
}

BOOST_AUTO_TEST_CASE(when_a_request_is_too_large_then_half_of_it_is_tried) {
    send_and_take(answer(413));
    BOOST_TEST(delivery.next().body ==
               R"({"expected_version":10,"events":[{"type":"T","data":{"n":11}}]})");
    send_and_take(answer(201));
    BOOST_TEST(delivery.appended() == 1u);
    BOOST_TEST(
        contains(refusal_of(answer(413, R"({"title":"The request is too large"})")), "too large"));
}

BOOST_AUTO_TEST_CASE(when_an_event_is_refused_then_its_line_is_named) {
    const auto sentence = refusal_of(
        answer(400, R"({"type":"urn:firn:problem:bad-request","title":"The request is malformed",)"
                    R"("detail":"No such type.","pointer":"/events/1/type"})"));
    BOOST_TEST(contains(sentence, "line 102"));
    BOOST_TEST(contains(sentence, "No such type."));
}

BOOST_AUTO_TEST_CASE(when_the_answer_is_nonsense_then_the_import_ends) {
    BOOST_TEST(contains(refusal_of(answer(409, "<html>")), "not as a Firn server"));
    BOOST_TEST(contains(refusal_of(answer(502, "")), "not as a Firn server"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
