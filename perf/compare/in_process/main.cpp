// How fast is Firn within a program of its own, beside other embedded event stores?
//
//   firn_in_process --scenario NAME --directory DIR [--clients 1] [--batch 1] [--seconds 5]
//                   [--length 1000] [--samples 1] [--snapshots on|off]
//                   [--lengths 10,100,…] [--filler 0] [--seed N]
//
// One measurement a run, one JSON object on stdout: what a driver of another store prints, too.
// Through what an embedder uses: Service, typed streams, typed transactions, CatchUp. Clients are
// coroutines on an io_context that one thread runs, each with one call in flight. Every answer is
// durable. `per_second` counts the unit of the scenario.
//
// In a directory that holds no store:
//   append        events: 230 bytes of JSON each, --batch a request, a stream a client, at the
//                 version that the client expects
//   contended     commands: all clients on one stream, whose decider appends an event to each
//   transfer      transfers: between two of 100 accounts at random, read, decided, both or neither
//   load          events: the streams of --lengths, and --filler events in further ones
// In one that holds what `load` left there:
//   state         states: of the stream of --length events, as C++ type; first_us is that of a
//                 store just opened, the quantiles are of those after it
//   read_stream   events: of that stream, each as C++ type
//   read_all      events: of everything in the global order, as what `load` was told
//
// The status is 1 if the work was wrong.

#include "actors/json/value.hpp"
#include "perf/compare/in_process/reads.hpp"
#include "perf/compare/in_process/writes.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <string_view>

namespace firn::perf {

namespace {

struct Asked {
    std::string scenario;
    BenchSettings settings;
    std::vector<std::uint64_t> lengths;
    std::uint64_t filler = 0;
    std::uint64_t seed = 20'261'126;

    [[nodiscard]] Fixture fixture() const { return {seed, lengths, filler}; }
};

struct Scenario {
    std::string_view name;
    std::string_view unit;
    bool counts_events;  // instead of calls
    bool makes_store;
    std::function<std::string(Bench&, const Asked&)> run;  // what was verified
};

template <std::string (*Function)(Bench&)>
std::string writing(Bench& bench, const Asked& /*asked*/) {
    return Function(bench);
}
template <std::string (*Function)(Bench&, const Fixture&)>
std::string reading(Bench& bench, const Asked& asked) {
    return Function(bench, asked.fixture());
}

const std::array<Scenario, 7> scenarios{{
    {"append", "events", true, true, writing<append>},
    {"contended", "commands", false, true, writing<contended>},
    {"transfer", "transfers", false, true, writing<transfer>},
    {"load", "events", true, true, reading<load>},
    {"state", "states", false, false, reading<state>},
    {"read_stream", "events", true, false, reading<read_stream>},
    {"read_all", "events", true, false, reading<read_all>},
}};

void print(Bench& bench, const Scenario& scenario, const std::string& checked) {
    const auto& settings = bench.settings();
    const auto counted = scenario.counts_events ? bench.events : bench.operations;
    boost::json::object out{{"rival", "firn-in-process"},
                            {"scenario", scenario.name},
                            {"clients", settings.clients},
                            {"batch", settings.batch},
                            {"length", settings.length},
                            {"snapshots", settings.snapshots},
                            {"unit", scenario.unit},
                            {"operations", bench.operations},
                            {"events", bench.events},
                            {"seconds", bench.seconds},
                            {"per_second", static_cast<double>(counted) / bench.seconds},
                            {"cpu_seconds", bench.cpu_seconds},
                            {"own_bytes", anonymous_bytes()},
                            {"mapped_files_bytes", mapped_files_bytes()}};
    if (!bench.latencies_us.empty()) {
        out["p50_us"] = quantile(bench.latencies_us, 0.5);
        out["p99_us"] = quantile(bench.latencies_us, 0.99);
        out["p999_us"] = quantile(bench.latencies_us, 0.999);
    }
    if (bench.first_us > 0) {
        out["first_us"] = bench.first_us;
    }
    out["checked"] = checked;
    std::string text;
    write_json(text, out);
    fmt::print("{}\n", text);
}

void measure(Asked asked) {
    const auto* const scenario = std::ranges::find(scenarios, asked.scenario, &Scenario::name);
    check(scenario != scenarios.end(), "there is no scenario " + asked.scenario);
    if (!scenario->makes_store || asked.scenario == "load") {
        asked.settings.deciders = [anew = !asked.settings.snapshots](Service& service) {
            anew ? service.register_decider<TallyAnew>("counter")
                 : service.register_decider<Tally>("counter");
        };
    }
    Bench bench(asked.settings);
    check(bench.is_new() == scenario->makes_store, scenario->makes_store
                                                       ? "there is a store in the directory already"
                                                       : "the directory holds no store to read");
    const auto checked = scenario->run(bench, asked);
    check(scenario->counts_events ? bench.events > 0 : bench.operations > 0, "nothing was done");
    print(bench, *scenario, checked);
}

template <class Number>
Number number(const std::string& name, std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    check(error == std::errc{} && end == text.data() + text.size() && value >= 0,
          name + " takes a number");
    return value;
}

template <class Number>
Number positive(const std::string& name, std::string_view text) {
    const auto value = number<Number>(name, text);
    check(value > 0, name + " takes a positive number");
    return value;
}

std::vector<std::uint64_t> numbers(const std::string& name, std::string_view text) {
    std::vector<std::uint64_t> found;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        found.push_back(positive<std::uint64_t>(name, text.substr(0, comma)));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return found;
}

Asked asked_by(const std::vector<std::string>& given) {
    Asked asked;
    for (std::size_t i = 0; i < given.size(); i += 2) {
        const auto& name = given[i];
        check(i + 1 < given.size(), name + " is no option, or needs a value");
        const auto& value = given[i + 1];
        if (name == "--scenario") {
            asked.scenario = value;
        } else if (name == "--directory") {
            asked.settings.directory = value;
        } else if (name == "--clients") {
            asked.settings.clients = positive<std::size_t>(name, value);
        } else if (name == "--batch") {
            asked.settings.batch = positive<std::size_t>(name, value);
        } else if (name == "--seconds") {
            asked.settings.seconds = positive<double>(name, value);
        } else if (name == "--length") {
            asked.settings.length = positive<std::uint64_t>(name, value);
        } else if (name == "--samples") {
            asked.settings.samples = positive<std::uint64_t>(name, value);
        } else if (name == "--snapshots") {
            check(value == "on" || value == "off", "--snapshots is on or off");
            asked.settings.snapshots = value == "on";
        } else if (name == "--lengths") {
            asked.lengths = numbers(name, value);
        } else if (name == "--filler") {
            asked.filler = number<std::uint64_t>(name, value);
        } else if (name == "--seed") {
            asked.seed = number<std::uint64_t>(name, value);
        } else {
            fail("there is no option " + name);
        }
    }
    check(!asked.settings.directory.empty(), "--directory says where the store is to lie");
    return asked;
}

int run(const Options& options) {
    if (!options.smoke) {
        measure(asked_by(options.rest));
        return 0;
    }
    const WorkDirectory work(options, "firn_in_process");
    Asked asked{.settings = {.clients = 8, .batch = 10, .seconds = 0.05, .length = 250},
                .lengths = {10, 250},
                .filler = 1'000};
    asked.settings.samples = 5;
    for (const auto& scenario : scenarios) {
        const bool is_written = scenario.makes_store && scenario.name != "load";
        asked.scenario = scenario.name;
        asked.settings.directory = work.path() / (is_written ? scenario.name : "fixture");
        measure(asked);
    }
    asked.scenario = "state";
    asked.settings.snapshots = false;
    measure(asked);
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
