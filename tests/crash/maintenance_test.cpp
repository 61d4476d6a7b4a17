// The real program is killed at random moments while streams are appended to, read and deleted,
// and compactions, vacuums and dry runs go on beside that: states stay those of all events, what
// was acknowledged above the boundary is there, jobs go on or end, nothing is suspected, and the
// directory is sound. Rounds: FIRN_CRASH_ROUNDS.
#include "storage/journaled/verify.hpp"
#include "tests/crash/http_connection.hpp"
#include "tests/crash/server_process.hpp"
#include "tests/crash/stream_owner.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <thread>

using namespace firn;
using namespace firn::test;

namespace {

namespace json = boost::json;

constexpr std::uint64_t kept_at_the_end = 2;
constexpr std::uint64_t rounds_a_directory = 25;

class MaintenanceRun {
public:
    explicit MaintenanceRun(Random& random) : random_(random), maintenance_(random.next()) {
        for (const auto* name : {"a", "b", "c"}) {
            owners_.push_back(std::make_unique<StreamOwner>(random.next(), name, 4));
        }
    }

    void round() {
        ServerProcess server(directory_.path());
        server.wait_until_ready();
        prepare(server.port());
        check(server.port());
        std::vector<std::thread> threads;
        std::vector<std::exception_ptr> failures(owners_.size() + 1);
        const auto start = [&](std::size_t index, auto work) {
            threads.emplace_back([&failures, index, work] {
                try {
                    work();
                } catch (...) {
                    failures[index] = std::current_exception();
                }
            });
        };
        const auto port = server.port();
        for (std::size_t i = 0; i != owners_.size(); ++i) {
            start(i, [owner = owners_[i].get(), port] { owner->work_until_gone(port); });
        }
        start(owners_.size(), [this, port] { maintain_until_gone(port); });
        // The moment of death is what this test is about; nothing is waited for here.
        std::this_thread::sleep_for(std::chrono::milliseconds(random_.between(0, 400)));
        server.kill();
        std::ranges::for_each(threads, &std::thread::join);
        server.require_killed();
        for (const auto& failure : failures) {
            if (failure) {
                std::rethrow_exception(failure);
            }
        }
        if (random_.percent(20)) {
            verify();
        }
    }

    void finish() {
        ServerProcess server(directory_.path());
        server.wait_until_ready();
        rest(server.port());
        check(server.port());
        compact_all(server.port());
        std::uint64_t events = 0;
        std::uint64_t deletions = 0;
        for (const auto& owner : owners_) {
            owner->check_kept(server.port(), kept_at_the_end);
            events += owner->events();
            deletions += owner->deletions();
        }
        BOOST_TEST(server.stop() == 0);
        verify();
        std::cout << events << " events, " << deletions << " streams deleted, " << compactions_
                  << " compactions and " << vacuums_ << " vacuums asked for" << std::endl;
        BOOST_TEST(events > 0u);
    }

private:
    void prepare(std::uint16_t port) {
        HttpConnection connection(port);
        const auto answer =
            connection.put(std::string("/v1/categories/") + StreamOwner::category,
                           R"({"decider":{"kind":"merge_patch"},"snapshots":{"every":20},)"
                           R"("compaction":{"enabled":true,"keep_last":30,"min_events":20}})");
        BOOST_TEST_REQUIRE((answer.status == 200 || answer.status == 201), answer.body);
    }

    // No compactions in the background any more, and those that went on are over.
    static void rest(std::uint16_t port) {
        HttpConnection connection(port);
        const auto answer = connection.put(std::string("/v1/categories/") + StreamOwner::category,
                                           R"({"decider":{"kind":"merge_patch"}})");
        BOOST_TEST_REQUIRE(answer.status == 200, answer.body);
        for (const std::string status : {"queued", "running"}) {
            const auto is_over = [&] {
                const auto list = json::parse(
                    connection.get("/v1/compactions?status=" + status, "application/json").body);
                return list.at("compactions").as_array().empty();
            };
            while (!is_over()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        }
    }

    void check(std::uint16_t port) {
        for (const auto& owner : owners_) {
            owner->check(port);
        }
        HttpConnection connection(port);
        const auto quarantine = connection.get("/v1/quarantine", "application/json");
        BOOST_TEST_REQUIRE(json::parse(quarantine.body).at("quarantine").as_array().empty(),
                           quarantine.body);
        const auto failed = connection.get("/v1/compactions?status=failed", "application/json");
        BOOST_TEST_REQUIRE(json::parse(failed.body).at("compactions").as_array().empty(),
                           failed.body);
    }

    void verify() const {
        const auto report = verify_store(directory_.path());
        BOOST_TEST_REQUIRE(report.problem_count == 0u,
                           (report.problems.empty() ? "" : report.problems.front()));
    }

    void maintain_until_gone(std::uint16_t port) {
        try {
            HttpConnection connection(port);
            for (;;) {
                maintain(connection);
            }
        } catch (const boost::system::system_error&) {
            // As it should.
        }
    }

    void maintain(HttpConnection& connection) {
        const auto keep = std::to_string(maintenance_.below(12));
        const auto stream =
            owners_[static_cast<std::size_t>(maintenance_.below(owners_.size()))]->draw_id(
                maintenance_);
        HttpAnswer answer;
        switch (maintenance_.below(8)) {
            case 0:
                answer = connection.post("/v1/vacuum", "{}");
                ++vacuums_;
                break;
            case 1:
                answer = connection.post("/v1/compactions",
                                         R"({"category":"owned","keep_last":)" + keep + '}');
                ++compactions_;
                break;
            case 2:
                answer = connection.post(
                    "/v1/compactions",
                    R"({"category":"owned","dry_run":true,"keep_last":)" + keep + '}');
                break;
            case 3: answer = connection.get("/v1/events?limit=1000", "application/json"); break;
            default:
                answer = connection.post("/v1/streams/owned/" + stream + "/compactions",
                                         R"({"keep_last":)" + keep + '}');
                ++compactions_;
                break;
        }
        constexpr std::array expected{200u, 202u, 404u, 409u, 410u};
        if (std::ranges::find(expected, answer.status) == expected.end()) {
            throw std::runtime_error("maintenance was answered " + std::to_string(answer.status) +
                                     ": " + answer.body);
        }
    }

    // After everything, a compaction goes through.
    void compact_all(std::uint16_t port) const {
        HttpConnection connection(port);
        const auto begun =
            connection.post("/v1/compactions", R"({"category":"owned","keep_last":)" +
                                                   std::to_string(kept_at_the_end) + '}');
        BOOST_TEST_REQUIRE(begun.status == 202u, begun.body);
        const auto id = std::string(json::parse(begun.body).at("id").as_string());
        std::string status;
        std::string report;
        do {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            report = connection.get("/v1/compactions/" + id, "application/json").body;
            status = json::parse(report).at("status").as_string();
        } while (status == "queued" || status == "running");
        BOOST_TEST_REQUIRE((status == "succeeded" || status == "skipped"), report);
        BOOST_TEST_REQUIRE(json::parse(report).at("counts").at("failed").to_number<int>() == 0,
                           report);
    }

    Random& random_;
    Random maintenance_;
    TemporaryDirectory directory_;
    std::vector<std::unique_ptr<StreamOwner>> owners_;
    std::uint64_t compactions_ = 0;
    std::uint64_t vacuums_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_streams_that_are_written_deleted_compacted_and_vacuumed)

BOOST_AUTO_TEST_CASE(when_the_program_is_killed_again_and_again_then_nothing_is_lost) {
    const char* stated = std::getenv("FIRN_CRASH_ROUNDS");
    const auto rounds = stated ? std::strtoull(stated, nullptr, 10)
                               : std::uint64_t{FIRN_MAINTENANCE_ROUNDS_DEFAULT};
    auto random = Random::announced("maintenance across crashes");
    for (std::uint64_t done = 0; done < rounds;) {
        MaintenanceRun run(random);
        for (std::uint64_t i = 0; i < rounds_a_directory && done < rounds; ++i, ++done) {
            BOOST_TEST_CONTEXT("FIRN_TEST_SEED=" << random.seed() << ", round " << done + 1) {
                run.round();
            }
        }
        run.finish();
    }
    BOOST_TEST(rounds > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
