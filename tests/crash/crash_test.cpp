// Clients append to the real program, it is killed at a random moment and started again, and
// everything that was acknowledged must be there. Rounds: FIRN_CRASH_ROUNDS.
#include "tests/crash/appending_client.hpp"
#include "tests/crash/crash_rounds.hpp"

using namespace firn;
using namespace firn::test;

namespace {

std::vector<StreamName> shared_streams() {
    std::vector<StreamName> streams;
    for (int i = 0; i < 12; ++i) {
        streams.push_back({"crash", "stream-" + std::to_string(i)});
    }
    return streams;
}

CrashRun::Clients appending_clients(Random& random) {
    CrashRun::Clients clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(std::make_unique<AppendingClient>(random.next(), shared_streams()));
    }
    return clients;
}

struct AppendingRun final : CrashRun {
    explicit AppendingRun(Random& random) : CrashRun(random, appending_clients(random)) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_clients_that_append_to_the_program)

BOOST_AUTO_TEST_CASE(when_it_is_killed_again_and_again_then_nothing_acknowledged_is_lost) {
    crash_again_and_again<AppendingRun>("crash rounds", FIRN_CRASH_ROUNDS_DEFAULT);
}

BOOST_AUTO_TEST_SUITE_END()
