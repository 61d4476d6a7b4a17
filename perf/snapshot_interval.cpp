// What do snapshots cost the appends, by their interval, and what do they leave for a load to do?
//
// Unit: events/s as a share of the same run without snapshots; bytes written and held per event;
// microseconds a load. Through the service: 64 clients append one 200-byte event at a time to 200
// streams with states of 0.5 or 10 KB, some seconds for each interval, in turns; the snapshots
// that are still due are taken afterwards, and timed. Then every state is read once by a service
// that has nothing in memory. It checks every state's version.
//
// A share is the median over the rounds of each round's own share: the machine's pace changes more
// from round to round than snapshots cost.
//
// --charts DIR draws the loads by interval.

#include "actors/service.hpp"
#include "perf/support/chart.hpp"
#include "perf/support/in_process.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <cstring>
#include <map>
#include <random>
#include <thread>

namespace firn::perf {

namespace {

namespace asio = boost::asio;

constexpr std::array<std::uint32_t, 5> intervals{0, 10, 100, 1'000, 10'000};
constexpr std::size_t clients = 64;

struct Setting {
    const char* state;
    std::size_t members;
};
constexpr std::array<Setting, 2> settings{{{"0.5 KB", 10}, {"10 KB", 300}}};

struct Run {
    double events_per_second = 0;
    double catch_up_seconds = 0;   // of snapshots that were still due
    double written_per_event = 0;  // bytes
    double held_per_event = 0;
    double load_us = 0;  // mean
    double events_per_load = 0;
    double snapshots_per_event = 0;
};

struct Work {
    std::mt19937_64 random{42};
    std::vector<std::uint64_t> versions;
    std::size_t members = 0;
    std::chrono::steady_clock::time_point end;
    std::uint64_t appended = 0;
};

std::string patch(std::mt19937_64& random, std::size_t members) {
    return fmt::format(
        R"({{"f{:03}":"{:016x}{:04x}","at":"2026-11-24T10:{:02}:{:02}Z","author":"author-{:04}","note":"{:016x}{:016x}{:016x}{:016x}"}})",
        random() % members, random(), random() % 65536, random() % 60, random() % 60,
        random() % 1000, random(), random(), random(), random());
}

StreamName name_of(std::size_t stream) {
    return {"perf", fmt::format("stream-{:04}", stream)};
}

// Each client has streams of its own, so that the versions are known.
asio::awaitable<void> append_in_turns(Service& service, Work& work, std::size_t client) {
    for (auto stream = client; std::chrono::steady_clock::now() < work.end;) {
        const auto data = patch(work.random, work.members);
        auto events = std::make_shared<EncodedEvents>();
        NewEvent event{.type = "Changed", .data = data};
        const std::array<std::uint64_t, 2> id{work.random(), work.random()};
        std::memcpy(event.id.data(), id.data(), sizeof(id));
        events->add(event);
        AppendRequest request{name_of(stream), Expected::exactly(Version{work.versions[stream]}),
                              std::move(events)};
        const auto outcome = co_await service.append(std::move(request));
        check(!outcome.error, "an append was refused: " + outcome.error.message());
        ++work.versions[stream];
        ++work.appended;
        stream += clients;
        if (stream >= work.versions.size()) {
            stream = client;
        }
    }
}

asio::awaitable<void> read_all(Service& service, const Work& work) {
    for (std::size_t stream = 0; stream != work.versions.size(); ++stream) {
        if (work.versions[stream] == 0) {
            continue;
        }
        auto name = name_of(stream);
        const auto state = co_await service.state(std::move(name), {});
        check(state && state->version.value() == work.versions[stream],
              "a state has another version than was appended");
    }
}

ServiceConfig config_of(const std::filesystem::path& data, std::uint32_t every) {
    ServiceConfig config;
    config.data = data;
    config.snapshots.every = every;
    return config;
}

Run measure(const std::filesystem::path& data, std::uint32_t every, std::size_t members,
            std::size_t streams, double for_seconds) {
    Run run;
    Work work;
    work.versions.resize(streams);
    work.members = members;
    const auto written_before = disk_bytes_written(data.parent_path());
    {
        asio::io_context io(1);
        Service service(io.get_executor(), config_of(data, every));
        const auto began = std::chrono::steady_clock::now();
        work.end = began + std::chrono::milliseconds(static_cast<std::int64_t>(for_seconds * 1e3));
        std::vector<asio::awaitable<void>> appending;
        for (std::size_t client = 0; client != std::min(clients, streams); ++client) {
            appending.push_back(append_in_turns(service, work, client));
        }
        run_all(io, std::move(appending));
        // Longer than was asked for: the last answers of the disk count, too.
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        run.events_per_second = static_cast<double>(work.appended) / took.count();
        run.catch_up_seconds = seconds([&] { wait_for_snapshots(io, service); });
        run.snapshots_per_event = static_cast<double>(service.stats().snapshots.taken) /
                                  static_cast<double>(work.appended);
        service.stop();
    }
    run.written_per_event =
        static_cast<double>(disk_bytes_written(data.parent_path()) - written_before) /
        static_cast<double>(work.appended);
    {
        asio::io_context io(1);
        Service service(io.get_executor(), config_of(data, 0));
        const auto stats = service.store().stats();
        run.held_per_event =
            static_cast<double>(stats.bytes_live) / static_cast<double>(stats.events);
        const auto before = service.stats().load_events.sum;
        const auto took = seconds([&] { run_alone(io, read_all(service, work)); });
        run.load_us = took * 1e6 / static_cast<double>(streams);
        run.events_per_load = static_cast<double>(service.stats().load_events.sum - before) /
                              static_cast<double>(streams);
        service.stop();
    }
    std::filesystem::remove_all(data);
    return run;
}

Run medians(const std::vector<Run>& runs) {
    const auto of = [&](auto member) {
        std::vector<double> values;
        for (const auto& run : runs) {
            values.push_back(run.*member);
        }
        return median(std::move(values));
    };
    return {of(&Run::events_per_second),  of(&Run::catch_up_seconds), of(&Run::written_per_event),
            of(&Run::held_per_event),     of(&Run::load_us),          of(&Run::events_per_load),
            of(&Run::snapshots_per_event)};
}

double share_of(const std::vector<Run>& with, const std::vector<Run>& without) {
    std::vector<double> shares;
    for (std::size_t i = 0; i != with.size(); ++i) {
        shares.push_back(with[i].events_per_second / without[i].events_per_second);
    }
    return median(std::move(shares));
}

std::string label(std::uint32_t every) {
    return every == 0 ? "off" : fmt::format("{}", every);
}

int run(const Options& options) {
    const WorkDirectory directory(options, "snapshot_interval");
    const std::size_t streams = options.smoke ? 8 : 200;
    const auto for_seconds = options.smoke ? 0.5 : 4.0;
    const auto rounds = options.smoke ? 1 : 5;
    fmt::print("snapshot_interval, {}\n\n", machine(directory.path()));
    fmt::print(
        "| state | every | appends/s | share | snapshots an event | catch-up s | written "
        "B/event | held B/event | load us | events a load |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    Chart chart{"Loading what a load of appends left behind",
                "events between two snapshots",
                "microseconds a load",
                {}};
    for (const auto& setting : settings) {
        // In turns, so that a slow minute of the machine meets all of them.
        std::map<std::uint32_t, std::vector<Run>> runs;
        for (int round = 0; round != rounds; ++round) {
            for (const auto every : intervals) {
                runs[every].push_back(measure(directory.path() / "store", every, setting.members,
                                              streams, for_seconds));
            }
        }
        Series series{fmt::format("states of {}", setting.state), {}};
        for (const auto every : intervals) {
            const auto result = medians(runs[every]);
            const auto share = share_of(runs[every], runs[0]);
            fmt::print(
                "| {} | {} | {:.0f} | {:.2f} | {:.5f} | {:.2f} | {:.0f} | {:.0f} | {:.1f} | "
                "{:.0f} |\n",
                setting.state, label(every), result.events_per_second, share,
                result.snapshots_per_event, result.catch_up_seconds, result.written_per_event,
                result.held_per_event, result.load_us, result.events_per_load);
            std::fflush(stdout);
            if (every != 0) {
                series.points.emplace_back(every, result.load_us);
            }
        }
        chart.series.push_back(std::move(series));
    }
    for (std::size_t i = 0; i + 1 < options.rest.size(); ++i) {
        if (options.rest[i] == "--charts") {
            write_chart(std::filesystem::path(options.rest[i + 1]) / "snapshot_interval.svg",
                        chart);
        }
    }
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
