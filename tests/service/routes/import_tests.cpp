#include "tests/support/import_exchange.hpp"

namespace firn::test {

namespace {

// A line with a version if it is not 0; the rest are further members.
std::string line(const std::string& id, int version, const std::string& rest = {}) {
    return R"({"stream":{"category":"order","id":")" + id + "\"}" +
           (version == 0 ? "" : ",\"version\":" + std::to_string(version)) +
           R"(,"type":"Happened")" + (rest.empty() ? "" : "," + rest) + "}\n";
}

struct Store : ServedStore {
    std::string import(const std::string& lines) { return summary(import_into(*this, lines)); }

    [[nodiscard]] std::vector<SeenEvent> events(const std::string& id) {
        const auto page = store().read({"order", id}, {});
        return page ? seen(*page) : std::vector<SeenEvent>{};
    }
    // The ids of streams in the global order.
    [[nodiscard]] std::string order() {
        std::string ids;
        for (const auto& entry : all_events(store())) {
            ids += entry.stream.id;
        }
        return ids;
    }
};

const std::string id_a = R"("id":"aaaaaaaa-0000-4000-8000-000000000001")";
const std::string id_b = R"("id":"bbbbbbbb-0000-4000-8000-000000000002")";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_empty_store, Store)

BOOST_AUTO_TEST_CASE(when_nothing_is_imported_then_that_is_done) {
    BOOST_TEST(import("\n") == "done lines 0 appended 0 skipped 0");
    BOOST_TEST(import(" \r\n\n\t\n") == "done lines 0 appended 0 skipped 0");
    const auto without_body = client.post("/v1/import", "");
    BOOST_TEST(without_body.status == 200);
    BOOST_TEST(without_body.body ==
               "{\"done\":true,\"lines\":0,\"appended\":0,\"skipped\":0,\"position\":0}\n");
}

BOOST_AUTO_TEST_CASE(when_lines_are_blank_or_the_last_has_no_end_then_they_are_lines_all_the_same) {
    auto lines = "\n" + line("1", 1) + " \r\n" + line("1", 2);
    lines.pop_back();
    BOOST_TEST(import(lines) == "done lines 2 appended 2 skipped 0");
    BOOST_TEST(import("\r\n\r\n{\"stream\":1}").starts_with("bad-request line 3"));
}

BOOST_AUTO_TEST_CASE(when_streams_take_turns_then_the_global_order_is_that_of_the_lines) {
    BOOST_TEST(import(line("1", 1) + line("2", 1) + line("1", 2) + line("1", 3) + line("2", 0) +
                      line("2", 3) + line("1", 0)) == "done lines 7 appended 7 skipped 0");
    BOOST_TEST(order() == "1211221");
}

BOOST_AUTO_TEST_CASE(when_versions_repeat_within_one_import_then_they_are_appended_once) {
    const auto once = line("1", 1, id_a) + line("1", 2, id_b) + line("2", 1);
    BOOST_TEST(import(once + once + line("1", 3) + once) == "done lines 10 appended 4 skipped 6");
    BOOST_TEST(order() == "1121");
}

BOOST_AUTO_TEST_CASE(when_lines_state_no_version_then_only_their_ids_tell_a_repeat) {
    const auto lines = line("1", 0, id_a) + line("1", 0);
    BOOST_TEST(import(lines) == "done lines 2 appended 2 skipped 0");
    BOOST_TEST(import(line("1", 0, id_a)) == "done lines 1 appended 0 skipped 1");
    BOOST_TEST(import(line("1", 0)) == "done lines 1 appended 1 skipped 0");
    BOOST_TEST(events("1").size() == 3u);
    BOOST_TEST(import(line("2", 0, id_a) + line("2", 0, id_a)) ==
               "done lines 2 appended 1 skipped 1");
}

BOOST_AUTO_TEST_CASE(when_the_first_part_of_a_run_is_there_then_only_the_rest_is_appended) {
    const auto at = [](const char* year) {
        return std::string("\"recorded_at\":\"") + year + "-01-01T00:00:00Z\"";
    };
    const auto all = line("1", 1, at("1970")) + line("1", 2, at("0001")) +
                     line("1", 3, at("1970")) + line("1", 4, at("9999"));
    BOOST_TEST(import(all.substr(0, all.size() / 2)) == "done lines 2 appended 2 skipped 0");
    BOOST_TEST(import(all) == "done lines 4 appended 2 skipped 2");
    const auto found = events("1");
    BOOST_REQUIRE(found.size() == 4u);
    BOOST_CHECK(found[0].recorded_at == Timestamp{});
    BOOST_CHECK(found[2].recorded_at == Timestamp{});
    BOOST_CHECK(found[1].recorded_at < Timestamp{});
    BOOST_CHECK(found[3].recorded_at > now());
}

BOOST_AUTO_TEST_CASE(when_a_line_states_everything_then_it_is_kept_byte_by_byte) {
    BOOST_TEST(
        import(R"({"position":77,"stream":{"id":"ü/1","category":"order"},"version":1,)" + id_a +
               R"(,"type":"Ä\n","data": { "a" : 1.50 } ,"metadata":{"m": 1},"traceparent":"00-x",)"
               R"("recorded_at":"2004-06-13T14:29:53.123456789+02:00"})") ==
        "done lines 1 appended 1 skipped 0");
    const auto event = events("ü/1").at(0);
    BOOST_TEST(to_text(event.id) == "aaaaaaaa-0000-4000-8000-000000000001");
    BOOST_TEST(event.id_from_client);
    BOOST_TEST(event.type == "Ä\n");
    BOOST_TEST(event.data == R"({ "a" : 1.50 })");
    BOOST_TEST(event.metadata == R"({"m": 1})");
    BOOST_TEST(event.traceparent == "00-x");
    BOOST_TEST(export_of(*this).find("\"recorded_at\":\"2004-06-13T12:29:53.123456Z\"") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_data_has_line_breaks_then_their_exact_bytes_are_kept) {
    BOOST_TEST(import(line("1", 1,
                           R"("data":{"a": 1},"metadata":{},"exact":{"data":"\n{\"a\":\n1}\r\n",)"
                           R"("metadata":"{\r\n}"})")) == "done lines 1 appended 1 skipped 0");
    BOOST_TEST(events("1").at(0).data == "{\"a\":\n1}");
    BOOST_TEST(events("1").at(0).metadata == "{\r\n}");
    const auto exported = export_of(*this);
    BOOST_TEST(exported.find(R"("data":{"a": 1},"metadata":{  })") != std::string::npos);
    BOOST_TEST(exported.find(R"("exact":{"data":"{\"a\":\n1}","metadata":"{\r\n}"}})") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_a_line_stands_for_a_deleted_stream_then_it_is_skipped) {
    BOOST_TEST(import(R"({"type":"$deleted","data":{},"stream":{"category":"a","id":"1"},)"
                      R"("version":3,"position":3,"recorded_at":"2026-01-01T00:00:00Z"})") ==
               "done lines 1 appended 0 skipped 1");
    BOOST_TEST(store().stats().streams == 0u);
}

BOOST_AUTO_TEST_CASE(when_it_is_done_then_the_connection_takes_the_next_request) {
    client.send("POST /v1/import HTTP/1.1\r\nHost: localhost\r\n" + import_fields() +
                "Transfer-Encoding: chunked\r\n\r\n" + "5\r\n{\"str\r\n" + "4a\r\n" +
                R"(eam":{"category":"order","id":"1"},"type":"A","data":{"n":1234567890123}})" +
                "\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(summary(client.read()) == "done lines 1 appended 1 skipped 0");
    BOOST_TEST(client.read().body == R"({"status":"live"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test
