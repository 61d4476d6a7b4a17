// What can the machine do at most, and how much of that is Firn's store?
//
// Unit: events/s, by events a group (a group is durable before the next one begins), and Firn's
// share of each limit: the median over the rounds of each round's own share. Each event is 230
// bytes of JSON, of 10,000 streams at random, 200,000 events there beforehand; the same for all.
//   file     appended to, nothing else: growing or zeroed beforehand with fdatasync; as Firn's
//            journal writes (direct)
//   LMDB     a transaction a group, synced or not: a log by position, and records by stream with
//            an index by position, as a store would need them
//   Firn     commit() of the journaled store, expected versions checked; and the same when the
//            time is counted until all has settled and the store is closed
// Beside it what a thread does in memory with such an event: check its JSON, parse it, encode the
// event, fold it by merge patch, hash it into the chain (SHA-256 by OpenSSL).
// Everything in turns, with nothing of another measurement left to write. Making the events is not
// timed; Firn and LMDB have that pause after each batch: 1,024 groups, or 65,536 events.
// It checks what Firn and LMDB hold in the end, and the results in memory.
//
// --rounds 5, --seconds 1 (of each measurement), --json FILE (each round's numbers),
// --groups 1,16,64,256 (of so many events), --file (what the file takes, nothing else)

#include "perf/support/commits.hpp"
#include "perf/support/lmdb_events.hpp"
#include "perf/support/memory_limits.hpp"
#include "perf/support/raw_file.hpp"
#include "perf/support/results.hpp"
#include "storage/journaled/journaled_store.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace firn::perf {

namespace {

constexpr std::size_t event_bytes = 230;
using Groups = std::vector<std::size_t>;

struct Size {
    std::size_t rounds;
    double seconds;
    std::size_t streams;
    std::size_t preload;
    std::uint64_t raw_bytes;  // of the files that are zeroed
};

Size size_of(const Options& options) {
    auto size = options.smoke ? Size{1, 0.01, 100, 2'048, 8u << 20}
                              : Size{5, 1, 10'000, 200'000, 64u << 20};
    if (const auto rounds = options.value("--rounds"); !rounds.empty()) {
        size.rounds = std::stoul(rounds);
    }
    if (const auto seconds = options.value("--seconds"); !seconds.empty()) {
        size.seconds = std::stod(seconds);
    }
    check(size.rounds > 0 && size.seconds > 0, "--rounds and --seconds must be positive");
    return size;
}

// Until the time is up. A batch is what the time that is left may take.
template <class Make, class Commit>
Pace pace_for(double for_seconds, std::size_t group, const Make& make, const Commit& commit_one) {
    constexpr std::size_t first = 16;
    return pace_of(group, make, commit_one, [=](const Pace& pace) {
        if (pace.events == 0) {
            return first;
        }
        const auto left = (for_seconds - pace.seconds) * pace.per_second();
        const auto count = static_cast<std::size_t>(std::max(left, 0.0)) / group;
        return std::min({count, std::size_t{1'024}, 65'536 / group});
    });
}

class RawLimit {
public:
    RawLimit(std::filesystem::path file, RawFile::Way way, const Size& size)
        : path_(std::move(file)), way_(way), file_bytes_(size.raw_bytes) {}

    std::vector<double> measure(std::size_t group, double for_seconds) {
        if (!file_ || way_ == RawFile::Way::growing) {
            file_.reset();
            file_.emplace(path_, way_, file_bytes_);
        }
        std::uint64_t events = 0;
        const auto began = std::chrono::steady_clock::now();
        for (;;) {
            file_->append(group * event_bytes);
            events += group;
            const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
            if (spent.count() >= for_seconds) {
                return {static_cast<double>(events) / spent.count()};
            }
        }
    }

private:
    std::filesystem::path path_;
    RawFile::Way way_;
    std::uint64_t file_bytes_;
    std::optional<RawFile> file_;
};

class LmdbLimit {
public:
    LmdbLimit(std::filesystem::path file, LmdbEvents::Layout layout, lmdb::Access access,
              const Size& size)
        : layout_(layout), load_(size.streams, event_bytes), file_(std::move(file)) {
        // Without syncs, and then as it is measured.
        events_.emplace(file_, layout, lmdb::Access::copying);
        for (std::size_t done = 0; done < size.preload; done += 1'024) {
            events_->commit(made(1'024));
        }
        events_->sync();
        if (access == lmdb::Access::writing) {
            const auto committed = events_->committed();
            events_.reset();
            events_.emplace(file_, layout, access, committed);
        }
    }

    std::vector<double> measure(std::size_t group, double for_seconds) {
        const auto pace = pace_for(
            for_seconds, group, [&](std::size_t events) { return made(events); },
            [&](const std::vector<PlainEvent>& group_made) { events_->commit(group_made); });
        events_->sync();
        return {pace.per_second()};
    }
    void check_all() const {
        const std::uint64_t records_each = layout_ == LmdbEvents::Layout::log ? 1 : 2;
        check(events_->records() == records_each * events_->committed(),
              "LMDB holds another number of records");
        check(events_->holds(events_->committed(), last_), "LMDB lost the last event");
    }

private:
    // Whatever is made is committed.
    std::vector<PlainEvent> made(std::size_t group) {
        auto events = load_.plain_group(group);
        last_ = events.back();
        return events;
    }

    LmdbEvents::Layout layout_;
    Load load_;
    std::filesystem::path file_;
    std::optional<LmdbEvents> events_;
    PlainEvent last_;
};

class FirnLimit {
public:
    FirnLimit(const std::filesystem::path& directory, const Size& size)
        : load_(size.streams, event_bytes) {
        config_.directory = directory;
        store_ = open_journaled_store(config_);
        for (std::size_t done = 0; done < size.preload; done += 1'024) {
            commit(*store_, load_.group(1'024));
        }
    }

    // Of commits; and until all of them have settled.
    std::vector<double> measure(std::size_t group, double for_seconds) {
        // The heads of the streams in memory, as in a store that has run for a while.
        for (std::size_t done = 0; done < 3 * load_.versions().size(); done += 1'024) {
            commit(*store_, load_.group(1'024));
        }
        wait_until_settled();
        const auto pace = pace_for(
            for_seconds, group, [&](std::size_t events) { return load_.group(events); },
            [&](const std::vector<Transaction>& made) { commit(*store_, made); });
        const auto closing = seconds([&] { store_.reset(); });
        store_ = open_journaled_store(config_);
        return {pace.per_second(), static_cast<double>(pace.events) / (pace.seconds + closing)};
    }
    void check_all() const {
        std::uint64_t total = 0;
        for (std::size_t stream = 0; stream < load_.versions().size(); ++stream) {
            const auto head = store_->head_version({"perf", std::to_string(stream)});
            check(head && head->value() == load_.versions()[stream],
                  fmt::format("stream {} has a wrong version", stream));
            total += load_.versions()[stream];
        }
        check(store_->stats().events == total, "Firn holds another number of events");
    }

private:
    void wait_until_settled() const {
        while (store_->stats().pending_events > 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    Load load_;
    JournaledConfig config_;
    std::unique_ptr<EventStore> store_;
};

using Rounds = std::vector<double>;

// One row of the table or two: what one measurement gives.
struct Limit {
    std::vector<std::string> names;
    std::function<std::vector<double>(std::size_t, double)> measure;
    std::vector<std::vector<Rounds>> rounds = {};  // by name, by group
};

double share_of(const Rounds& ours, const Rounds& limit) {
    Rounds shares;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        shares.push_back(ours[i] / limit[i]);
    }
    return median(std::move(shares));
}

constexpr std::size_t name_width = 44;

// `ours`: Firn's own rounds, by group; null if it was not measured.
void print_durable(const std::vector<Limit>& limits, const Groups& groups,
                   const std::vector<Rounds>* ours, Results& results) {
    fmt::print("{:<{}}", "events/s, by events a group", name_width);
    for (const auto group : groups) {
        fmt::print(" {:>12}", group);
    }
    fmt::print("{}\n", ours == nullptr ? "" : "   Firn's share");
    for (const auto& limit : limits) {
        for (std::size_t i = 0; i < limit.names.size(); ++i) {
            fmt::print("{:<{}}", limit.names[i], name_width);
            for (std::size_t g = 0; g < groups.size(); ++g) {
                fmt::print(" {:>12.0f}", median(limit.rounds[i][g]));
                results.add(limit.names[i], "group", groups[g], "events/s", limit.rounds[i][g]);
            }
            fmt::print("{}", ours == nullptr ? "" : "  ");
            for (std::size_t g = 0; ours != nullptr && g < groups.size(); ++g) {
                fmt::print(" {:.2f}", share_of((*ours)[g], limit.rounds[i][g]));
            }
            fmt::print("\n");
        }
    }
}

// `ours`: Firn's rounds in the last of the groups.
void measure_memory(const Size& size, std::size_t events, std::size_t group, const Rounds& ours,
                    Results& results) {
    MemoryLimits memory(events, event_bytes);
    std::array<std::pair<const char*, std::function<double()>>, 5> limits{
        {{"check the JSON", [&] { return memory.check_json(); }},
         {"parse the JSON", [&] { return memory.parse(); }},
         {"encode the event", [&] { return memory.encode(); }},
         {"fold it by merge patch", [&] { return memory.fold(); }},
         {"SHA-256 into the chain", [&] { return memory.hash(); }}}};
    std::array<Rounds, limits.size()> rounds;
    for (std::size_t round = 0; round < size.rounds; ++round) {
        for (std::size_t i = 0; i < limits.size(); ++i) {
            rounds[i].push_back(limits[i].second());
        }
    }
    fmt::print("\n{:<{}} {:>12}   share of Firn's commits in groups of {}\n",
               "events/s, one thread in memory", name_width, "", group);
    for (std::size_t i = 0; i < limits.size(); ++i) {
        fmt::print("{:<{}} {:>12.0f}   {:.2f}\n", limits[i].first, name_width, median(rounds[i]),
                   share_of(ours, rounds[i]));
        results.add(limits[i].first, "", 0, "events/s", rounds[i]);
    }
}

Groups groups_of(const Options& options) {
    auto text = options.value("--groups");
    if (text.empty()) {
        return {1, 16, 64, 256};
    }
    Groups groups;
    for (char* at = text.data(); *at != '\0';) {
        char* end = nullptr;
        groups.push_back(std::strtoul(at, &end, 10));
        check(end != at && groups.back() > 0 && (*end == ',' || *end == '\0'),
              "--groups takes numbers with commas between them");
        at = *end == ',' ? end + 1 : end;
    }
    return groups;
}

int run(const Options& options) {
    const auto size = size_of(options);
    const auto groups = groups_of(options);
    const bool file_alone = options.has("--file");
    const WorkDirectory work(options, "limits");
    const auto about = machine(work.path());
    Results results("limits", about);
    fmt::print("# {} rounds of {} s, events of {} bytes, {} streams, {} events before\n# {}\n",
               size.rounds, size.seconds, event_bytes, size.streams, size.preload, about);
    std::fflush(stdout);

    std::vector<Limit> limits;
    std::vector<std::unique_ptr<RawLimit>> raws;
    for (const auto& [name, way] : {std::pair{"file, growing, fdatasync", RawFile::Way::growing},
                                    {"file, zeroed before, fdatasync", RawFile::Way::preallocated},
                                    {"file, zeroed before, direct", RawFile::Way::direct}}) {
        raws.push_back(std::make_unique<RawLimit>(work.path() / fmt::format("{}.raw", raws.size()),
                                                  way, size));
        limits.push_back({{name}, std::bind_front(&RawLimit::measure, raws.back().get())});
    }
    using Layout = LmdbEvents::Layout;
    using lmdb::Access;
    std::vector<std::unique_ptr<LmdbLimit>> lmdbs;
    std::optional<FirnLimit> firn;
    if (!file_alone) {
        for (const auto& [name, layout, access] :
             {std::tuple{"LMDB, log, synced", Layout::log, Access::writing},
              {"LMDB, by stream, synced", Layout::stream, Access::writing},
              {"LMDB, log, not durable", Layout::log, Access::copying},
              {"LMDB, by stream, not durable", Layout::stream, Access::copying}}) {
            lmdbs.push_back(std::make_unique<LmdbLimit>(
                work.path() / fmt::format("{}.mdb", lmdbs.size()), layout, access, size));
            limits.push_back({{name}, std::bind_front(&LmdbLimit::measure, lmdbs.back().get())});
        }
        firn.emplace(work.path() / "store", size);
        limits.push_back({{"Firn's store", "Firn's store, until settled and closed"},
                          std::bind_front(&FirnLimit::measure, &*firn)});
    }

    for (auto& limit : limits) {
        limit.rounds.assign(limit.names.size(), std::vector<Rounds>(groups.size()));
    }
    for (std::size_t round = 0; round < size.rounds; ++round) {
        for (std::size_t g = 0; g < groups.size(); ++g) {
            for (auto& limit : limits) {
                const auto rates = limit.measure(groups[g], size.seconds);
                for (std::size_t i = 0; i < rates.size(); ++i) {
                    limit.rounds[i][g].push_back(rates[i]);
                }
            }
        }
    }
    for (const auto& lmdb : lmdbs) {
        lmdb->check_all();
    }
    if (firn) {
        firn->check_all();
    }
    const auto* const ours = firn ? &limits.back().rounds.front() : nullptr;
    print_durable(limits, groups, ours, results);
    if (ours != nullptr) {
        measure_memory(size, options.smoke ? 1'000 : 100'000, groups.back(), ours->back(), results);
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
