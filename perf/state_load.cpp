// What does it cost to load a state, by the length of its stream, and do snapshots pay?
//
// Unit: microseconds a load (median), and ratios in the same run. Streams of 10 to 1,000,000
// merge patches of about 200 bytes, of which the first sets a whole state of 0.5 or 10 KB; without
// snapshots, and with one every N events. Lengths are one short of a multiple, so that each load
// has the most events behind its snapshot that N allows. Warm, and with the page cache emptied
// before each load (the store is closed, its file dropped from the cache, and opened again). Beside
// it: the same patches merged in memory, without a store. It checks every state that it loads
// against the fold in memory. The ratios at the end are of loads in turns, so that both sides meet
// the same minute of the machine.
//
// --charts DIR draws the results.

#include "actors/deciders/merge_patch.hpp"
#include "actors/fold_start.hpp"
#include "perf/support/chart.hpp"
#include "perf/support/measure.hpp"
#include "storage/journaled/journaled_store.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <future>
#include <limits>
#include <map>
#include <random>

namespace firn::perf {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::uint64_t, 4> intervals{10, 100, 1'000, 10'000};
constexpr std::uint32_t revision_without = 1;  // of which there is no snapshot

// Snapshots of every interval lie in one store, told apart by the revision they are bound to.
std::uint32_t revision_of(std::size_t interval) {
    return static_cast<std::uint32_t>(interval) + 2;
}

struct StateSize {
    const char* name;
    std::size_t members;
};
constexpr std::array<StateSize, 2> sizes{{{"0.5 KB", 10}, {"10 KB", 300}}};

// All members once, one of them after that, and what every event states anew: the state has its
// size from the beginning.
std::string patch(std::mt19937_64& random, std::size_t members, bool is_first) {
    std::string others;
    for (std::size_t i = 0; is_first && i != members; ++i) {
        others += fmt::format(R"("f{:03}":"{:020x}",)", i, i);
    }
    const auto changed = is_first ? members : random() % members;
    return "{" + others +
           fmt::format(
               R"("f{:03}":"{:016x}{:04x}","at":"2026-11-24T10:{:02}:{:02}Z","author":"author-{:04}","note":"{:016x}{:016x}{:016x}{:016x}"}})",
               changed, random(), random() % 65536, random() % 60, random() % 60, random() % 1000,
               random(), random(), random(), random());
}

struct Stream {
    StreamName name;
    std::size_t size;  // of sizes
    std::uint64_t length;
    std::string state;                            // as folded in memory
    std::map<std::uint64_t, std::string> states;  // at the versions of snapshots
    double bare_ns = 0;                           // per event, in memory
};

JournaledConfig config_of(const WorkDirectory& work) {
    JournaledConfig config;
    config.directory = work.path() / "store";
    return config;
}

// Appends the stream's events, and folds the same ones in memory on the way.
void fill(EventStore& store, Stream& stream) {
    constexpr std::uint64_t batch = 5'000;
    std::mt19937_64 random(42 + stream.length);
    const auto engine = make_merge_patch_engine();
    const auto state = engine->initial();
    std::chrono::nanoseconds bare{0};
    for (std::uint64_t done = 0; done != stream.length;) {
        auto events = std::make_shared<EncodedEvents>();
        std::vector<std::string> patches;
        for (std::uint64_t i = 0; i != std::min(batch, stream.length - done); ++i) {
            patches.push_back(patch(random, sizes[stream.size].members, done + i == 0));
            NewEvent event{.type = "Changed", .data = patches.back()};
            const std::array<std::uint64_t, 2> id{random(), random()};
            std::memcpy(event.id.data(), id.data(), sizeof(id));
            events->add(event);
        }
        Transaction transaction;
        transaction.writes.push_back({.stream = stream.name, .events = events});
        const auto outcomes = store.commit({&transaction, 1});
        check(!outcomes.front().error, "an append failed: " + outcomes.front().error.message());
        for (const auto& text : patches) {
            EventView event;
            event.data = text;
            event.version = Version{++done};
            const auto began = Clock::now();
            const auto failed = state->evolve(event);
            bare += Clock::now() - began;
            check(!failed, "a patch did not merge");
            for (const auto interval : intervals) {
                if (done == stream.length / interval * interval) {
                    stream.states[done].clear();
                    check(!state->write_json(stream.states[done]), "a state could not be written");
                }
            }
        }
    }
    check(!state->write_json(stream.state), "a state could not be written");
    // The clock itself takes its time, about as much as a short event.
    constexpr int looks = 1'000;
    const auto began = Clock::now();
    for (int i = 0; i != looks; ++i) {
        [[maybe_unused]] volatile const auto look = Clock::now().time_since_epoch().count();
    }
    const auto look = (Clock::now() - began) / looks;
    stream.bare_ns = static_cast<double>(bare.count()) / static_cast<double>(stream.length) -
                     static_cast<double>(std::chrono::nanoseconds(look).count());
}

void save(EventStore& store, const Stream& stream) {
    for (std::size_t i = 0; i != intervals.size(); ++i) {
        const auto version = stream.length / intervals[i] * intervals[i];
        if (version == 0) {
            continue;
        }
        Snapshot snapshot;
        snapshot.facts.version = Version{version};
        snapshot.facts.kind = SnapshotKind::manual;
        snapshot.facts.decider_kind = "merge_patch";
        snapshot.facts.revision = revision_of(i);
        snapshot.state = stream.states.at(version);
        std::promise<error_code> saved;
        store.snapshots().save(stream.name, std::move(snapshot), 100,
                               [&saved](error_code error) { saved.set_value(error); });
        const auto error = saved.get_future().get();
        check(!error, "a snapshot could not be saved: " + error.message());
    }
}

class Loader {
public:
    Loader() : engine_(make_merge_patch_engine()) {}

    // Seconds of one load.
    double load(EventStore& store, const Stream& stream, std::uint32_t revision) {
        auto in_effect = std::make_shared<CategoryInEffect>();
        in_effect->engine = engine_;
        in_effect->revision = revision;
        Category category(stream.name.category, in_effect);
        const auto began = Clock::now();
        auto start =
            start_fold(store, stream.name, Version{std::numeric_limits<std::uint64_t>::max()},
                       category, counters_);
        auto& fold = *start.fold;
        for (bool at_end = false; !at_end;) {
            const auto slice =
                fold.read(store, stream.name, Version{std::numeric_limits<std::uint64_t>::max()});
            check(!slice.error && !slice.failure, "a load failed");
            at_end = slice.at_end;
        }
        const auto text = fold.json();
        const std::chrono::duration<double> took = Clock::now() - began;
        check(text.has_value() && fold.version().value() == stream.length,
              "a load ended at a wrong version");
        check(**text == stream.state, "a load came to another state");
        return took.count();
    }

private:
    std::shared_ptr<const DeciderEngine> engine_;
    Counters counters_;
};

struct Result {
    double warm = 0;  // seconds
    double cold = 0;
};

struct Measured {
    // By stream, then by revision.
    std::map<const Stream*, std::map<std::uint32_t, Result>> results;
};

double warm(Loader& loader, EventStore& store, const Stream& stream, std::uint32_t revision,
            bool smoke) {
    std::vector<double> times;
    const auto first = loader.load(store, stream, revision);
    // Long loads need few repeats, short ones many.
    const auto repeats = smoke ? 2 : std::clamp<int>(static_cast<int>(0.3 / first), 5, 400);
    for (int i = 0; i != repeats; ++i) {
        times.push_back(loader.load(store, stream, revision));
    }
    return median(std::move(times));
}

double cold_once(Loader& loader, const WorkDirectory& work, std::unique_ptr<EventStore>& store,
                 const Stream& stream, std::uint32_t revision) {
    store.reset();
    drop_from_cache(work.path() / "store");
    store = open_journaled_store(config_of(work));
    return loader.load(*store, stream, revision);
}

double cold(Loader& loader, const WorkDirectory& work, std::unique_ptr<EventStore>& store,
            const Stream& stream, std::uint32_t revision, bool smoke) {
    std::vector<double> times;
    for (int i = 0; i != (smoke ? 1 : 5); ++i) {
        times.push_back(cold_once(loader, work, store, stream, revision));
    }
    return median(std::move(times));
}

Chart chart_of(const std::vector<Stream>& streams, Measured& measured, std::size_t size,
               bool is_cold) {
    Chart chart{fmt::format("Loading a state of {}", sizes[size].name),
                "events in the stream",
                is_cold ? "microseconds (cold page cache)" : "microseconds (warm)",
                {}};
    const auto add = [&](const std::string& name, std::uint32_t revision) {
        Series series{name, {}};
        for (const auto& stream : streams) {
            if (stream.size == size && measured.results[&stream].contains(revision)) {
                const auto& result = measured.results[&stream][revision];
                series.points.emplace_back(static_cast<double>(stream.length + 1),
                                           (is_cold ? result.cold : result.warm) * 1e6);
            }
        }
        chart.series.push_back(std::move(series));
    };
    add("no snapshots", revision_without);
    for (std::size_t i = 0; i != intervals.size(); ++i) {
        add(fmt::format("every {}", intervals[i]), revision_of(i));
    }
    return chart;
}

void print_table(const std::vector<Stream>& streams, Measured& measured) {
    fmt::print(
        "\n| state | events | | no snapshots | every 10 | every 100 | every 1,000 | every "
        "10,000 |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (const auto& stream : streams) {
        for (const bool is_cold : {false, true}) {
            fmt::print("| {} | {} | {} |", sizes[stream.size].name, stream.length,
                       is_cold ? "cold" : "warm");
            for (std::uint32_t r = revision_without; r <= revision_of(intervals.size() - 1); ++r) {
                const auto found = measured.results[&stream].find(r);
                if (found == measured.results[&stream].end()) {
                    fmt::print(" |");
                } else {
                    fmt::print(" {:.1f} |",
                               (is_cold ? found->second.cold : found->second.warm) * 1e6);
                }
            }
            fmt::print("\n");
        }
    }
}

// The longest stream with a snapshot every 100, as a multiple of one of 99 events without; in
// turns.
template <class Load>
double ratio(const Stream& longest, const Stream& hundred, int turns, const Load& load) {
    constexpr std::size_t every_100 = 1;
    std::vector<double> ratios;
    for (int i = 0; i != turns; ++i) {
        const auto base = load(hundred, revision_without);
        ratios.push_back(load(longest, revision_of(every_100)) / base);
    }
    return median(std::move(ratios));
}

void print_ratios(const std::vector<Stream>& streams, Measured& measured, Loader& loader,
                  const WorkDirectory& work, std::unique_ptr<EventStore>& store, bool smoke) {
    for (std::size_t size = 0; size != sizes.size(); ++size) {
        const Stream* hundred = nullptr;
        const Stream* longest = nullptr;
        for (const auto& stream : streams) {
            if (stream.size == size) {
                hundred = stream.length == 99 ? &stream : hundred;
                longest = &stream;
            }
        }
        const auto cold = ratio(*longest, *hundred, smoke ? 1 : 25,
                                [&](const Stream& stream, std::uint32_t revision) {
                                    return cold_once(loader, work, store, stream, revision);
                                });
        const auto warm = ratio(*longest, *hundred, smoke ? 2 : 1'000,
                                [&](const Stream& stream, std::uint32_t revision) {
                                    return loader.load(*store, stream, revision);
                                });
        const auto without = measured.results[longest][revision_without];
        const auto fold_ns = without.warm * 1e9 / static_cast<double>(longest->length);
        fmt::print(
            "{}: {} events with a snapshot every 100, of 99 events without: warm {:.2f}, "
            "cold {:.2f}; a fold from the store runs at {:.2f} of merging in memory "
            "({:.0f} of {:.0f} ns an event)\n",
            sizes[size].name, longest->length, warm, cold, longest->bare_ns / fold_ns, fold_ns,
            longest->bare_ns);
    }
}

void draw(const std::filesystem::path& directory, const std::vector<Stream>& streams,
          Measured& measured) {
    for (std::size_t size = 0; size != sizes.size(); ++size) {
        for (const bool is_cold : {false, true}) {
            const auto file = fmt::format("state_load_{}_bytes_{}.svg", size == 0 ? 500 : 10'000,
                                          is_cold ? "cold" : "warm");
            write_chart(directory / file, chart_of(streams, measured, size, is_cold));
        }
    }
}

int run(const Options& options) {
    const WorkDirectory work(options, "state_load");
    const std::vector<std::uint64_t> lengths =
        options.smoke ? std::vector<std::uint64_t>{10, 100, 1'000}
                      : std::vector<std::uint64_t>{10, 100, 1'000, 10'000, 100'000, 1'000'000};
    fmt::print("state_load, {}\n", machine(work.path()));
    auto store = open_journaled_store(config_of(work));
    std::vector<Stream> streams;
    for (std::size_t size = 0; size != sizes.size(); ++size) {
        for (const auto length : lengths) {
            streams.push_back(
                {{"perf", fmt::format("{}-{}", size, length)}, size, length - 1, {}, {}});
        }
    }
    for (auto& stream : streams) {
        fill(*store, stream);
        save(*store, stream);
    }
    // Everything settled and nothing in the store's memory, as after a restart.
    store.reset();
    store = open_journaled_store(config_of(work));
    Loader loader;
    Measured measured;
    for (const auto& stream : streams) {
        for (std::uint32_t r = revision_without; r <= revision_of(intervals.size() - 1); ++r) {
            if (r != revision_without && stream.length < intervals[r - 2]) {
                continue;  // no snapshot yet
            }
            auto& result = measured.results[&stream][r];
            result.warm = warm(loader, *store, stream, r, options.smoke);
            result.cold = cold(loader, work, store, stream, r, options.smoke);
        }
    }
    print_table(streams, measured);
    fmt::print("\n");
    print_ratios(streams, measured, loader, work, store, options.smoke);
    for (std::size_t i = 0; i + 1 < options.rest.size(); ++i) {
        if (options.rest[i] == "--charts") {
            draw(options.rest[i + 1], streams, measured);
        }
    }
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
