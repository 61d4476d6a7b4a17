// Do appends and states cost more in a store that holds more?
//
// Unit: microseconds a call (median; in flight: the time divided by the calls), through the
// service. Two ways to grow: 10,000 to 10,000,000 events in streams of 100, and 1,000,000 events
// in 100 to 1,000,000 streams. Events have 230 bytes of JSON and come ten a request, to one stream
// after the other; each stream has a snapshot at its last multiple of 70 events. Of some streams
// at random, in a store opened just before:
//   state, store   the first one: from snapshot and events, the files in the page cache
//   state, memory  the same again
//   append, first  to a stream that was not written to since opening, one at a time
//   append         to the same streams, one at a time; beside it a bare write of the same bytes,
//                  as the journal writes, for what the disk did in that minute
//   64 in flight   the same
//   state, disk    the first one, after the page cache was emptied; each of another stream
// It checks every state's version and content, every append's version, and in the end the version
// of each stream and the number of events.
//
// --quick stops at 1,000,000 events; --charts DIR draws the growth; --json FILE has each round.

#include "perf/support/chart.hpp"
#include "perf/support/grown_store.hpp"
#include "perf/support/measure.hpp"
#include "perf/support/raw_file.hpp"
#include "perf/support/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace firn::perf {

namespace {

// What is measured, in the order of the table.
enum Cost : std::size_t {
    state_store,
    state_memory,
    append_first,
    append_again,
    raw_write,
    append_in_flight,
    state_disk,
    cost_count,
};
constexpr std::array<const char*, cost_count> cost_names{
    "state, store", "state, memory", "append, first", "append",
    "bare write",   "64 in flight",  "state, disk"};

using Rounds = std::vector<double>;

struct Measured {
    std::array<Rounds, cost_count> us;  // a round each
    Rounds open_ms;
    Rounds open_cold_ms;
    double loaded_per_second = 0;  // events
    double held_per_event = 0;     // bytes
    double memory_mib = 0;         // anonymous, at the end of the last round
};

double bare_write(RawFile& file, std::size_t count) {
    std::vector<float> times;
    for (std::size_t i = 0; i < count; ++i) {
        times.push_back(
            static_cast<float>(seconds([&] { file.append(GrownStore::event_bytes); }) * 1e6));
    }
    return quantile(times, 0.5);
}

Measured measure(const std::filesystem::path& directory, const GrownStore::Shape& shape,
                 std::size_t rounds) {
    // So few that the store does not grow much by them.
    const auto some = std::min<std::size_t>(300, shape.streams);
    const auto many = std::min<std::uint64_t>(20'000, shape.events / 25);
    constexpr std::size_t of_disk = 50;

    Measured measured;
    GrownStore store(directory, shape);
    measured.loaded_per_second = store.load();
    RawFile file(directory / "raw", RawFile::Way::direct, 16u << 20);
    // The states before the appends, which leave more behind the snapshots of few streams than of
    // many; and those from the page cache before the cache is emptied.
    for (std::size_t round = 0; round < rounds; ++round) {
        measured.open_ms.push_back(store.reopen());
        const auto streams = store.sample(some);
        measured.us[state_store].push_back(store.states(streams));
        measured.us[state_memory].push_back(store.states(streams));
    }
    for (std::size_t round = 0; round < rounds; ++round) {
        measured.open_cold_ms.push_back(store.reopen_cold());
        measured.us[state_disk].push_back(store.states(store.sample(std::min(some, of_disk))));
    }
    for (std::size_t round = 0; round < rounds; ++round) {
        store.reopen();
        const auto streams = store.sample(some);
        measured.us[append_first].push_back(store.appends(streams));
        measured.us[append_again].push_back(store.appends(streams));
        measured.us[raw_write].push_back(bare_write(file, some));
        measured.us[append_in_flight].push_back(store.appends_in_flight(streams, many));
    }
    measured.memory_mib = static_cast<double>(anonymous_bytes()) / (1 << 20);
    store.check_all();
    const auto stats = store.stats();
    measured.held_per_event =
        static_cast<double>(stats.bytes_live) / static_cast<double>(stats.events);
    return measured;
}

// One way to grow.
struct Growth {
    std::string of;  // "events"
    std::vector<GrownStore::Shape> shapes;
    std::vector<Measured> measured;

    [[nodiscard]] std::uint64_t at(std::size_t i) const {
        return of == "events" ? shapes[i].events : shapes[i].streams;
    }
};

void print_head() {
    fmt::print("| events | streams |");
    for (const auto* const name : cost_names) {
        fmt::print(" {} us |", name);
    }
    fmt::print(" open ms | open, disk ms | loaded events/s | held B/event | memory MiB |\n|");
    for (std::size_t column = 0; column < cost_count + 7; ++column) {
        fmt::print(" --- |");
    }
    fmt::print("\n");
}

void print(const Growth& growth, std::size_t i) {
    const auto& [events, streams] = growth.shapes[i];
    const auto& measured = growth.measured[i];
    fmt::print("| {} | {} |", events, streams);
    for (const auto& rounds : measured.us) {
        fmt::print(" {:.1f} |", median(rounds));
    }
    fmt::print(" {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", median(measured.open_ms),
               median(measured.open_cold_ms), measured.loaded_per_second, measured.held_per_event,
               measured.memory_mib);
    std::fflush(stdout);
}

void print_growth(const Growth& growth) {
    if (growth.shapes.size() < 2) {
        return;
    }
    const auto last = growth.shapes.size() - 1;
    fmt::print("\n{} to {} {}, times as much:", growth.at(0), growth.at(last), growth.of);
    for (std::size_t cost = 0; cost < cost_count; ++cost) {
        fmt::print("{} {} {:.2f}", cost == 0 ? "" : ";", cost_names[cost],
                   median(growth.measured[last].us[cost]) / median(growth.measured[0].us[cost]));
    }
    fmt::print("\n\n");
}

void add_results(Results& results, const Growth& growth) {
    for (std::size_t i = 0; i < growth.shapes.size(); ++i) {
        const auto& measured = growth.measured[i];
        const auto at = growth.at(i);
        for (std::size_t cost = 0; cost < cost_count; ++cost) {
            results.add(cost_names[cost], growth.of, at, "us", measured.us[cost]);
        }
        results.add("open", growth.of, at, "ms", measured.open_ms);
        results.add("open, disk", growth.of, at, "ms", measured.open_cold_ms);
        results.add("loaded", growth.of, at, "events/s", {measured.loaded_per_second});
        results.add("held an event", growth.of, at, "bytes", {measured.held_per_event});
        results.add("memory", growth.of, at, "MiB", {measured.memory_mib});
    }
}

void draw(const std::filesystem::path& directory, const Growth& growth) {
    Chart chart{growth.of == "events" ? "A store with more and more events, 100 a stream"
                                      : "1,000,000 events in more and more streams",
                growth.of + " in the store",
                "microseconds a call",
                {}};
    for (std::size_t cost = 0; cost < cost_count; ++cost) {
        Series series{cost_names[cost], {}};
        for (std::size_t i = 0; i < growth.shapes.size(); ++i) {
            series.points.emplace_back(static_cast<double>(growth.at(i)),
                                       median(growth.measured[i].us[cost]));
        }
        chart.series.push_back(std::move(series));
    }
    write_chart(directory / ("scaling_" + growth.of + ".svg"), chart);
}

std::vector<Growth> growths(const Options& options) {
    if (options.smoke) {
        return {{"events", {{1'000, 10}}, {}}, {"streams", {{1'000, 10}, {1'000, 1'000}}, {}}};
    }
    Growth events{"events", {{10'000, 100}, {100'000, 1'000}, {1'000'000, 10'000}}, {}};
    if (!options.has("--quick")) {
        events.shapes.push_back({10'000'000, 100'000});
    }
    return {std::move(events),
            {"streams", {{1'000'000, 100}, {1'000'000, 10'000}, {1'000'000, 1'000'000}}, {}}};
}

int run(const Options& options) {
    const WorkDirectory work(options, "scaling");
    const auto about = machine(work.path());
    Results results("scaling", about);
    const std::size_t rounds = options.smoke ? 1 : 5;
    fmt::print("scaling, {}\n\n", about);
    for (auto& growth : growths(options)) {
        print_head();
        for (std::size_t i = 0; i < growth.shapes.size(); ++i) {
            const auto directory = work.path() / "store";
            growth.measured.push_back(measure(directory, growth.shapes[i], rounds));
            std::filesystem::remove_all(directory);
            print(growth, i);
        }
        print_growth(growth);
        add_results(results, growth);
        if (const auto directory = options.value("--charts"); !directory.empty()) {
            draw(directory, growth);
        }
    }
    if (const auto file = options.value("--json"); !file.empty()) {
        results.write(file);
    }
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
