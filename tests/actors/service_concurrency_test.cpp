// Many coroutines on several threads, over one service.
#include "actors/service.hpp"
#include "tests/actors/two_threads.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/random.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

ServiceConfig with_cache(std::size_t bytes) {
    ServiceConfig config;
    config.actors.cache_bytes_max = bytes;
    return config;
}

struct TinyCache : TwoThreads {
    TinyCache() : TwoThreads(with_cache(4096)) {}
};

std::vector<TestEvent> setting(std::uint64_t n) {
    std::vector<TestEvent> events(1);
    events[0].data = "{\"n\":" + std::to_string(n) + "}";
    return events;
}

awaitable<void> append_at_versions(Service& service, StreamName name, std::uint64_t versions,
                                   std::vector<std::atomic<int>>& winners) {
    for (std::uint64_t at = 0; at < versions;) {
        const auto outcome =
            co_await service.append({name, Expected::exactly(Version{at}), encode(setting(at))});
        if (!outcome.error) {
            ++winners[at];
            ++at;
        } else {
            at = outcome.conflict.current_version.value();
        }
    }
}

// What was appended is seen by whoever was told that it was.
awaitable<void> read_own_writes(Service& service, std::uint64_t seed, int rounds,
                                std::uint64_t streams, std::atomic<int>& wrong) {
    Random random(seed);
    for (int i = 0; i != rounds; ++i) {
        const StreamName name("account", std::to_string(random.below(streams)));
        Version durable;
        if (random.below(4) == 0) {
            Transaction transaction;
            transaction.writes.push_back(appending(name, setting(random.below(100))));
            transaction.writes.push_back(appending({"other", name.id}, setting(1)));
            const auto outcome = co_await service.transact(std::move(transaction));
            durable = outcome.streams.front().version;
        } else {
            const auto outcome =
                co_await service.append({name, Expected::any(), encode(setting(i))});
            durable = outcome.appended.version;
        }
        if (const auto cached = service.cached_state(name); cached && cached->version < durable) {
            ++wrong;
        }
        const auto state = co_await service.state(name, std::nullopt);
        if (!state || state->version < durable) {
            ++wrong;
            continue;
        }
        const auto stored = co_await service.state(name, state->version);
        if (!stored || *stored->json != *state->json) {
            ++wrong;
        }
    }
}

constexpr std::uint64_t accounts = 100;
constexpr std::int64_t opening_balance = 100;

StreamName account(std::uint64_t number) {
    return {"account", std::to_string(number)};
}

// Of an account whose events carry the balance that they leave.
awaitable<std::pair<Version, std::int64_t>> balance_of(Service& service, StreamName name) {
    const auto state = co_await service.state(std::move(name), std::nullopt);
    if (!state) {
        throw std::runtime_error(state.error().error.message());
    }
    co_return std::pair(state->version, std::stoll(state->json->substr(5)));  // {"n":100}
}

awaitable<void> open_accounts(Service& service) {
    for (std::uint64_t i = 0; i != accounts; ++i) {
        AppendRequest request(account(i), Expected::none(), encode(setting(opening_balance)));
        const auto outcome = co_await service.append(std::move(request));
        if (outcome.error) {
            throw std::runtime_error(outcome.error.message());
        }
    }
}

// Reads two accounts and moves money between them, again and again, on what may have changed.
awaitable<void> transfer(Service& service, std::uint64_t seed, int rounds, std::atomic<int>& made) {
    Random random(seed);
    for (int i = 0; i != rounds; ++i) {
        const auto from = random.below(accounts);
        const auto to = (from + 1 + random.below(accounts - 1)) % accounts;
        const auto [from_version, has] = co_await balance_of(service, account(from));
        const auto [to_version, holds] = co_await balance_of(service, account(to));
        const auto amount = static_cast<std::int64_t>(random.below(50));
        if (amount > has) {
            continue;
        }
        Transaction transaction;
        transaction.writes.push_back(appending(account(from),
                                               setting(static_cast<std::uint64_t>(has - amount)),
                                               Expected::exactly(from_version)));
        transaction.writes.push_back(appending(account(to),
                                               setting(static_cast<std::uint64_t>(holds + amount)),
                                               Expected::exactly(to_version)));
        const auto outcome = co_await service.transact(std::move(transaction));
        if (outcome.error && outcome.error != storage_errc::wrong_version) {
            throw std::runtime_error(outcome.error.message());
        }
        made += outcome.error ? 0 : 1;
    }
}

// Takes long enough to decide that others come in meanwhile.
constexpr const char* slow_counter = R"lua(
initial = {n = 0}
function evolve(state, event)
  state.n = state.n + 1
  return state
end
function decide(state, command)
  for i = 1, 20000 do end
  return {{type = "Counted"}}
end
)lua";

awaitable<void> count_by_commands(Service& service, StreamName name, int rounds,
                                  std::atomic<int>& failed) {
    for (int i = 0; i != rounds; ++i) {
        Command command;
        command.type = "Count";
        CommandRequest request(name, std::move(command));
        const auto outcome = co_await service.execute(std::move(request));
        failed += outcome.error ? 1 : 0;
    }
}

awaitable<void> count_by_appends(Service& service, StreamName name, int rounds,
                                 std::atomic<int>& failed) {
    for (int i = 0; i != rounds; ++i) {
        AppendRequest request(name, Expected::any(), encode(std::vector<TestEvent>(1)));
        const auto outcome = co_await service.append(std::move(request));
        failed += outcome.error ? 1 : 0;
    }
}

awaitable<void> transfer_from_64_clients(Service& service, std::uint64_t seed,
                                         std::atomic<int>& made, std::int64_t& total) {
    co_await open_accounts(service);
    const auto executor = co_await boost::asio::this_coro::executor;
    std::vector<std::future<void>> clients;
    for (std::uint64_t i = 0; i != 64; ++i) {
        clients.push_back(boost::asio::co_spawn(executor, transfer(service, seed + i, 50, made),
                                                boost::asio::use_future));
    }
    co_await until_all_end(clients);
    for (std::uint64_t i = 0; i != accounts; ++i) {
        total += (co_await balance_of(service, account(i))).second;
    }
}

awaitable<void> count_slowly(Service& service, StreamName name, std::atomic<int>& failed) {
    CategorySettings settings;
    settings.decider = DeciderSpec{.kind = "lua", .source = slow_counter, .name = {}};
    const auto set = co_await service.set_category(name.category, std::move(settings));
    failed += set.error ? 1 : 0;
    const auto executor = co_await boost::asio::this_coro::executor;
    std::vector<std::future<void>> parts;
    constexpr int rounds = 100;
    for (int i = 0; i != 2; ++i) {
        parts.push_back(boost::asio::co_spawn(
            executor, count_by_commands(service, name, rounds, failed), boost::asio::use_future));
        parts.push_back(boost::asio::co_spawn(
            executor, count_by_appends(service, name, rounds, failed), boost::asio::use_future));
    }
    co_await until_all_end(parts);
    const auto state = co_await service.state(name, std::nullopt);
    failed += state && *state->json == "{\"n\":" + std::to_string(4 * rounds) + "}" ? 0 : 1;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_two_threads, TwoThreads)

BOOST_AUTO_TEST_CASE(when_64_clients_transfer_between_100_accounts_then_the_total_stays) {
    auto random = Random::announced("transfers");
    std::atomic<int> made{0};
    std::int64_t total = 0;
    spawn(transfer_from_64_clients(service, random.next(), made, total));
    run();
    BOOST_TEST(made > 500);
    BOOST_TEST(total == static_cast<std::int64_t>(accounts) * opening_balance);
}

BOOST_AUTO_TEST_CASE(when_others_append_while_commands_are_decided_then_there_is_no_conflict) {
    std::atomic<int> failed{0};
    spawn(count_slowly(service, {"counter", "1"}, failed));
    run();
    BOOST_TEST(failed == 0);
    BOOST_TEST(service.stats().conflicts == 0u);
}

BOOST_AUTO_TEST_CASE(when_many_append_at_the_same_versions_then_each_version_has_one_winner) {
    constexpr std::uint64_t versions = 200;
    std::vector<std::atomic<int>> winners(versions);
    for (int i = 0; i != 16; ++i) {
        spawn(append_at_versions(service, {"account", "42"}, versions, winners));
    }
    run();
    for (const auto& won : winners) {
        BOOST_TEST(won == 1);
    }
}

BOOST_AUTO_TEST_CASE(when_many_write_and_read_then_each_sees_its_own_writes) {
    auto random = Random::announced("read own writes");
    std::atomic<int> wrong{0};
    for (int i = 0; i != 16; ++i) {
        spawn(read_own_writes(service, random.next(), 200, 5, wrong));
    }
    run();
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_two_threads_and_a_tiny_cache, TinyCache)

BOOST_AUTO_TEST_CASE(when_actors_are_evicted_all_the_time_then_every_answer_is_right) {
    auto random = Random::announced("evicted all the time");
    std::atomic<int> wrong{0};
    for (int i = 0; i != 16; ++i) {
        spawn(read_own_writes(service, random.next(), 200, 50, wrong));
    }
    run();
    BOOST_TEST(wrong == 0);
    BOOST_TEST(service.stats().actors_evicted > 100u);
    BOOST_TEST(service.stats().actor_bytes <= 16u * 2048);
}

BOOST_AUTO_TEST_SUITE_END()
