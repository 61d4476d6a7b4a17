// The decider that tests take commands with: a bank account that is never overdrawn.
// Thread: pure functions. Errors: a typed rejection.
#pragma once

#include "actors/decider.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace firn::test {

struct Account {
    struct State {
        std::string owner;
        std::int64_t balance = 0;
        bool open = false;
        friend bool operator==(const State&, const State&) = default;
    };

    struct Opened {
        static constexpr std::string_view type = "Opened";
        std::string owner;
        friend bool operator==(const Opened&, const Opened&) = default;
    };
    struct Deposited {
        static constexpr std::string_view type = "Deposited";
        std::int64_t amount = 0;
        friend bool operator==(const Deposited&, const Deposited&) = default;
    };
    struct Withdrawn {
        static constexpr std::string_view type = "Withdrawn";
        std::int64_t amount = 0;
        friend bool operator==(const Withdrawn&, const Withdrawn&) = default;
    };
    using Event = std::variant<Opened, Deposited, Withdrawn>;

    struct Open {
        static constexpr std::string_view type = "Open";
        std::string owner;
    };
    struct Deposit {
        static constexpr std::string_view type = "Deposit";
        std::int64_t amount = 0;
    };
    struct Withdraw {
        static constexpr std::string_view type = "Withdraw";
        std::int64_t amount = 0;
    };
    using Command = std::variant<Open, Deposit, Withdraw>;

    enum class Why { not_open, open_already, not_positive, overdrawn };
    BOOST_DESCRIBE_NESTED_ENUM(Why, not_open, open_already, not_positive, overdrawn)
    struct Rejection {
        Why why = Why::not_open;
        std::int64_t balance = 0;
        friend bool operator==(const Rejection&, const Rejection&) = default;
    };
    using Decision = boost::system::result<std::vector<Event>, Rejection>;

    static State initial() { return {}; }

    static State evolve(State state, const Event& event) {
        std::visit([&state](const auto& happened) { apply(state, happened); }, event);
        return state;
    }

    static Decision decide(const State& state, const Command& command) {
        return std::visit([&state](const auto& asked) { return answer(state, asked); }, command);
    }

private:
    static void apply(State& state, const Opened& opened) {
        state.owner = opened.owner;
        state.open = true;
    }
    static void apply(State& state, const Deposited& deposited) {
        state.balance += deposited.amount;
    }
    static void apply(State& state, const Withdrawn& withdrawn) {
        state.balance -= withdrawn.amount;
    }

    static Decision refuse(const State& state, Why why) { return Rejection{why, state.balance}; }
    static Decision answer(const State& state, const Open& open) {
        if (state.open) {
            return refuse(state, Why::open_already);
        }
        return std::vector<Event>{Opened{open.owner}};
    }
    static Decision answer(const State& state, const Deposit& deposit) {
        if (!state.open || deposit.amount <= 0) {
            return refuse(state, state.open ? Why::not_positive : Why::not_open);
        }
        return std::vector<Event>{Deposited{deposit.amount}};
    }
    static Decision answer(const State& state, const Withdraw& withdraw) {
        if (!state.open || withdraw.amount <= 0) {
            return refuse(state, state.open ? Why::not_positive : Why::not_open);
        }
        if (withdraw.amount > state.balance) {
            return refuse(state, Why::overdrawn);
        }
        return std::vector<Event>{Withdrawn{withdraw.amount}};
    }
};

BOOST_DESCRIBE_STRUCT(Account::State, (), (owner, balance, open))
BOOST_DESCRIBE_STRUCT(Account::Opened, (), (owner))
BOOST_DESCRIBE_STRUCT(Account::Deposited, (), (amount))
BOOST_DESCRIBE_STRUCT(Account::Withdrawn, (), (amount))
BOOST_DESCRIBE_STRUCT(Account::Open, (), (owner))
BOOST_DESCRIBE_STRUCT(Account::Deposit, (), (amount))
BOOST_DESCRIBE_STRUCT(Account::Withdraw, (), (amount))
BOOST_DESCRIBE_STRUCT(Account::Rejection, (), (why, balance))

}  // namespace firn::test
