// What does a verified compaction of a long stream cost, and what does it give back?
//
// Unit: events/s, and their share of the bare rate in the same run, which is what cannot be saved:
// each event parsed, merged into the state and hashed into the chain, in memory, on one thread.
// Merge patches of about 200 bytes, 1,000,000 a stream, of which the newest 1,000 stay; the store
// is idle otherwise, and the streams' states are served from memory. Medians of 3 rounds, each of a
// stream of its own. How the time splits: reading
// and folding again; writing the anchor; comparing it with the kept events and the served state;
// cutting; reclaiming. Then the memory of a job above that of the idle service, in MiB (anonymous
// memory, looked at every 2 ms), and the bytes of the file after compaction and after a vacuum, as
// shares of those that live.
// It checks the report against the fold in memory, that the events are gone, and the state after.
//
// Usage: compaction [--smoke] [--data DIR]

#include "actors/compaction/compactions.hpp"
#include "actors/deciders/merge_patch.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "actors/service.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "storage/chain_hash.hpp"
#include "storage/journaled/journaled_store.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace firn::perf {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::size_t batch = 1'000;

struct Size {
    std::uint64_t events;
    std::uint64_t keep_last;
    std::size_t rounds;
};

StreamName stream_of(std::size_t round) {
    return {"history", std::to_string(round)};
}

// The same ones for each round, a batch at a time.
class Patches {
public:
    std::vector<std::string> next(std::size_t count) {
        std::vector<std::string> patches;
        for (std::size_t i = 0; i != count; ++i) {
            patches.push_back(data_of(random_));
        }
        return patches;
    }

private:
    std::mt19937_64 random_{42};
};

EventId id_of(std::uint64_t version) {
    EventId id{};
    std::memcpy(id.data(), &version, sizeof(version));
    return id;
}

void fill(EventStore& store, const Size& size, std::size_t round) {
    Patches source;
    for (std::uint64_t version = 0; version != size.events;) {
        auto events = std::make_shared<EncodedEvents>();
        for (const auto& data :
             source.next(std::min<std::uint64_t>(batch, size.events - version))) {
            events->add({.id = id_of(++version), .type = "LinesChanged", .data = data});
        }
        Transaction transaction;
        transaction.writes.push_back({.stream = stream_of(round), .events = events});
        check(!store.commit({&transaction, 1}).front().error, "an append was refused");
    }
}

struct Bare {
    double per_second = 0;
    Hash state_hash{};
};

// Of the events that will be deleted.
Bare fold_in_memory(const Size& size) {
    const auto engine = make_merge_patch_engine();
    const auto state = engine->initial();
    auto chain = chain_start("history", "0");
    Patches source;
    std::chrono::nanoseconds spent{0};
    const auto events = size.events - size.keep_last;
    for (std::uint64_t version = 0; version != events;) {
        const auto patches = source.next(std::min<std::uint64_t>(batch, events - version));
        const auto began = Clock::now();
        for (const auto& data : patches) {
            EventView event;
            event.version = Version{++version};
            event.id = id_of(version);
            event.type = "LinesChanged";
            event.data = data;
            check(!state->evolve(event), "a patch did not merge");
            chain = chain_next(chain, event);
        }
        spent += Clock::now() - began;
    }
    std::string text;
    check(!state->write_json(text), "a state could not be written");
    const auto value = parse_json(text);
    check(value.has_value() && chain != Hash{}, "a state is no JSON");
    return {static_cast<double>(events) / std::chrono::duration<double>(spent).count(),
            state_hash(*value)};
}

// When each step of the compaction at hand was reached, on whatever thread.
class Steps {
public:
    void reached(std::string_view step) {
        const std::scoped_lock lock(mutex_);
        at_[std::string(step)] = Clock::now();
    }
    [[nodiscard]] double between(const std::string& from, const std::string& to) const {
        const std::scoped_lock lock(mutex_);
        return std::chrono::duration<double>(at_.at(to) - at_.at(from)).count();
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, Clock::time_point> at_;
};

class PeakMemory {
public:
    PeakMemory() : before_(anonymous_bytes()), peak_(before_), thread_([this] { look(); }) {}
    ~PeakMemory() { (void)end(); }
    PeakMemory(const PeakMemory&) = delete;
    PeakMemory& operator=(const PeakMemory&) = delete;

    // Above what there was when it began, in MiB.
    double end() {
        ended_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
        return static_cast<double>(peak_ - before_) / (1 << 20);
    }

private:
    void look() {
        while (!ended_) {
            peak_ = std::max(peak_, anonymous_bytes());
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }

    const std::uint64_t before_;
    std::uint64_t peak_;
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

// A service with one thread of its own.
class Served {
public:
    explicit Served(const JournaledConfig& store)
        : service_(std::make_unique<Service>(io_.get_executor(), config_of(),
                                             open_journaled_store(store))),
          thread_([this] { io_.run(); }) {}
    ~Served() {
        service_->stop();
        guard_.reset();
        thread_.join();
    }
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;

    Service& service() { return *service_; }
    [[nodiscard]] const Steps& steps() const { return steps_; }

    void declare() {
        CategorySettings settings;
        settings.decider = DeciderSpec{};
        const auto outcome = wait_for(service_->set_category("history", std::move(settings)));
        check(!outcome.error, "the decider was refused: " + outcome.error.message());
    }
    CompactionReport compact(const StreamName& stream, std::uint64_t keep_last) {
        CompactionOptions options;
        options.keep_last = keep_last;
        const auto compactions = service_->compactions();
        const auto begun = wait_for(compactions->start(stream, options));
        check(begun.has_value(), "the compaction was refused: " + begun.error().message());
        const auto id = (*begun)->id;
        wait_for(compactions->wait(id, std::chrono::minutes(10)));
        const auto found = compactions->find(id);
        check(found.has_value(), "the report is gone");
        return *std::get<Compactions::Report>(*found);
    }
    void vacuum() { check(wait_for(service_->vacuum()).has_value(), "the vacuum failed"); }
    StateResult state(const StreamName& stream) {
        return wait_for(service_->state(stream, std::nullopt));
    }

    template <class T>
    T wait_for(asio::awaitable<T> work) {
        return asio::co_spawn(io_, std::move(work), asio::use_future).get();
    }

private:
    ServiceConfig config_of() {
        ServiceConfig config;
        config.snapshots.every = 0;
        config.compaction.at_step = [this](std::string_view step) { steps_.reached(step); };
        return config;
    }

    Steps steps_;
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
    std::unique_ptr<Service> service_;
    std::thread thread_;
};

struct Series {
    std::vector<double> bare;
    std::vector<double> rate;
    std::vector<double> share;
    std::vector<double> replay;
    std::vector<double> anchor;
    std::vector<double> verify;
    std::vector<double> cut;
    std::vector<double> reclaim;
    std::vector<double> memory;
};

void measure(Served& served, const Size& size, std::size_t round, Series& series) {
    const auto bare = fold_in_memory(size);
    const auto stream = stream_of(round);
    // What the compaction is compared with is served, so it is in memory.
    check(served.state(stream).has_value(), "the state cannot be read");
    ::malloc_trim(0);
    PeakMemory memory;
    const auto report = served.compact(stream, size.keep_last);
    series.memory.push_back(memory.end());
    const auto deleted = size.events - size.keep_last;
    check(report.status == CompactionStatus::succeeded, "it did not succeed: " + report.reason);
    check(report.events_deleted == deleted && report.verification &&
              report.verification->state_hash_replayed == bare.state_hash,
          "the report is not what the fold in memory says");
    const auto facts = served.service().store().facts(stream);
    check(facts && facts->first_version == Version{deleted + 1} && facts->events == size.keep_last,
          "the events are not gone");
    const auto state = served.state(stream);
    check(state.has_value() && state->version == Version{size.events}, "the state is not there");

    const auto& steps = served.steps();
    const auto spent = steps.between("planned", "reclaimed");
    series.bare.push_back(bare.per_second);
    series.rate.push_back(static_cast<double>(deleted) / spent);
    series.share.push_back(series.rate.back() / bare.per_second);
    series.replay.push_back(steps.between("planned", "replayed") / spent);
    series.anchor.push_back(steps.between("replayed", "after the anchor") / spent);
    series.verify.push_back(steps.between("after the anchor", "verified") / spent +
                            steps.between("verified", "before the cut") / spent);
    series.cut.push_back(steps.between("before the cut", "after the cut") / spent);
    series.reclaim.push_back(steps.between("after the cut", "reclaimed") / spent);
}

int run(const Options& options) {
    const auto size = options.smoke ? Size{5'000, 100, 1} : Size{1'000'000, 1'000, 3};
    const WorkDirectory work(options, "compaction");
    fmt::print("# compacting streams of {} merge patches of 200 bytes, of which {} stay\n# {}\n",
               size.events, size.keep_last, machine(work.path()));
    std::fflush(stdout);
    JournaledConfig config;
    config.directory = work.path() / "store";
    {
        const auto store = open_journaled_store(config);
        for (std::size_t round = 0; round != size.rounds; ++round) {
            fill(*store, size, round);
        }
    }  // closing settles everything
    Served served(config);
    served.declare();
    Series series;
    for (std::size_t round = 0; round != size.rounds; ++round) {
        measure(served, size, round, series);
    }
    fmt::print("{:>14} {:>14} {:>7}\n{:>14.0f} {:>14.0f} {:>7.2f}\n", "bare ev/s", "firn ev/s",
               "share", median(series.bare), median(series.rate), median(series.share));
    fmt::print(
        "of the time: replay {:.2f}, anchor {:.2f}, verification {:.2f}, cut {:.2f}, "
        "reclaiming {:.2f}\n",
        median(series.replay), median(series.anchor), median(series.verify), median(series.cut),
        median(series.reclaim));
    fmt::print("memory of a job: {:.1f} MiB above the idle service\n", median(series.memory));
    const auto before = served.service().stats().store;
    served.vacuum();
    const auto after = served.service().stats().store;
    const auto share = [](const StoreStats& stats) {
        return static_cast<double>(stats.bytes_file) / static_cast<double>(stats.bytes_live);
    };
    fmt::print(
        "file: {:.1f} MiB, {:.2f} times what lives in it; after a vacuum {:.1f} MiB, {:.3f} "
        "times\n",
        static_cast<double>(before.bytes_file) / (1 << 20), share(before),
        static_cast<double>(after.bytes_file) / (1 << 20), share(after));
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
