// firn verify --archive, by the real program: an export holds what a server's streams were made of,
// also after compaction; whatever was changed in it is found.
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

namespace firn::cli {

using test::contains;

namespace {

struct Exported : test::ServedProgram {
    std::string file = (directory.path() / "export.ndjson").string();

    Exported() {
        BOOST_TEST(server.run({"categories", "set", "order", "--decider", "merge_patch"}).code ==
                   0);
        append("7", 10);
        append("8", 3);
        append("line breaks", 1);
        BOOST_TEST(server.run({"export", file}).code == 0);
    }
    void append(const std::string& id, int events) const {
        std::string lines;
        for (int i = 0; i != events; ++i) {
            lines += R"({"stream":{"category":"order","id":")" + id +
                     R"("},"type":"A","data":{"n":)" + std::to_string(i) + R"(, "text":"x"}})" +
                     "\n";
        }
        BOOST_TEST(server.run({"import", write(lines)}).code == 0);
    }
    [[nodiscard]] test::Ended verify(const std::string& archive) const {
        return server.run({"verify", "--archive", archive});
    }
    [[nodiscard]] std::string changed(const std::string& from, const std::string& to) const {
        auto text = test::text_of(file);
        const auto at = text.find(from);
        BOOST_REQUIRE(at != text.npos);
        return write(text.replace(at, from.size(), to));
    }
    [[nodiscard]] std::string without_line_of(const std::string& part) const {
        auto text = test::text_of(file);
        const auto at = text.find(part);
        BOOST_REQUIRE(at != text.npos);
        const auto begin = text.rfind('\n', at) + 1;
        return write(text.erase(begin, text.find('\n', at) + 1 - begin));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_export_of_a_server, Exported)

BOOST_AUTO_TEST_CASE(when_nothing_changed_then_it_is_proven) {
    const auto proven = verify(file);
    BOOST_TEST(proven.code == 0, proven.errors);
    BOOST_TEST(contains(proven.output, "is proven: 14 events of 3 streams"));
    BOOST_TEST(contains(proven.output, "it holds 0 of them no longer"));
}

BOOST_AUTO_TEST_CASE(when_events_were_deleted_and_others_appended_since_then_it_is_proven) {
    BOOST_TEST(server.run({"compact", "order", "7", "--keep-last", "4"}).code == 0);
    BOOST_TEST(server.run({"compact", "order", "8", "--keep-last", "0"}).code == 0);
    append("7", 5);
    append("line breaks", 1);
    const auto proven = server.run({"verify", "--archive", file, "--json"});
    BOOST_TEST(proven.code == 0, proven.output);
    BOOST_TEST(json_member(proven.output, "proven") == "true");
    BOOST_TEST(json_count(proven.output, "proven_events") == 14u);
    BOOST_TEST(json_count(proven.output, "deleted_events") == 9u);
    // What is exported now begins with what stands in for the deleted events.
    const auto later = (directory.path() / "later.ndjson").string();
    BOOST_TEST(server.run({"export", later}).code == 0);
    const auto again = verify(later);
    BOOST_TEST(again.code == 0, again.errors);
}

BOOST_AUTO_TEST_CASE(when_one_event_is_another_then_its_stream_is_named_also_once_it_is_deleted) {
    const std::pair<const char*, const char*> changes[] = {
        {R"("n":2,)", R"("n":3,)"},
        {R"("type":"A")", R"("type":"B")"},
        {R"("recorded_at":"2)", R"("recorded_at":"1)"}};
    for (const auto& [from, to] : changes) {
        const auto other = verify(changed(from, to));
        BOOST_TEST(other.code == 4, to);
        BOOST_TEST(contains(other.errors, "1 of its 3 streams are not:"));
        BOOST_TEST(contains(other.errors, "order/7 is not what the server "));
    }
    BOOST_TEST(server.run({"compact", "order", "7", "--keep-last", "4"}).code == 0);
    const auto other = verify(changed(R"("n":2,)", R"("n":3,)"));
    BOOST_TEST(other.code == 4);
    BOOST_TEST(contains(other.errors,
                        "order/7 is not what the server had: its chain hash at version 6 is"));
}

BOOST_AUTO_TEST_CASE(when_an_event_is_missing_then_the_place_is_told) {
    const auto gap = verify(without_line_of("\"version\":5,"));
    BOOST_TEST(gap.code == 4);
    BOOST_TEST(contains(gap.errors, "order/7 goes from version 4 to 6 (line 5)"));
    const auto headless = verify(without_line_of("\"version\":1,"));
    BOOST_TEST(contains(headless.errors, "order/7 begins at version 2 in the file"));
    BOOST_TEST(server.run({"compact", "order", "7", "--keep-last", "0"}).code == 0);
    const auto short_one = verify(without_line_of("\"version\":10,"));
    BOOST_TEST(contains(short_one.errors, "order/7 ends at version 9, before version 10"));
}

BOOST_AUTO_TEST_CASE(when_the_server_knows_nothing_of_a_stream_then_it_is_told) {
    BOOST_TEST(server.run({"verify", "--archive", changed(R"("id":"8")", R"("id":"9")")}).code ==
               4);
    const auto unknown = verify(changed(R"("id":"line breaks")", R"("id":"other")"));
    BOOST_TEST(contains(unknown.errors, "order/other is not known to the server"));
}

BOOST_AUTO_TEST_CASE(when_it_is_no_export_then_that_is_said) {
    const auto plain = verify(write(R"({"stream":{"category":"order","id":"7"},"type":"A"})"
                                    "\n"));
    BOOST_TEST(plain.code == 5);
    BOOST_TEST(contains(plain.errors, "states no version, id or time (line 1)"));
    BOOST_TEST(verify(write("nonsense\n")).code == 5);
    BOOST_TEST(verify("/no/such/file").code == 5);
    BOOST_TEST(test::run_firn({"verify"}).code == 2);
    BOOST_TEST(test::run_firn({"verify", data.string(), "--archive", file}).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
