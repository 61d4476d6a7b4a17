// Accounts, and decisions over several of them that tests execute.
#pragma once

#include "actors/typed_transaction.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/support/account.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace firn::test {

struct Overdrawn {
    std::int64_t balance = 0;
    [[nodiscard]] std::string message() const {
        return "only " + std::to_string(balance) + " left";
    }
};
using Verdict = boost::system::result<void, Overdrawn>;

struct Transfer {
    std::string from;
    std::string to;
    std::int64_t amount = 0;

    boost::asio::awaitable<Verdict> operator()(StreamsInHand& streams) const {
        const auto payer = co_await streams.read<Account>("account", from);
        const auto payee = co_await streams.read<Account>("account", to);
        if (!payee.exists()) {
            throw Rejected("there is no account " + to);
        }
        if (payer.state().balance < amount) {
            co_return Overdrawn{payer.state().balance};
        }
        payer.append(Account::Withdrawn{amount});
        payee.append(Account::Deposited{amount});
        co_return accepted;
    }
};

// Somebody else's append.
inline boost::asio::awaitable<void> interfere(Service& service, std::string id,
                                              std::int64_t amount) {
    const std::vector<Account::Event> events{Account::Deposited{amount}};
    const auto account = service.stream<Account>("account", std::move(id));
    const auto appended = co_await account.append(events);
    BOOST_REQUIRE(appended);
}

inline boost::asio::awaitable<std::int64_t> balance_of(Service& service, std::string id) {
    const auto account = service.stream<Account>("account", std::move(id));
    const auto now = co_await account.state();
    BOOST_REQUIRE(now);
    co_return now->state.balance;
}

// Accounts "1" and "2" with 100 each.
struct TwoAccounts : ServiceFixture {
    explicit TwoAccounts(const ServiceConfig& config = {}) : ServiceFixture(config) {
        service->register_decider<Account>("account");
        for (const auto* id : {"1", "2"}) {
            deposit(id, 100);
        }
    }

    void deposit(const std::string& id, std::int64_t amount) {
        const std::vector<Account::Event> events{Account::Deposited{amount}};
        BOOST_REQUIRE(run(service->stream<Account>("account", id).append(events)));
    }
    std::int64_t balance(const std::string& id) { return run(balance_of(*service, id)); }
    Version version(const std::string& id) {
        return service->head_version({"account", id}).value();
    }
    template <class D>
    auto decide(D decision, std::optional<CommandKey> key = {}, RetryPolicy policy = {}) {
        return run(execute(*service, decision, std::move(key), policy));
    }
};

// Somebody deposits something between the reads and the commit of the first attempts.
struct DisturbedTransfer {
    Service* service = nullptr;
    int* decisions = nullptr;
    int disturbed = 1;  // attempts
    std::string in = "1";
    std::int64_t deposited = 1;

    boost::asio::awaitable<Verdict> operator()(StreamsInHand& streams) const {
        const Transfer transfer{"1", "2", 30};
        const auto verdict = co_await transfer(streams);
        if (++*decisions <= disturbed) {
            co_await interfere(*service, in, deposited);
        }
        co_return verdict;
    }
};

struct Disturbed : TwoAccounts {
    DisturbedTransfer transfer(int disturbed, std::string in = "1") {
        return {service.get(), &decisions, disturbed, std::move(in)};
    }
    int decisions = 0;
};

// Waits that no test notices.
inline RetryPolicy at_once(std::uint32_t attempts = 10) {
    RetryPolicy policy;
    policy.attempts = attempts;
    policy.first_backoff = policy.longest_backoff = std::chrono::microseconds{0};
    return policy;
}

}  // namespace firn::test
