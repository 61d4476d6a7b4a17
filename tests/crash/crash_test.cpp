// Clients append to the real program, it is killed at a random moment and started again, and
// everything that was acknowledged must be there. Rounds: FIRN_CRASH_ROUNDS.
#include "tests/crash/appending_client.hpp"
#include "tests/crash/history_check.hpp"
#include "tests/crash/server_process.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

using namespace firn;
using namespace firn::test;

namespace {

constexpr std::size_t clients = 6;
// A directory serves this many rounds: long enough for segments to fill and settle, short enough
// to read all of it after each.
constexpr std::uint64_t rounds_per_directory = 20;

std::vector<StreamName> shared_streams() {
    std::vector<StreamName> streams;
    for (int i = 0; i < 12; ++i) {
        streams.push_back({"crash", "stream-" + std::to_string(i)});
    }
    return streams;
}

class CrashRun {
public:
    explicit CrashRun(Random& random) : random_(random) {
        for (std::size_t i = 0; i < clients; ++i) {
            clients_.push_back(std::make_unique<AppendingClient>(random.next(), shared_streams()));
        }
    }

    void round() {
        if (random_.percent(20)) {
            die_while_opening();
        }
        ServerProcess server(directory_.path());
        server.wait_until_ready();
        check(server.port());
        std::vector<std::thread> threads;
        for (const auto& client : clients_) {
            threads.emplace_back([&client, &server] { client->append_until_gone(server.port()); });
        }
        wait_for_first_answer();
        // The moment of death is what this test is about; nothing is waited for here.
        std::this_thread::sleep_for(std::chrono::milliseconds(random_.between(0, 500)));
        server.kill();
        for (auto& thread : threads) {
            thread.join();
        }
    }

    // What is there after the last death, and that it can be closed in good order.
    void finish() {
        ServerProcess server(directory_.path());
        server.wait_until_ready();
        check(server.port());
        BOOST_TEST(server.stop() == 0);
        std::uint64_t acknowledged = 0;
        std::uint64_t replays = 0;
        for (const auto& client : clients_) {
            acknowledged += client->acknowledged().size();
            replays += client->replays();
        }
        std::cout << events_ << " events, " << acknowledged << " acknowledged appends, " << replays
                  << " of them known when they were repeated" << std::endl;
        BOOST_TEST(acknowledged > 0u);
    }

private:
    // Once in a run: on a slow machine all deaths might come before the first answer, and the test
    // would have looked at nothing.
    void wait_for_first_answer() const {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (std::ranges::none_of(clients_, &AppendingClient::has_answer)) {
            BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    void die_while_opening() {
        ServerProcess server(directory_.path());
        std::this_thread::sleep_for(std::chrono::milliseconds(random_.between(0, 60)));
        server.kill();
    }

    void check(std::uint16_t port) {
        const HistoryCheck history(port);
        for (const auto& client : clients_) {
            for (const auto& complaint : client->complaints()) {
                BOOST_FAIL(complaint);
            }
            for (const auto& acknowledged : client->acknowledged()) {
                history.check_acknowledged(acknowledged);
            }
            if (client->in_doubt()) {
                history.check_in_doubt(*client->in_doubt());
            }
        }
        history.check_streams();
        events_ = history.events();
    }

    Random& random_;
    TemporaryDirectory directory_;
    std::vector<std::unique_ptr<AppendingClient>> clients_;
    std::uint64_t events_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_clients_that_append_to_the_program)

BOOST_AUTO_TEST_CASE(when_it_is_killed_again_and_again_then_nothing_acknowledged_is_lost) {
    const char* stated = std::getenv("FIRN_CRASH_ROUNDS");
    const std::uint64_t rounds =
        stated ? std::strtoull(stated, nullptr, 10) : FIRN_CRASH_ROUNDS_DEFAULT;
    auto random = Random::announced("crash rounds");
    for (std::uint64_t done = 0; done < rounds;) {
        CrashRun run(random);
        for (std::uint64_t i = 0; i < rounds_per_directory && done < rounds; ++i, ++done) {
            BOOST_TEST_CONTEXT("FIRN_TEST_SEED=" << random.seed() << ", round " << done + 1) {
                run.round();
            }
        }
        run.finish();
    }
}

BOOST_AUTO_TEST_SUITE_END()
