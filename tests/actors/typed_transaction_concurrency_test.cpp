// Many decisions over the same streams on several threads.
#include "tests/actors/transferring.hpp"
#include "tests/actors/two_threads.hpp"
#include "tests/support/random.hpp"

#include <boost/asio/use_future.hpp>

#include <atomic>
#include <future>
#include <stdexcept>

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

constexpr std::uint64_t accounts = 10;
constexpr std::int64_t opening_balance = 100;

awaitable<void> transfer_at_random(Service& service, std::uint64_t seed, int rounds,
                                   std::atomic<int>& made) {
    Random random(seed);
    auto policy = at_once(100'000);
    policy.longest_backoff = std::chrono::microseconds{500};
    policy.first_backoff = std::chrono::microseconds{10};
    policy.seed = random.next();
    for (int i = 0; i != rounds; ++i) {
        Transfer transfer;
        const auto from = random.below(accounts);
        transfer.from = std::to_string(from);
        transfer.to = std::to_string((from + 1 + random.below(accounts - 1)) % accounts);
        transfer.amount = static_cast<std::int64_t>(random.between(1, 60));
        const auto done = co_await execute(service, transfer, {}, policy);
        if (!done && !done.error().rejection) {
            throw std::runtime_error(done.error().reason);
        }
        made += done ? 1 : 0;
    }
}

awaitable<void> transfer_from_16_clients(Service& service, std::uint64_t seed,
                                         std::atomic<int>& made, std::int64_t& total,
                                         bool& all_in_credit) {
    service.register_decider<Account>("account");
    for (std::uint64_t i = 0; i != accounts; ++i) {
        co_await interfere(service, std::to_string(i), opening_balance);
    }
    const auto executor = co_await boost::asio::this_coro::executor;
    std::vector<std::future<void>> clients;
    for (std::uint64_t i = 0; i != 16; ++i) {
        clients.push_back(boost::asio::co_spawn(
            executor, transfer_at_random(service, seed + i, 25, made), boost::asio::use_future));
    }
    co_await until_all_end(clients);
    for (std::uint64_t i = 0; i != accounts; ++i) {
        const auto now = co_await balance_of(service, std::to_string(i));
        total += now;
        all_in_credit = all_in_credit && now >= 0;
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_two_threads_and_ten_accounts, TwoThreads)

BOOST_AUTO_TEST_CASE(when_16_coroutines_transfer_at_random_then_the_total_stays) {
    auto random = Random::announced("typed transfers");
    std::atomic<int> made{0};
    std::int64_t total = 0;
    bool all_in_credit = true;
    spawn(transfer_from_16_clients(service, random.next(), made, total, all_in_credit));
    run();
    BOOST_TEST(made > 50);
    BOOST_TEST(total == static_cast<std::int64_t>(accounts) * opening_balance);
    BOOST_TEST(all_in_credit);
}

BOOST_AUTO_TEST_SUITE_END()
