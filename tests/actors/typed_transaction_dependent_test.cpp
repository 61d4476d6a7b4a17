// Decisions that find the streams that they need in the states of others.
#include "tests/actors/transferring.hpp"

#include <algorithm>
#include <stdexcept>

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

// An account that may name another one, which then pays what is missing.
struct Purse {
    struct State {
        std::int64_t balance = 0;
        std::string reserve;
    };
    struct Filled {
        static constexpr std::string_view type = "Filled";
        std::int64_t amount = 0;
    };
    struct Spent {
        static constexpr std::string_view type = "Spent";
        std::int64_t amount = 0;
    };
    struct ReserveNamed {
        static constexpr std::string_view type = "ReserveNamed";
        std::string id;
    };
    using Event = std::variant<Filled, Spent, ReserveNamed>;

    static State initial() { return {}; }
    static State evolve(State state, const Event& event) {
        if (const auto* const filled = std::get_if<Filled>(&event)) {
            state.balance += filled->amount;
        } else if (const auto* const spent = std::get_if<Spent>(&event)) {
            if (spent->amount > state.balance) {
                throw std::range_error("a purse holds no debts");
            }
            state.balance -= spent->amount;
        } else {
            state.reserve = std::get<ReserveNamed>(event).id;
        }
        return state;
    }
};
BOOST_DESCRIBE_STRUCT(Purse::State, (), (balance, reserve))
BOOST_DESCRIBE_STRUCT(Purse::Filled, (), (amount))
BOOST_DESCRIBE_STRUCT(Purse::Spent, (), (amount))
BOOST_DESCRIBE_STRUCT(Purse::ReserveNamed, (), (id))

// Goes from reserve to reserve until the amount is paid.
struct Pay {
    std::string from;
    std::int64_t amount = 0;

    awaitable<boost::system::result<void, std::string>> operator()(StreamsInHand& streams) const {
        auto left = amount;
        for (auto id = from; left > 0;) {
            const auto purse = co_await streams.read<Purse>("purse", id);
            const auto part = std::min(left, purse.state().balance);
            if (part > 0) {
                purse.append(Purse::Spent{part});
                left -= part;
            }
            id = purse.state().reserve;
            if (left > 0 && id.empty()) {
                co_return "nobody pays the last " + std::to_string(left);
            }
        }
        co_return accepted;
    }
};

struct Purses : ServiceFixture {
    Purses() {
        service->register_decider<Purse>("purse");
        fill("a", {Purse::Filled{10}, Purse::ReserveNamed{"b"}});
        fill("b", {Purse::Filled{20}, Purse::ReserveNamed{"c"}});
        fill("c", {Purse::Filled{30}});
    }
    void fill(const std::string& id, const std::vector<Purse::Event>& events) {
        BOOST_REQUIRE(run(service->stream<Purse>("purse", id).append(events)));
    }
    std::int64_t balance(const std::string& id) {
        const auto now = run(service->stream<Purse>("purse", id).state());
        BOOST_REQUIRE(now);
        return now->state.balance;
    }
};

awaitable<void> spend_too_much(StreamsInHand& streams) {
    const auto purse = co_await streams.read<Purse>("purse", "a");
    purse.append(Purse::Spent{11});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_purses_that_name_their_reserves, Purses)

BOOST_AUTO_TEST_CASE(when_one_is_short_then_those_that_the_states_lead_to_pay) {
    const Pay pay{"a", 35};
    const auto done = run(execute(*service, pay));
    BOOST_REQUIRE(done);
    BOOST_TEST(done->streams.size() == 3u);
    BOOST_TEST(balance("a") == 0);
    BOOST_TEST(balance("b") == 0);
    BOOST_TEST(balance("c") == 25);
}

BOOST_AUTO_TEST_CASE(when_all_are_short_then_none_pays) {
    const Pay pay{"a", 61};
    const auto refused = run(execute(*service, pay));
    BOOST_REQUIRE(!refused);
    BOOST_TEST(*refused.error().rejection == "nobody pays the last 1");
    BOOST_TEST(refused.error().reason == "nobody pays the last 1");
    BOOST_TEST(balance("a") == 10);
}

BOOST_AUTO_TEST_CASE(when_an_appended_event_cannot_be_folded_then_nothing_is_appended) {
    const auto failed = run(execute(*service, &spend_too_much));
    BOOST_REQUIRE(!failed);
    BOOST_TEST(failed.error().error == actor_errc::fold_failed);
    BOOST_TEST(failed.error().reason.find("a purse holds no debts") != std::string::npos);
    BOOST_TEST(balance("a") == 10);
}

BOOST_AUTO_TEST_SUITE_END()
