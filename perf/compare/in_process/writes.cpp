#include "perf/compare/in_process/writes.hpp"

#include "perf/support/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

namespace firn::perf {

namespace {

namespace asio = boost::asio;
using Clock = Bench::Clock;

constexpr std::size_t event_bytes = 230;
constexpr std::uint64_t accounts = 100;
constexpr std::int64_t balance_first = 1'000'000;

// append, append_batch

// What a client sent, so that what is stored can be compared with it.
struct Sent {
    std::uint64_t version = 0;
    std::string_view last;
};

struct Appends {
    std::vector<std::string> pool;
    std::vector<Sent> sent;  // by client
};

StreamName stream_of(std::size_t client) {
    return {"perf", fmt::format("client-{:04}", client)};
}

asio::awaitable<void> append_some(Bench& bench, Appends& appends, std::size_t client) {
    auto& sent = appends.sent[client];
    const auto batch = bench.settings().batch;
    for (auto next = client * 97; bench.goes_on();) {
        const auto began = Clock::now();
        auto events = std::make_shared<EncodedEvents>();
        for (std::size_t i = 0; i < batch; ++i) {
            sent.last = appends.pool[next++ % appends.pool.size()];
            events->add({.id = make_event_id(), .type = "LinesChanged", .data = sent.last});
        }
        AppendRequest request{stream_of(client), Expected::exactly(Version{sent.version}),
                              std::move(events)};
        const auto outcome = co_await bench.service().append(std::move(request));
        bench.note(began);
        check(!outcome.error, "an append was refused: " + outcome.error.message());
        sent.version += batch;
        check(outcome.appended.version.value() == sent.version, "an append has a wrong version");
        bench.events += batch;
    }
}

}  // namespace

std::string append(Bench& bench) {
    Appends appends;
    std::mt19937_64 random{42};
    for (int i = 0; i < 4'096; ++i) {
        appends.pool.push_back(data_of(random, event_bytes));
    }
    appends.sent.resize(bench.settings().clients);
    bench.measure(
        [&appends](Bench& on, std::size_t client) { return append_some(on, appends, client); });
    bench.reopen();
    const auto& store = bench.service().store();
    for (std::size_t client = 0; client < appends.sent.size(); ++client) {
        const auto page =
            store.read(stream_of(client), {.direction = Direction::backward, .limit = 1});
        check(page && page->version.value() == appends.sent[client].version &&
                  page->events.front().data == appends.sent[client].last,
              "a stream is not as it was written");
    }
    check(store.stats().events == bench.events, "the store holds another number of events");
    return fmt::format(
        "each append at the version expected; after opening again {} events, each of {} streams "
        "at its version with its last event",
        bench.events, appends.sent.size());
}

namespace {

// contended

asio::awaitable<void> add_some(Bench& bench, std::size_t /*client*/) {
    const auto counter = bench.counter();
    while (bench.goes_on()) {
        const auto began = Clock::now();
        const auto done = co_await counter.execute(Counter::Add{1});
        bench.note(began);
        check(done.has_value(), "a command failed");
        ++bench.events;
    }
}

asio::awaitable<void> check_counter(Bench& bench, std::uint64_t version, std::int64_t count) {
    const auto counter = bench.counter();
    const auto now = co_await counter.state();
    check(now && now->version.value() == version && now->state.count == count,
          "the state is not what the commands make it");
}

}  // namespace

std::string contended(Bench& bench) {
    bench.measure(add_some);
    const auto count = static_cast<std::int64_t>(bench.operations);
    run_alone(bench.io(), check_counter(bench, bench.operations, count));
    bench.reopen();
    run_alone(bench.io(), check_counter(bench, bench.operations, count));
    return fmt::format("the state is {}, one for each command, also after opening again", count);
}

namespace {

// transfer

struct Transfers {
    std::mt19937_64 random{42};
    std::uint64_t attempts = 0;
    std::uint64_t given_up = 0;
};

asio::awaitable<void> open_accounts(Bench& bench) {
    const std::vector<Account::Event> first{{balance_first}};
    for (std::uint64_t i = 0; i < accounts; ++i) {
        const auto account = bench.service().stream<Account>("account", std::to_string(i));
        const auto done = co_await account.append(first, Expected::none());
        check(done.has_value(), "an account cannot be opened");
    }
}

asio::awaitable<void> transfer_some(Bench& bench, Transfers& transfers) {
    while (bench.goes_on()) {
        const auto from = transfers.random() % accounts;
        const auto to = (from + 1 + transfers.random() % (accounts - 1)) % accounts;
        const Transfer transfer{from, to, static_cast<std::int64_t>(1 + transfers.random() % 100)};
        const auto began = Clock::now();
        const auto done = co_await execute(bench.service(), transfer);
        if (done) {
            bench.note(began);
            bench.events += 2;
            transfers.attempts += done->attempts;
            continue;
        }
        check(done.error().error == storage_errc::wrong_version,
              "a transfer failed: " + done.error().error.message());
        transfers.attempts += done.error().attempts;
        ++transfers.given_up;
    }
}

asio::awaitable<void> check_accounts(Bench& bench) {
    std::int64_t sum = 0;
    std::uint64_t events = 0;
    for (std::uint64_t i = 0; i < accounts; ++i) {
        const auto account = bench.service().stream<Account>("account", std::to_string(i));
        const auto now = co_await account.state();
        check(now && now->state.balance >= 0, "an account is overdrawn");
        sum += now->state.balance;
        events += now->version.value();
    }
    check(sum == static_cast<std::int64_t>(accounts) * balance_first, "money came or went");
    check(events == accounts + bench.events, "a transfer is there by half");
}

}  // namespace

std::string transfer(Bench& bench) {
    Transfers transfers;
    run_alone(bench.io(), open_accounts(bench));
    bench.measure(
        [&transfers](Bench& on, std::size_t /*client*/) { return transfer_some(on, transfers); });
    bench.reopen();
    run_alone(bench.io(), check_accounts(bench));
    return fmt::format(
        "after opening again the sum of {} accounts is as before, none is overdrawn, and there are "
        "two events a transfer; {:.3f} attempts a transfer, {} transfers not counted that met "
        "conflicts to the last attempt",
        accounts,
        static_cast<double>(transfers.attempts) /
            static_cast<double>(std::max<std::uint64_t>(bench.operations, 1)),
        transfers.given_up);
}

}  // namespace firn::perf
