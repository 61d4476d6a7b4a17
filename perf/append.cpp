// How many durable appends a second, against what the disk does?
//
// Unit: events/s, and the share of raw appends of the same bytes (O_DIRECT|O_DSYNC, padded to
// blocks, into a zeroed file) in the same run. 200-byte events, 10,000 streams at random, 500,000
// events there beforehand, long enough that the store settles meanwhile. Beside groups of 256: one
// LMDB record per event and an index by position, two flushes a commit.
// It checks that every event is there afterwards, at its version.

#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "storage/journal/segment.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/keys.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <optional>
#include <random>

namespace firn::perf {

namespace {

constexpr std::size_t rounds = 3;

struct Size {
    std::size_t streams;
    std::size_t preload;
    std::size_t scale;  // events measured are divided by this
};

void append(EventStore& store, std::span<const Transaction> group) {
    for (const auto& outcome : store.commit(group)) {
        check(!outcome.error, "an append was refused: " + outcome.error.message());
    }
}

// Groups are made beforehand, in batches, so that only the store's work is timed.
double ours(EventStore& store, Load& load, std::size_t group, std::size_t events) {
    double spent = 0;
    constexpr std::size_t batch_events = 65536;
    for (std::size_t done = 0; done < events;) {
        std::vector<std::vector<Transaction>> groups;
        for (std::size_t n = 0; n < batch_events && done < events; n += group, done += group) {
            groups.push_back(load.group(group));
        }
        spent += seconds([&] {
            for (const auto& made : groups) {
                append(store, made);
            }
        });
    }
    return static_cast<double>(events) / spent;
}

double raw(const std::filesystem::path& directory, std::size_t group, std::size_t event_bytes,
           std::size_t events) {
    constexpr std::uint64_t file_bytes = 64u << 20;
    auto segment = journal::Segment::create(directory / "raw.segment", 1, file_bytes);
    check(segment.has_value(), "cannot make the raw file");
    journal::AlignedBuffer record;
    const auto record_bytes = group * event_bytes;
    record.reserve(journal::padded(record_bytes));
    std::memset(record.data(), 'x', record.capacity());
    double spent = 0;
    for (std::size_t done = 0; done < events; done += group) {
        if (!segment->has_room_for(record_bytes)) {
            check(!segment->begin(1, 1), "cannot start the raw file over");
        }
        spent +=
            seconds([&] { check(!segment->append(record, record_bytes), "a raw append failed"); });
    }
    std::filesystem::remove(directory / "raw.segment");
    return static_cast<double>(events) / spent;
}

// What a store does that keeps an LMDB record per event: key (stream, version), index by position.
double one_record_per_event(const std::filesystem::path& directory, const Size& size,
                            std::size_t events) {
    lmdb::Environment environment(directory / "plain.mdb", std::size_t{16} << 30);
    std::mt19937_64 random{7};
    std::vector<std::uint64_t> versions(size.streams);
    std::uint64_t position = 0;
    const auto commit = [&](std::size_t group) {
        auto transaction = environment.write();
        for (std::size_t i = 0; i < group; ++i) {
            const StreamNumber stream{random() % size.streams + 1};
            const Version version{++versions[stream.value() - 1]};
            transaction.put(lmdb::Table::chunks, lmdb::chunk_key(stream, version), data_of(random));
            transaction.append(lmdb::Table::positions, lmdb::position_key(Position{++position}),
                               lmdb::chunk_key(stream, version));
        }
        transaction.commit();
    };
    for (std::size_t done = 0; done < size.preload; done += 4096) {
        commit(4096);
    }
    const auto spent = seconds([&] {
        for (std::size_t done = 0; done < events; done += 256) {
            commit(256);
        }
    });
    return static_cast<double>(events) / spent;
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
    const auto size = options.smoke ? Size{100, 5'000, 400} : Size{10'000, 500'000, 1};
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
            append(*store, load->group(1000));
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
            raws.push_back(
                raw(work.path(), group, event_bytes, wanted / 4 / group * group + group));
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
