// How fast is Firn within a program of its own, beside other embedded event stores?
//
//   firn_in_process --scenario NAME --directory DIR [--clients 1] [--batch 1] [--length 1000]
//                   [--seconds 5] [--snapshots on|off] [--cold]
//
// One measurement a run, one JSON object on stdout: what a driver of another library prints, too.
// Clients are coroutines on an io_context that one thread runs, each with one call in flight,
// through what an embedder uses: Service, typed streams, typed transactions. Every answer is
// durable. `per_second` counts the unit of the scenario; `events` those appended meanwhile.
//
//   append        events: 230 bytes of JSON each, one a request, a stream a client, at the version
//                 that the client expects
//   append_batch  events: the same, --batch a request
//   contended     commands: all clients on one stream, whose decider appends an event to each
//   transfer      transfers: between two of 100 accounts at random, read, decided, both or neither
//   state         states: of a stream of --length events, as C++ type; with --cold the first one
//                 of a store just opened (the page cache is warm, opening is told apart, and
//                 counts in per_second, closing does not)
//   execute       commands that decide nothing, on a stream of --length events
//
// The directory must hold no store; one is left in it. The status is 1 if the work was wrong.

#include "actors/json/value.hpp"
#include "perf/support/bench.hpp"
#include "perf/support/load.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>

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

std::string contended(Bench& bench) {
    bench.measure(add_some);
    const auto count = static_cast<std::int64_t>(bench.operations);
    run_alone(bench.io(), check_counter(bench, bench.operations, count));
    bench.reopen();
    run_alone(bench.io(), check_counter(bench, bench.operations, count));
    return fmt::format("the state is {}, one for each command, also after opening again", count);
}

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

// state, execute

// The counter's stream, of --length events; the sum of what they add.
asio::awaitable<void> load(Bench& bench, std::int64_t& sum) {
    const auto counter = bench.counter();
    std::mt19937_64 random{42};
    for (std::uint64_t done = 0; done < bench.settings().length;) {
        std::vector<Counter::Event> events(
            std::min<std::uint64_t>(1'000, bench.settings().length - done));
        for (auto& event : events) {
            event.by = static_cast<std::int64_t>(random() % 1'000);
            sum += event.by;
        }
        const auto appended = co_await counter.append(events, Expected::exactly(Version{done}));
        check(appended.has_value(), "the stream cannot be loaded");
        done += events.size();
    }
}

std::int64_t loaded(Bench& bench) {
    std::int64_t sum = 0;
    run_alone(bench.io(), load(bench, sum));
    // Folds it, so that it is in memory, and a snapshot becomes due.
    run_alone(bench.io(), check_counter(bench, bench.settings().length, sum));
    wait_for_snapshots(bench.io(), bench.service());
    return sum;
}

asio::awaitable<void> read_once(Bench& bench, std::int64_t sum) {
    const auto counter = bench.counter();
    const auto began = Clock::now();
    const auto now = co_await counter.state();
    bench.note(began);
    check(now && now->version.value() == bench.settings().length && now->state.count == sum,
          "a state is wrong");
}

asio::awaitable<void> read_some(Bench& bench, std::int64_t sum) {
    while (bench.goes_on()) {
        co_await read_once(bench, sum);
    }
}

void read_cold(Bench& bench, std::int64_t sum) {
    std::chrono::duration<double> spent{0};
    const auto cpu_before = perf::cpu_seconds();
    while (spent.count() < bench.settings().seconds) {
        bench.close();
        const auto began = Clock::now();
        bench.open();
        bench.opens_us.push_back(Bench::since(began));
        run_alone(bench.io(), read_once(bench, sum));
        spent += Clock::now() - began;
    }
    bench.seconds = spent.count();
    bench.cpu_seconds = perf::cpu_seconds() - cpu_before;
}

std::string state(Bench& bench) {
    const auto sum = loaded(bench);
    if (bench.settings().cold) {
        read_cold(bench, sum);
    } else {
        bench.measure([sum](Bench& on, std::size_t /*client*/) { return read_some(on, sum); });
    }
    return fmt::format("each state at version {}, with the sum {} of its events",
                       bench.settings().length, sum);
}

asio::awaitable<void> look_some(Bench& bench) {
    const auto counter = bench.counter();
    while (bench.goes_on()) {
        const auto began = Clock::now();
        const auto done = co_await counter.execute(Counter::Look{});
        bench.note(began);
        check(done && done->events.empty() && done->version.value() == bench.settings().length,
              "a command that decides nothing did something");
    }
}

std::string execute_nothing(Bench& bench) {
    const auto sum = loaded(bench);
    bench.measure([](Bench& on, std::size_t /*client*/) { return look_some(on); });
    run_alone(bench.io(), check_counter(bench, bench.settings().length, sum));
    return fmt::format("each command was decided at version {}, where the stream still is",
                       bench.settings().length);
}

struct Scenario {
    std::string_view name;
    std::string_view unit;
    bool counts_events;          // instead of calls
    std::string (*run)(Bench&);  // what was verified
};
constexpr std::array<Scenario, 6> scenarios{{{"append", "events", true, append},
                                             {"append_batch", "events", true, append},
                                             {"contended", "commands", false, contended},
                                             {"transfer", "transfers", false, transfer},
                                             {"state", "states", false, state},
                                             {"execute", "commands", false, execute_nothing}}};

void print(Bench& bench, const Scenario& scenario, const std::string& checked) {
    const auto& settings = bench.settings();
    const auto counted = scenario.counts_events ? bench.events : bench.operations;
    boost::json::object out{{"rival", "firn-in-process"},
                            {"scenario", scenario.name},
                            {"clients", settings.clients},
                            {"batch", settings.batch},
                            {"length", settings.length},
                            {"snapshots", settings.snapshots ? "on" : "off"},
                            {"cold", settings.cold},
                            {"unit", scenario.unit},
                            {"operations", bench.operations},
                            {"events", bench.events},
                            {"seconds", bench.seconds},
                            {"per_second", static_cast<double>(counted) / bench.seconds},
                            {"p50_us", quantile(bench.latencies_us, 0.5)},
                            {"p99_us", quantile(bench.latencies_us, 0.99)},
                            {"p999_us", quantile(bench.latencies_us, 0.999)},
                            {"cpu_seconds", bench.cpu_seconds}};
    if (settings.cold) {
        out["open_p50_us"] = quantile(bench.opens_us, 0.5);
        out["open_p99_us"] = quantile(bench.opens_us, 0.99);
    }
    out["checked"] = checked;
    std::string text;
    write_json(text, out);
    fmt::print("{}\n", text);
}

void measure(const std::string& name, BenchSettings settings) {
    const auto* const scenario = std::ranges::find(scenarios, name, &Scenario::name);
    check(scenario != scenarios.end(), "there is no scenario " + name);
    settings.batch = name == "append_batch" ? settings.batch : 1;
    check(!settings.cold || name == "state", "--cold is of the scenario state");
    Bench bench(settings);
    const auto checked = scenario->run(bench);
    check(bench.operations > 0, "nothing was done");
    print(bench, *scenario, checked);
}

template <class Number>
Number number(const std::string& name, const std::string& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    check(error == std::errc{} && end == text.data() + text.size() && value > 0,
          name + " takes a positive number");
    return value;
}

void measure_as_told(const std::vector<std::string>& given) {
    std::string scenario;
    BenchSettings settings;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto& name = given[i];
        if (name == "--cold") {
            settings.cold = true;
            continue;
        }
        check(i + 1 < given.size(), name + " is no option, or needs a value");
        const auto& value = given[++i];
        if (name == "--scenario") {
            scenario = value;
        } else if (name == "--directory") {
            settings.directory = value;
        } else if (name == "--clients") {
            settings.clients = number<std::size_t>(name, value);
        } else if (name == "--batch") {
            settings.batch = number<std::size_t>(name, value);
        } else if (name == "--length") {
            settings.length = number<std::uint64_t>(name, value);
        } else if (name == "--seconds") {
            settings.seconds = number<double>(name, value);
        } else if (name == "--snapshots") {
            check(value == "on" || value == "off", "--snapshots is on or off");
            settings.snapshots = value == "on";
        } else {
            fail("there is no option " + name);
        }
    }
    check(!settings.directory.empty(), "--directory says where the store is to lie");
    measure(scenario, std::move(settings));
}

int run(const Options& options) {
    if (!options.smoke) {
        measure_as_told(options.rest);
        return 0;
    }
    const WorkDirectory work(options, "firn_in_process");
    BenchSettings settings{.clients = 8, .batch = 10, .length = 250, .seconds = 0.05};
    for (const auto& scenario : scenarios) {
        settings.directory = work.path() / scenario.name;
        measure(std::string(scenario.name), settings);
    }
    settings.directory = work.path() / "cold";
    settings.cold = true;
    measure("state", settings);
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
