// firn compact, compactions and quarantine, by the real program.
#include "service/cli/json_layout.hpp"
#include "tests/service/cli/scripted_server.hpp"
#include "tests/service/cli/served_program.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <thread>

namespace firn::cli {

using test::contains;

namespace {

struct Orders : test::ServedProgram {
    Orders() {
        BOOST_TEST(server.run({"categories", "set", "order", "--decider", "merge_patch"}).code ==
                   0);
        append("7", 10);
        append("8", 2);
    }
    void append(const std::string& id, int events) const {
        std::string lines;
        for (int version = 1; version <= events; ++version) {
            lines += R"({"stream":{"category":"order","id":")" + id + R"("},"version":)" +
                     std::to_string(version) + R"(,"type":"A","data":{"n":)" +
                     std::to_string(version) + "}}\n";
        }
        BOOST_TEST(server.run({"import", write(lines)}).code == 0);
    }
    [[nodiscard]] test::Ended compact(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "compact");
        return server.run(std::move(arguments));
    }
};

std::string answered(const std::string& body) {
    return "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nConnection: close\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_streams_of_a_category_with_a_decider, Orders)

BOOST_AUTO_TEST_CASE(when_a_stream_is_compacted_then_what_went_is_told_and_listed) {
    const auto state = server.run({"state", "order", "7"}).output;
    const auto done = compact({"order", "7", "--keep-last", "4"});
    BOOST_TEST(done.code == 0, done.errors);
    BOOST_TEST(contains(done.output, "order/7: 6 events ("));
    BOOST_TEST(contains(done.output, "deleted, 4 kept, in "));
    BOOST_TEST(contains(done.output, "versions 1 to 6 are gone for good; verified by 10 events"));
    BOOST_TEST(server.run({"state", "order", "7"}).output == state);
    const auto again = compact({"order", "7", "--keep-last", "4"});
    BOOST_TEST(again.code == 0);
    BOOST_TEST(contains(again.output, "order/7 has nothing to delete: keep_last is 4"));

    const auto list = server.run({"compactions"});
    BOOST_TEST(contains(list.output, "COMPACTION"));
    BOOST_TEST(contains(list.output, "skipped"));
    BOOST_TEST(contains(list.output, "order/7"));
    const auto one =
        server.run({"compactions", "--status", "succeeded", "--limit", "1", "--json"}).output;
    const auto id = json_string(one, "id");
    const auto shown = server.run({"compactions", "show", id});
    BOOST_TEST(contains(shown.output, "\"events_deleted\": 6"));
    const auto late = server.run({"compactions", "cancel", id});
    BOOST_TEST(late.code == 1);
    BOOST_TEST(contains(late.errors, "It is too late for that"));
    BOOST_TEST(server.run({"compactions", "--category", "bill"}).output == "");
}

BOOST_AUTO_TEST_CASE(when_it_is_a_dry_run_then_a_table_is_shown_and_nothing_happens) {
    const auto table = compact({"order", "--keep-last", "4", "--dry-run"});
    BOOST_TEST(table.code == 0, table.errors);
    BOOST_TEST(contains(table.output, "WOULD DELETE   WOULD KEEP       BYTES  STREAM\n"));
    BOOST_TEST(contains(table.output, "order/7\n"));
    BOOST_TEST(contains(table.output, "order/8  (keep_last is 4"));
    BOOST_TEST(contains(table.output, "of 2 streams 1 would be compacted, 1 skipped"));
    const auto one = compact({"order", "7", "--keep-last", "4", "--dry-run", "--json"});
    BOOST_TEST(json_count(one.output, "events_deleted") == 6u);
    BOOST_TEST(server.run({"compactions"}).output == "");
}

BOOST_AUTO_TEST_CASE(when_a_category_or_all_are_compacted_then_the_totals_are_told) {
    const auto category = compact({"order", "--keep-last", "4"});
    BOOST_TEST(category.code == 0, category.errors);
    BOOST_TEST(contains(category.output, "category order: 6 events ("));
    BOOST_TEST(contains(category.output, "2 streams looked at: 1 compacted, 1 skipped, 0 failed"));
    const auto all = compact({"--all", "--keep-last", "1"});
    BOOST_TEST(contains(all.output, "all streams: 4 events ("));
}

BOOST_AUTO_TEST_CASE(when_it_does_not_wait_then_the_id_is_told) {
    const auto begun = compact({"order", "7", "--keep-last", "4", "--no-wait"});
    BOOST_TEST(begun.code == 0, begun.errors);
    BOOST_TEST(contains(begun.output, "order/7: compaction "));
    BOOST_TEST(contains(begun.output, "`firn compactions show "));
}

BOOST_AUTO_TEST_CASE(when_it_cannot_be_done_then_it_is_told_and_the_exit_code_says_so) {
    BOOST_TEST(compact({}).code == 2);
    BOOST_TEST(compact({"order", "--all"}).code == 2);
    BOOST_TEST(compact({"order", "7", "--keep-last", "few"}).code == 2);
    const auto no_bound = compact({"order", "7"});
    BOOST_TEST(no_bound.code == 1);
    BOOST_TEST(contains(no_bound.errors, "compaction.keep_last"));
    const auto undeclared = compact({"bill", "--keep-last", "1"});
    BOOST_TEST(undeclared.code == 1);
    BOOST_TEST(contains(undeclared.errors, "The category declares no decider"));
    BOOST_TEST(server.run({"compactions", "show", "none"}).code == 1);
    BOOST_TEST(server.run({"compactions", "cancel"}).code == 2);
    BOOST_TEST(server.run({"compactions", "--limit", "0"}).code == 2);
    BOOST_TEST(compact({"--help"}).code == 0);
}

BOOST_AUTO_TEST_CASE(when_a_client_folds_then_it_is_told_what_to_do_and_can_be_cancelled) {
    BOOST_TEST(server.run({"categories", "set", "order", "--decider", "external"}).code == 0);
    const auto begun = compact({"order", "7", "--keep-last", "4"});
    BOOST_TEST(begun.code == 0, begun.errors);
    BOOST_TEST(contains(begun.output, "order/7 waits for the client that folds: put the state"));
    const auto one = server.run({"compactions", "--json"}).output;
    const auto cancelled = server.run({"compactions", "cancel", json_string(one, "id")});
    BOOST_TEST(cancelled.code == 0, cancelled.errors);
    BOOST_TEST(cancelled.output == "order/7 was cancelled, nothing was deleted\n");
}

BOOST_AUTO_TEST_CASE(when_one_fails_then_the_exit_code_says_so_and_the_quarantine_lists_it) {
    const auto script = write(
        "initial = {n = 0}\n"
        "function evolve(state, event) if event.data.n == 30 then error(\"no\") end return state "
        "end\n");
    BOOST_TEST(server.run({"quarantine"}).output == "no stream is in the quarantine\n");
    BOOST_TEST(server.run({"categories", "set", "order", "--lua", script}).code == 0);
    append("long", 40);
    const auto failed = compact({"order", "long", "--keep-last", "4"});
    BOOST_TEST(failed.code == 1);
    BOOST_TEST(contains(failed.output, "order/long failed, nothing was deleted: "));
    BOOST_TEST(contains(server.run({"quarantine"}).output, "order/long  ("));
    BOOST_TEST(json_string(json_member(server.run({"quarantine", "--json"}).output, "stream"),
                           "id") == "long");
    const auto released = server.run({"quarantine", "release", "order", "long"});
    BOOST_TEST(released.output == "order/long is released from the quarantine\n");
    BOOST_TEST(server.run({"quarantine", "release", "order", "long"}).code == 1);
}

BOOST_AUTO_TEST_CASE(when_the_scheduler_is_asked_then_it_says_what_it_does_and_can_be_paused) {
    const auto resting = server.run({"scheduler"});
    BOOST_TEST(resting.code == 0, resting.errors);
    BOOST_TEST(contains(resting.output, "No category has compaction.enabled"));
    BOOST_TEST(contains(resting.output, "  saved        0 events"));
    BOOST_TEST(contains(server.run({"scheduler", "pause"}).output, "The scheduler is paused.\n"));
    BOOST_TEST(json_member(server.run({"scheduler", "--json"}).output, "paused") == "true");
    BOOST_TEST(!contains(server.run({"scheduler", "resume"}).output, "paused"));
    BOOST_TEST(server.run({"scheduler", "stop"}).code == 2);
}

BOOST_AUTO_TEST_CASE(when_space_is_free_then_a_vacuum_gives_it_back_and_says_how_much) {
    for (int i = 0; i != 20; ++i) {
        append("gone-" + std::to_string(i), 200);
    }
    BOOST_TEST(compact({"order", "--keep-last", "1"}).code == 0);
    const auto dry = server.run({"vacuum", "--dry-run"});
    BOOST_TEST(dry.code == 0, dry.errors);
    BOOST_TEST(contains(dry.output, "The file has "));
    BOOST_TEST(contains(dry.output, "The copy needs "));
    BOOST_TEST(!contains(dry.output, " now.\n"));
    const auto bytes = [&] {
        return json_count(json_member(server.run({"stats", "--json"}).output, "bytes"), "file");
    };
    const auto before = bytes();
    const auto done = server.run({"vacuum"});
    BOOST_TEST(done.code == 0, done.errors);
    BOOST_TEST(contains(done.output, " now.\n"));
    BOOST_TEST(bytes() < before);
    BOOST_TEST(json_string(server.run({"vacuum", "--json"}).output, "phase") == "done");
    BOOST_TEST(server.run({"vacuum", "now"}).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_compaction_that_takes_long, test::Program)

BOOST_AUTO_TEST_CASE(when_its_waiting_is_ended_then_it_is_told_that_it_goes_on) {
    test::ScriptedServer server(
        {{answered(R"({"id":"c7","status":"running","stream":{"category":"order","id":"7"}})")},
         {"", true}});
    const auto errors = directory.path() / "errors";
    test::ChildProcess waiting(
        {test::firn_path(), "compact", "order", "7", "--keep-last", "1", "--url", server.url()},
        errors);
    while (server.requests().size() < 2) {
        std::this_thread::yield();
    }
    waiting.send(SIGINT);
    BOOST_TEST(waiting.wait() == 130);
    BOOST_TEST(contains(server.requests().at(1), "GET /v1/compactions/c7 "));
    BOOST_TEST(contains(test::text_of(errors), "The compaction goes on."));
    BOOST_TEST(contains(test::text_of(errors), "`firn compactions cancel c7`"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli
