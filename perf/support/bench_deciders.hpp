// Deciders that benchmarks take commands with: a counter, and accounts that money moves between.
// Thread: pure functions. Errors: Rejected.
#pragma once

#include "actors/typed_transaction.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace firn::perf {

struct Counter {
    struct State {
        std::int64_t count = 0;
    };
    struct Added {
        static constexpr std::string_view type = "Added";
        std::int64_t by = 0;
    };
    using Event = Added;
    struct Add {
        static constexpr std::string_view type = "Add";
        std::int64_t by = 0;
    };
    struct Look {
        static constexpr std::string_view type = "Look";
    };
    using Command = std::variant<Add, Look>;

    static State initial() { return {}; }
    static State evolve(State state, const Event& event) {
        state.count += event.by;
        return state;
    }
    static std::vector<Event> decide(const State& /*state*/, const Command& command) {
        const auto* const add = std::get_if<Add>(&command);
        return add == nullptr ? std::vector<Event>{} : std::vector<Event>{{add->by}};
    }
};
BOOST_DESCRIBE_STRUCT(Counter::State, (), (count))
BOOST_DESCRIBE_STRUCT(Counter::Added, (), (by))
BOOST_DESCRIBE_STRUCT(Counter::Add, (), (by))

struct Account {
    struct State {
        std::int64_t balance = 0;
    };
    struct Moved {
        static constexpr std::string_view type = "Moved";
        std::int64_t amount = 0;
    };
    using Event = Moved;

    static State initial() { return {}; }
    static State evolve(State state, const Event& event) {
        state.balance += event.amount;
        return state;
    }
};
BOOST_DESCRIBE_STRUCT(Account::State, (), (balance))
BOOST_DESCRIBE_STRUCT(Account::Moved, (), (amount))

struct Transfer {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::int64_t amount = 0;

    boost::asio::awaitable<void> operator()(StreamsInHand& streams) const {
        const auto payer = co_await streams.read<Account>("account", std::to_string(from));
        const auto payee = co_await streams.read<Account>("account", std::to_string(to));
        if (payer.state().balance < amount) {
            throw Rejected("the account is empty");
        }
        payer.append(Account::Moved{-amount});
        payee.append(Account::Moved{amount});
    }
};

}  // namespace firn::perf
