// What an import refuses, and what it leaves: all that stands before.
#include "tests/support/import_exchange.hpp"

namespace firn::test {

namespace {

std::string line(const std::string& id, int version, const std::string& rest = {}) {
    return R"({"stream":{"category":"order","id":")" + id + "\"}" +
           (version == 0 ? "" : ",\"version\":" + std::to_string(version)) +
           R"(,"type":"Happened")" + (rest.empty() ? "" : "," + rest) + "}\n";
}

const std::string id_a = R"("id":"aaaaaaaa-0000-4000-8000-000000000001")";
const std::string id_b = R"("id":"bbbbbbbb-0000-4000-8000-000000000002")";

struct Store : ServedStore {
    std::string import(const std::string& lines) {
        // What it answers may end the connection.
        DescribedClient one(port());
        return summary(one.post("/v1/import", lines, import_fields()));
    }
    [[nodiscard]] std::uint64_t version(const std::string& id) {
        return store().head_version({"order", id}).value().value();
    }
};

struct ThreeEvents : Store {
    ThreeEvents() { import(line("1", 1, id_a) + line("1", 2, R"("data":{"n":2})") + line("1", 3)); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream_of_three_imported_events, ThreeEvents)

BOOST_AUTO_TEST_CASE(when_a_line_states_other_content_then_it_is_named) {
    for (const auto* other :
         {R"("data":{"n":3})", R"("data":{"n":2},"metadata":{"m":1})", R"("data":{ "n":2})",
          R"("data":{"n":2},"id":"cccccccc-0000-4000-8000-000000000003")",
          R"("data":{"n":2},"recorded_at":"2001-01-01T00:00:00Z")"}) {
        BOOST_TEST(import(line("2", 0) + line("1", 1, id_a) + line("1", 2, other) + line("1", 3) +
                          line("1", 4)) == "wrong-version line 3 lines 1 appended 1 skipped 0",
                   other);
        BOOST_TEST(version("1") == 3u);
    }
    BOOST_TEST(version("2") == 5u);
}

BOOST_AUTO_TEST_CASE(when_versions_are_missing_in_between_then_the_line_after_them_is_named) {
    BOOST_TEST(import(line("1", 4) + line("1", 6) + line("1", 7)) ==
               "wrong-version line 2 lines 1 appended 1 skipped 0");
    BOOST_TEST(import(line("1", 5) + line("2", 1) + line("1", 5) + line("1", 7)) ==
               "wrong-version line 4 lines 3 appended 2 skipped 1");
    BOOST_TEST(import(line("3", 2)) == "wrong-version line 1 lines 0 appended 0 skipped 0");
    BOOST_TEST(version("1") == 5u);
    BOOST_TEST(version("3") == 0u);
}

BOOST_AUTO_TEST_CASE(when_an_id_comes_again_then_nothing_behind_it_is_appended_to_its_stream) {
    const auto other = id_a + R"(,"data":{"other":1})";
    BOOST_TEST(
        import(line("1", 0) + line("2", 0) + line("1", 0, other) + line("3", 0) + line("1", 0))
            .starts_with("duplicate-event line 3 lines 2 appended 2 "));
    BOOST_TEST(version("1") == 4u);
    BOOST_TEST(version("2") == 1u);
    BOOST_TEST(version("3") == 0u);
}

BOOST_AUTO_TEST_CASE(when_an_id_comes_again_at_another_version_then_it_is_no_repeat) {
    BOOST_TEST(import(line("1", 4, id_a) + line("1", 5)) ==
               "duplicate-event line 1 lines 0 appended 0 skipped 0");
    BOOST_TEST(import(line("2", 1, id_b) + line("2", 2, id_b) + line("2", 3)) ==
               "duplicate-event line 2 lines 1 appended 1 skipped 0");
    BOOST_TEST(import(line("3", 1, id_b) + line("3", 2, id_b + R"(,"data":1)")) ==
               "duplicate-event line 2 lines 1 appended 1 skipped 0");
    BOOST_TEST(version("1") == 3u);
    BOOST_TEST(version("2") == 1u);
}

BOOST_AUTO_TEST_CASE(when_a_stream_was_deleted_then_its_line_is_named) {
    BOOST_TEST(client.request("DELETE", "/v1/streams/order/1").status == 204);
    BOOST_TEST(import(line("2", 1) + line("1", 4)) ==
               "stream-deleted line 2 lines 1 appended 1 skipped 0");
    BOOST_TEST(import(line("1", 0)) == "stream-deleted line 1 lines 0 appended 0 skipped 0");
}

BOOST_AUTO_TEST_CASE(when_what_a_line_repeats_was_compacted_then_it_is_skipped) {
    BOOST_TEST(store().cut({"order", "1"}, Version{2}).has_value());
    BOOST_TEST(import(line("1", 1, id_b) + line("1", 2) + line("1", 3) + line("1", 4)) ==
               "done lines 4 appended 1 skipped 3");
    BOOST_TEST(import(line("1", 2) + line("1", 3, R"("data":1)")) ==
               "wrong-version line 2 lines 0 appended 0 skipped 0");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_lines_that_are_wrong, Store)

BOOST_AUTO_TEST_CASE(when_one_is_met_then_what_stands_before_it_is_imported) {
    BOOST_TEST(import(line("1", 1) + "\n" + line("1", 2) + "{\"stream\":\n" + line("1", 3)) ==
               "bad-request line 4 lines 2 appended 2 skipped 0");
    BOOST_TEST(version("1") == 2u);
}

BOOST_AUTO_TEST_CASE(when_a_member_is_wrong_then_it_is_named) {
    const auto pointer = [&](const std::string& lines) {
        DescribedClient one(port());
        const auto reply = one.post("/v1/import", lines, import_fields());
        BOOST_TEST(reply.status == 400);
        return text_in(reply, "pointer");
    };
    BOOST_TEST(pointer(R"({"type":"A"})").empty());
    BOOST_TEST(pointer(R"({"stream":{"category":"-","id":"1"},"type":"A"})") == "/stream/category");
    BOOST_TEST(pointer(R"({"stream":{"category":"a","id":".."},"type":"A"})") == "/stream/id");
    BOOST_TEST(pointer(line("1", 0, R"("metadata":[])")) == "/metadata");
    BOOST_TEST(pointer(line("1", 0, R"("id":"7")")) == "/id");
    BOOST_TEST(pointer(line("1", 0, R"("version":0)")) == "/version");
    BOOST_TEST(pointer(line("1", 0, R"("recorded_at":"today")")) == "/recorded_at");
    BOOST_TEST(pointer(line("1", 0, R"("exact":{"data":"{"})")) == "/exact/data");
    BOOST_TEST(store().stats().events == 0u);
}

BOOST_AUTO_TEST_CASE(when_the_request_is_no_import_then_it_is_refused) {
    BOOST_TEST(client.post("/v1/import", "{}").status == 415);
    DescribedClient one(port());
    const auto encoding =
        one.post("/v1/import", line("1", 1), import_fields() + "Content-Encoding: br\r\n");
    BOOST_TEST(slug_of(encoding) == "unsupported-media-type");
    DescribedClient other(port());
    BOOST_TEST(
        other.post("/v1/import", line("1", 1), import_fields() + "If-Match: \"1\"\r\n").status ==
        400);
    DescribedClient another(port());
    BOOST_TEST(another.get("/v1/import").status == 405);
    BOOST_TEST(store().stats().events == 0u);
}

BOOST_AUTO_TEST_CASE(when_anything_else_is_sent_compressed_then_it_is_refused) {
    for (const auto encoding : {ContentEncoding::gzip, ContentEncoding::zstd}) {
        DescribedClient one(port());
        const auto reply = one.post("/v1/streams/order/1/events",
                                    encoded(R"({"type":"A"})", encoding), import_fields(encoding));
        BOOST_TEST(reply.status == 415);
        BOOST_TEST(slug_of(reply) == "unsupported-media-type");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
