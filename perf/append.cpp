// How many durable appends a second, against what the disk does?
//
// Unit: events/s, and the share of raw appends of the same bytes (O_DIRECT|O_DSYNC, padded to
// blocks, into a zeroed file) in the same run. 200-byte events, 10,000 streams at random, 500,000
// events there beforehand, long enough that the store settles meanwhile. Beside groups of 256: one
// LMDB record per event and an index by position, two flushes a commit.
// It checks that every event is there afterwards, at its version.

#include "perf/support/commits.hpp"
#include "perf/support/lmdb_events.hpp"
#include "perf/support/raw_file.hpp"
#include "storage/journaled/journaled_store.hpp"

#include <fmt/format.h>

#include <optional>

namespace firn::perf {

namespace {

constexpr std::size_t rounds = 3;

struct Size {
    std::size_t streams;
    std::size_t preload;
    std::size_t scale;        // events measured are divided by this
    std::uint64_t raw_bytes;  // of the file that is zeroed
};

double ours(EventStore& store, Load& load, std::size_t group, std::size_t events) {
    return pace_of(
               group, [&](std::size_t size) { return load.group(size); },
               [&](const std::vector<Transaction>& made) { commit(store, made); },
               events_in_all(group, events))
        .per_second();
}

double raw(const std::filesystem::path& directory, std::uint64_t file_bytes, std::size_t group,
           std::size_t event_bytes, std::size_t events) {
    RawFile file(directory / "raw", RawFile::Way::direct, file_bytes);
    const auto spent = seconds([&] {
        for (std::size_t done = 0; done < events; done += group) {
            file.append(group * event_bytes);
        }
    });
    return static_cast<double>(events) / spent;
}

double one_record_per_event(const std::filesystem::path& directory, const Size& size,
                            std::size_t events) {
    LmdbEvents plain(directory / "plain.mdb", LmdbEvents::Layout::stream, lmdb::Access::writing);
    Load load(size.streams);
    for (std::size_t done = 0; done < size.preload; done += 4096) {
        plain.commit(load.plain_group(4096));
    }
    return pace_of(
               256, [&](std::size_t group) { return load.plain_group(group); },
               [&](const std::vector<PlainEvent>& made) { plain.commit(made); },
               events_in_all(256, events))
        .per_second();
}

void check_versions(const EventStore& store, const Load& load) {
    std::uint64_t total = 0;
    for (std::size_t stream = 0; stream < load.versions().size(); ++stream) {
        const auto head = store.head_version({"perf", std::to_string(stream)});
        check(head.has_value() && head->value() == load.versions()[stream],
              fmt::format("stream {} has a wrong version", stream));
        total += load.versions()[stream];
    }
    check(store.head_position().value() == total, "the head position is wrong");
}

int run(const Options& options) {
    const auto size =
        options.smoke ? Size{100, 5'000, 400, 8u << 20} : Size{10'000, 500'000, 1, 64u << 20};
    const WorkDirectory work(options, "append");
    fmt::print("# durable appends, 200-byte events, {} streams, {} events before\n# {}\n",
               size.streams, size.preload, machine(work.path()));

    JournaledConfig config;
    config.directory = work.path() / "store";
    std::unique_ptr<EventStore> store;
    std::optional<Load> load;
    // Each group size begins with the same store.
    const auto start_over = [&] {
        store.reset();
        std::filesystem::remove_all(config.directory);
        store = open_journaled_store(config);
        load.emplace(size.streams);
        for (std::size_t done = 0; done < size.preload; done += 1000) {
            commit(*store, load->group(1000));
        }
        return load->bytes() / size.preload;
    };
    fmt::print("{:>6} {:>12} {:>12} {:>7}\n", "group", "raw ev/s", "ours ev/s", "share");

    double ours_256 = 0;
    for (const auto& [group, events] : std::vector<std::pair<std::size_t, std::size_t>>{
             {1, 40'000}, {16, 400'000}, {64, 800'000}, {256, 1'600'000}}) {
        // `append 256`: only groups of that size.
        if (!options.rest.empty() && options.rest.front() != std::to_string(group)) {
            continue;
        }
        const auto event_bytes = start_over();
        std::vector<double> raws;
        std::vector<double> owns;
        std::vector<double> shares;
        const auto wanted = std::max(events / size.scale / group, std::size_t{2}) * group;
        for (std::size_t round = 0; round < rounds; ++round) {
            raws.push_back(raw(work.path(), size.raw_bytes, group, event_bytes,
                               wanted / 4 / group * group + group));
            owns.push_back(ours(*store, *load, group, wanted));
            shares.push_back(owns.back() / raws.back());
        }
        fmt::print("{:>6} {:>12.0f} {:>12.0f} {:>7.2f}\n", group, median(raws), median(owns),
                   median(shares));
        std::fflush(stdout);
        ours_256 = median(owns);
        check_versions(*store, *load);
    }
    const auto plain = one_record_per_event(work.path(), size, (options.smoke ? 256 : 51'200));
    fmt::print("one LMDB record per event, groups of 256: {:.0f} ev/s; ours is {:.1f} times that\n",
               plain, ours_256 / plain);

    // Bytes: written while settling, held after it.
    const auto before = disk_bytes_written(work.path());
    const auto events_before = store->head_position();
    ours(*store, *load, 256, (options.smoke ? 2'560 : 512'000));
    store.reset();
    const auto written = disk_bytes_written(work.path()) - before;
    store = open_journaled_store(config);
    const auto added = store->head_position().since(events_before);
    const auto stats = store->stats();
    check_versions(*store, *load);
    fmt::print("written per event in groups of 256, settling included: {:.0f} B\n",
               static_cast<double>(written) / static_cast<double>(added));
    fmt::print("held per event after settling, journal aside: {:.0f} B live, {:.0f} B file\n",
               static_cast<double>(stats.bytes_live) / static_cast<double>(stats.events),
               static_cast<double>(stats.bytes_file) / static_cast<double>(stats.events));
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
