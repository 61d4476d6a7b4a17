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
#include "actors/typed_transaction.hpp"
#include "perf/support/in_process.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace firn::perf {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

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

    asio::awaitable<void> operator()(StreamsInHand& streams) const {
        const auto payer = co_await streams.read<Account>("account", std::to_string(from));
        const auto payee = co_await streams.read<Account>("account", std::to_string(to));
        if (payer.state().balance < amount) {
            throw Rejected("the account is empty");
        }
        payer.append(Account::Moved{-amount});
        payee.append(Account::Moved{amount});
    }
};

constexpr std::size_t event_bytes = 230;
constexpr std::uint64_t accounts = 100;
constexpr std::int64_t balance_first = 1'000'000;

struct Arguments {
    std::string scenario;
    std::filesystem::path directory;
    std::size_t clients = 1;
    std::size_t batch = 1;
    std::uint64_t length = 1'000;
    double seconds = 5;
    bool snapshots = true;
    bool cold = false;
};

ServiceConfig config_of(const Arguments& arguments) {
    ServiceConfig config;
    config.data = arguments.directory;
    config.snapshots.every = arguments.snapshots ? config.snapshots.every : 0;
    return config;
}

// An open store, and what was measured in it.
class Bench {
public:
    explicit Bench(const Arguments& arguments) : arguments_(arguments) {
        open();
        check(service_->stats().store.head_position == Position{},
              "there is a store in the directory already");
    }
    ~Bench() { service_->stop(); }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void open() {
        service_.emplace(io_.get_executor(), config_of(arguments_));
        service_->register_decider<Counter>("counter");
        service_->register_decider<Account>("account");
    }
    void close() {
        service_->stop();
        service_.reset();
    }
    // All that follows is read from the disk.
    void reopen() {
        close();
        open();
    }

    // One coroutine a client, all at once, from now until the time is up.
    template <class Client>
    void measure(Client client) {
        std::vector<asio::awaitable<void>> all;
        for (std::size_t i = 0; i < arguments_.clients; ++i) {
            all.push_back(client(*this, i));
        }
        const auto cpu_before = perf::cpu_seconds();
        const auto began = Clock::now();
        end_ = began + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(arguments_.seconds));
        run_all(io_, std::move(all));
        seconds = std::chrono::duration<double>(Clock::now() - began).count();
        cpu_seconds = perf::cpu_seconds() - cpu_before;
    }
    [[nodiscard]] bool goes_on() const { return Clock::now() < end_; }
    void note(Clock::time_point began) {
        latencies_us.push_back(since(began));
        ++operations;
    }
    static float since(Clock::time_point began) {
        return std::chrono::duration<float, std::micro>(Clock::now() - began).count();
    }

    [[nodiscard]] Service& service() { return *service_; }
    [[nodiscard]] asio::io_context& io() noexcept { return io_; }
    [[nodiscard]] const Arguments& arguments() const noexcept { return arguments_; }
    [[nodiscard]] TypedStream<Counter> counter() {
        return service_->stream<Counter>("counter", "one");
    }

    std::uint64_t operations = 0;
    std::uint64_t events = 0;
    double seconds = 0;
    double cpu_seconds = 0;
    std::vector<float> latencies_us;
    std::vector<float> opens_us;  // --cold

private:
    Arguments arguments_;
    asio::io_context io_{1};
    std::optional<Service> service_;
    Clock::time_point end_;
};

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
    const auto batch = bench.arguments().batch;
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
    appends.sent.resize(bench.arguments().clients);
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
    for (std::uint64_t done = 0; done < bench.arguments().length;) {
        std::vector<Counter::Event> events(
            std::min<std::uint64_t>(1'000, bench.arguments().length - done));
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
    run_alone(bench.io(), check_counter(bench, bench.arguments().length, sum));
    wait_for_snapshots(bench.io(), bench.service());
    return sum;
}

asio::awaitable<void> read_once(Bench& bench, std::int64_t sum) {
    const auto counter = bench.counter();
    const auto began = Clock::now();
    const auto now = co_await counter.state();
    bench.note(began);
    check(now && now->version.value() == bench.arguments().length && now->state.count == sum,
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
    while (spent.count() < bench.arguments().seconds) {
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
    if (bench.arguments().cold) {
        read_cold(bench, sum);
    } else {
        bench.measure([sum](Bench& on, std::size_t /*client*/) { return read_some(on, sum); });
    }
    return fmt::format("each state at version {}, with the sum {} of its events",
                       bench.arguments().length, sum);
}

asio::awaitable<void> look_some(Bench& bench) {
    const auto counter = bench.counter();
    while (bench.goes_on()) {
        const auto began = Clock::now();
        const auto done = co_await counter.execute(Counter::Look{});
        bench.note(began);
        check(done && done->events.empty() && done->version.value() == bench.arguments().length,
              "a command that decides nothing did something");
    }
}

std::string execute_nothing(Bench& bench) {
    const auto sum = loaded(bench);
    bench.measure([](Bench& on, std::size_t /*client*/) { return look_some(on); });
    run_alone(bench.io(), check_counter(bench, bench.arguments().length, sum));
    return fmt::format("each command was decided at version {}, where the stream still is",
                       bench.arguments().length);
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
    const auto& arguments = bench.arguments();
    const auto counted = scenario.counts_events ? bench.events : bench.operations;
    boost::json::object out{{"rival", "firn-in-process"},
                            {"scenario", scenario.name},
                            {"clients", arguments.clients},
                            {"batch", arguments.batch},
                            {"length", arguments.length},
                            {"snapshots", arguments.snapshots ? "on" : "off"},
                            {"cold", arguments.cold},
                            {"unit", scenario.unit},
                            {"operations", bench.operations},
                            {"events", bench.events},
                            {"seconds", bench.seconds},
                            {"per_second", static_cast<double>(counted) / bench.seconds},
                            {"p50_us", quantile(bench.latencies_us, 0.5)},
                            {"p99_us", quantile(bench.latencies_us, 0.99)},
                            {"p999_us", quantile(bench.latencies_us, 0.999)},
                            {"cpu_seconds", bench.cpu_seconds}};
    if (arguments.cold) {
        out["open_p50_us"] = quantile(bench.opens_us, 0.5);
        out["open_p99_us"] = quantile(bench.opens_us, 0.99);
    }
    out["checked"] = checked;
    std::string text;
    write_json(text, out);
    fmt::print("{}\n", text);
}

void measure(Arguments arguments) {
    const auto* const scenario = std::ranges::find(scenarios, arguments.scenario, &Scenario::name);
    check(scenario != scenarios.end(), "there is no scenario " + arguments.scenario);
    arguments.batch = arguments.scenario == "append_batch" ? arguments.batch : 1;
    Bench bench(arguments);
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

Arguments arguments_of(const std::vector<std::string>& given) {
    Arguments parsed;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto& name = given[i];
        if (name == "--cold") {
            parsed.cold = true;
            continue;
        }
        check(i + 1 < given.size(), name + " is no option, or needs a value");
        const auto& value = given[++i];
        if (name == "--scenario") {
            parsed.scenario = value;
        } else if (name == "--directory") {
            parsed.directory = value;
        } else if (name == "--clients") {
            parsed.clients = number<std::size_t>(name, value);
        } else if (name == "--batch") {
            parsed.batch = number<std::size_t>(name, value);
        } else if (name == "--length") {
            parsed.length = number<std::uint64_t>(name, value);
        } else if (name == "--seconds") {
            parsed.seconds = number<double>(name, value);
        } else if (name == "--snapshots") {
            check(value == "on" || value == "off", "--snapshots is on or off");
            parsed.snapshots = value == "on";
        } else {
            fail("there is no option " + name);
        }
    }
    check(!parsed.cold || parsed.scenario == "state", "--cold is of the scenario state");
    return parsed;
}

int run(const Options& options) {
    if (!options.smoke) {
        auto arguments = arguments_of(options.rest);
        check(!arguments.directory.empty(), "--directory says where the store is to lie");
        measure(std::move(arguments));
        return 0;
    }
    const WorkDirectory work(options, "firn_in_process");
    for (const auto& scenario : scenarios) {
        for (const bool cold : {false, true}) {
            if (cold && scenario.name != "state") {
                continue;
            }
            measure({.scenario = std::string(scenario.name),
                     .directory = work.path() / fmt::format("{}-{}", scenario.name, cold),
                     .clients = 8,
                     .batch = 10,
                     .length = 250,
                     .seconds = 0.2,
                     .cold = cold});
        }
    }
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
