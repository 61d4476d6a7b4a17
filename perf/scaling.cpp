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
#include "perf/support/in_process.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "perf/support/raw_file.hpp"
#include "perf/support/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

namespace firn::perf {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::size_t event_bytes = 230;
constexpr std::uint64_t events_a_request = 10;
constexpr std::uint64_t snapshot_every = 70;
constexpr std::size_t loaders = 512;
constexpr std::size_t in_flight = 64;

struct Shape {
    std::uint64_t events;
    std::uint64_t streams;
};

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

float us_since(Clock::time_point began) {
    return std::chrono::duration<float, std::micro>(Clock::now() - began).count();
}

StreamName name_of(std::uint64_t stream) {
    return {"perf", fmt::format("stream-{:07}", stream)};
}

// A store that is loaded, measured and looked over.
class Store {
public:
    Store(std::filesystem::path directory, const Shape& shape)
        : shape_(shape), versions_(shape.streams) {
        config_.data = std::move(directory);
        config_.snapshots.every = 0;  // they are taken while it is loaded
        open();
    }
    ~Store() { close(); }
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    double load();    // events/s
    double reopen();  // milliseconds
    double reopen_cold();
    void check_all() const;

    // Distinct streams at random.
    [[nodiscard]] std::vector<std::uint64_t> sample(std::size_t count);
    double states(const std::vector<std::uint64_t>& streams);
    double appends(const std::vector<std::uint64_t>& streams);
    double appends_in_flight(const std::vector<std::uint64_t>& streams, std::uint64_t count);
    [[nodiscard]] StoreStats stats() const { return service_->stats().store; }

private:
    void open() { service_.emplace(io_.get_executor(), config_); }
    void close() {
        if (service_) {
            service_->stop();
            service_.reset();
        }
    }
    [[nodiscard]] AppendRequest request(std::uint64_t stream, std::uint64_t events);

    // Each stream up to this length, a request after the other.
    void load_up_to(std::uint64_t length);
    asio::awaitable<void> load_some(std::uint64_t& next, std::uint64_t length);
    asio::awaitable<void> snapshot_some(std::uint64_t& next);
    asio::awaitable<void> append_one(std::uint64_t stream, std::uint64_t events);
    asio::awaitable<void> append_each(const std::vector<std::uint64_t>& streams,
                                      std::vector<float>& times);
    asio::awaitable<void> append_own(const std::vector<std::uint64_t>& streams, std::size_t client,
                                     std::uint64_t& left);
    asio::awaitable<void> read_each(const std::vector<std::uint64_t>& streams,
                                    std::vector<float>& times);

    Shape shape_;
    std::vector<std::uint64_t> versions_;
    std::uint64_t appended_ = 0;
    std::mt19937_64 random_{42};
    ServiceConfig config_;
    asio::io_context io_{1};
    std::optional<Service> service_;
};

// The state of merge patches says how many there were.
std::string data_at(std::mt19937_64& random, std::uint64_t version) {
    auto data = fmt::format(R"({{"n":{},)", version);
    data += data_of(random, event_bytes + 1 - data.size()).substr(1);
    return data;
}

AppendRequest Store::request(std::uint64_t stream, std::uint64_t count) {
    auto events = std::make_shared<EncodedEvents>();
    for (std::uint64_t i = 1; i <= count; ++i) {
        const auto data = data_at(random_, versions_[stream] + i);
        NewEvent event{.type = "LinesChanged", .data = data};
        const std::array<std::uint64_t, 2> id{random_(), random_()};
        std::memcpy(event.id.data(), id.data(), sizeof(id));
        events->add(event);
    }
    return {name_of(stream), Expected::exactly(Version{versions_[stream]}), std::move(events)};
}

asio::awaitable<void> Store::append_one(std::uint64_t stream, std::uint64_t events) {
    auto made = request(stream, events);
    const auto outcome = co_await service_->append(std::move(made));
    check(!outcome.error, "an append was refused: " + outcome.error.message());
    versions_[stream] += events;
    appended_ += events;
    check(outcome.appended.version.value() == versions_[stream], "an append has a wrong version");
}

// Each stream up to `length` in turns.
asio::awaitable<void> Store::load_some(std::uint64_t& next, std::uint64_t length) {
    while (next < shape_.streams) {
        const auto stream = next++;
        co_await append_one(stream, std::min(events_a_request, length - versions_[stream]));
    }
}

void Store::load_up_to(std::uint64_t length) {
    while (versions_.back() < length) {
        std::uint64_t next = 0;
        std::vector<asio::awaitable<void>> all;
        for (std::size_t i = 0; i < std::min<std::size_t>(loaders, shape_.streams); ++i) {
            all.push_back(load_some(next, length));
        }
        run_all(io_, std::move(all));
    }
}

asio::awaitable<void> Store::snapshot_some(std::uint64_t& next) {
    while (next < shape_.streams) {
        auto name = name_of(next++);
        const auto taken = co_await service_->take_snapshot(std::move(name));
        check(taken.has_value(), "a snapshot could not be taken");
    }
}

double Store::load() {
    const auto length = shape_.events / shape_.streams;
    const auto snapshot = length / snapshot_every * snapshot_every;
    auto spent = seconds([&] { load_up_to(snapshot); });
    if (snapshot > 0) {
        std::uint64_t next = 0;
        std::vector<asio::awaitable<void>> all;
        for (std::size_t i = 0; i < loaders; ++i) {
            all.push_back(snapshot_some(next));
        }
        run_all(io_, std::move(all));
    }
    spent += seconds([&] { load_up_to(length); });
    check(appended_ == shape_.events, "another number of events was loaded");
    return static_cast<double>(shape_.events) / spent;
}

double Store::reopen() {
    close();
    return seconds([&] { open(); }) * 1e3;
}

double Store::reopen_cold() {
    close();
    drop_from_cache(config_.data);
    return seconds([&] { open(); }) * 1e3;
}

std::vector<std::uint64_t> Store::sample(std::size_t count) {
    std::vector<std::uint64_t> all(shape_.streams);
    std::iota(all.begin(), all.end(), 0);
    std::vector<std::uint64_t> some;
    std::ranges::sample(all, std::back_inserter(some), static_cast<std::ptrdiff_t>(count), random_);
    std::ranges::shuffle(some, random_);
    return some;
}

asio::awaitable<void> Store::read_each(const std::vector<std::uint64_t>& streams,
                                       std::vector<float>& times) {
    for (const auto stream : streams) {
        auto name = name_of(stream);
        const auto began = Clock::now();
        const auto state = co_await service_->state(std::move(name), std::nullopt);
        times.push_back(us_since(began));
        check(
            state && state->version.value() == versions_[stream] &&
                state->json->find(fmt::format("\"n\":{},", versions_[stream])) != std::string::npos,
            "a state is wrong");
    }
}

double Store::states(const std::vector<std::uint64_t>& streams) {
    std::vector<float> times;
    run_alone(io_, read_each(streams, times));
    return quantile(times, 0.5);
}

asio::awaitable<void> Store::append_each(const std::vector<std::uint64_t>& streams,
                                         std::vector<float>& times) {
    for (const auto stream : streams) {
        auto made = request(stream, 1);
        const auto began = Clock::now();
        const auto outcome = co_await service_->append(std::move(made));
        times.push_back(us_since(began));
        check(!outcome.error && outcome.appended.version.value() == ++versions_[stream],
              "an append was refused, or has a wrong version");
        ++appended_;
    }
}

double Store::appends(const std::vector<std::uint64_t>& streams) {
    std::vector<float> times;
    run_alone(io_, append_each(streams, times));
    return quantile(times, 0.5);
}

// Each client has streams of its own.
asio::awaitable<void> Store::append_own(const std::vector<std::uint64_t>& streams,
                                        std::size_t client, std::uint64_t& left) {
    for (auto at = client; left > 0;
         at = at + in_flight < streams.size() ? at + in_flight : client) {
        --left;
        co_await append_one(streams[at], 1);
    }
}

double Store::appends_in_flight(const std::vector<std::uint64_t>& streams, std::uint64_t count) {
    auto left = count;
    std::vector<asio::awaitable<void>> all;
    for (std::size_t client = 0; client < std::min(in_flight, streams.size()); ++client) {
        all.push_back(append_own(streams, client, left));
    }
    return seconds([&] { run_all(io_, std::move(all)); }) * 1e6 / static_cast<double>(count);
}

void Store::check_all() const {
    for (std::uint64_t stream = 0; stream < shape_.streams; ++stream) {
        const auto head = service_->head_version(name_of(stream));
        check(head && head->value() == versions_[stream],
              fmt::format("stream {} has a wrong version", stream));
    }
    check(stats().events == appended_ && stats().streams == shape_.streams,
          "the store holds another number of events or streams");
}

double bare_write(RawFile& file, std::size_t count) {
    std::vector<float> times;
    for (std::size_t i = 0; i < count; ++i) {
        const auto began = Clock::now();
        file.append(event_bytes);
        times.push_back(us_since(began));
    }
    return quantile(times, 0.5);
}

Measured measure(const std::filesystem::path& directory, const Shape& shape, std::size_t rounds) {
    // So few that the store does not grow much by them.
    const auto some = std::min<std::size_t>(300, shape.streams);
    const auto many = std::min<std::uint64_t>(20'000, shape.events / 25);
    constexpr std::size_t of_disk = 50;

    Measured measured;
    Store store(directory, shape);
    measured.loaded_per_second = store.load();
    RawFile file(directory / "raw", RawFile::Way::direct, 16u << 20);
    for (std::size_t round = 0; round < rounds; ++round) {
        measured.open_ms.push_back(store.reopen());
        const auto streams = store.sample(some);
        measured.us[state_store].push_back(store.states(streams));
        measured.us[state_memory].push_back(store.states(streams));
        measured.us[append_first].push_back(store.appends(streams));
        measured.us[append_again].push_back(store.appends(streams));
        measured.us[raw_write].push_back(bare_write(file, some));
        measured.us[append_in_flight].push_back(store.appends_in_flight(streams, many));
    }
    measured.memory_mib = static_cast<double>(anonymous_bytes()) / (1 << 20);
    for (std::size_t round = 0; round < rounds; ++round) {
        measured.open_cold_ms.push_back(store.reopen_cold());
        measured.us[state_disk].push_back(store.states(store.sample(std::min(some, of_disk))));
    }
    store.check_all();
    const auto stats = store.stats();
    measured.held_per_event =
        static_cast<double>(stats.bytes_live) / static_cast<double>(stats.events);
    return measured;
}

// One way to grow.
struct Growth {
    std::string of;  // "events"
    std::vector<Shape> shapes;
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
