// Clients move amounts between 100 accounts of the real program while it is killed at random
// moments: the sum over all accounts stays, and no transfer is there by half or twice. Rounds:
// FIRN_CRASH_ROUNDS.
#include "tests/crash/crash_rounds.hpp"
#include "tests/crash/http_connection.hpp"
#include "tests/crash/transfer_check.hpp"
#include "tests/crash/transferring_client.hpp"

using namespace firn;
using namespace firn::test;

namespace {

OpenedAccounts hundred_accounts() {
    OpenedAccounts accounts{{}, 1000};
    for (int i = 0; i < 100; ++i) {
        accounts.names.push_back({"account", std::to_string(i)});
    }
    return accounts;
}

CrashRun::Clients transferring_clients(Random& random) {
    CrashRun::Clients clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(
            std::make_unique<TransferringClient>(random.next(), hundred_accounts().names));
    }
    return clients;
}

class TransferringRun final : public CrashRun {
public:
    explicit TransferringRun(Random& random) : CrashRun(random, transferring_clients(random)) {}

private:
    void prepare(std::uint16_t port) override {
        HttpConnection connection(port);
        for (const auto& account : accounts_.names) {
            const auto answer = connection.post(
                "/v1/streams/" + account.category + '/' + account.id + "/events",
                R"({"events":[{"type":"Opened","data":{"amount":)" +
                    std::to_string(accounts_.balance) + R"(}}],"expected_version":"none"})");
            BOOST_TEST_REQUIRE(answer.status == 201u, answer.body);
        }
    }
    void check_more(const HistoryCheck& history) const override {
        check_transfers(history, accounts_, clients());
    }

    const OpenedAccounts accounts_ = hundred_accounts();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_clients_that_transfer_between_accounts_of_the_program)

BOOST_AUTO_TEST_CASE(when_it_is_killed_again_and_again_then_the_sum_stays_and_no_transfer_is_torn) {
    crash_again_and_again<TransferringRun>("transfers across crashes", FIRN_CRASH_ROUNDS_DEFAULT);
}

BOOST_AUTO_TEST_SUITE_END()
