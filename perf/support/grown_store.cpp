#include "perf/support/grown_store.hpp"

#include "perf/support/in_process.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace firn::perf {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t events_a_request = 10;
constexpr std::uint64_t snapshot_every = 70;
constexpr std::size_t loaders = 512;
constexpr std::size_t in_flight = 64;

float us_since(Clock::time_point began) {
    return std::chrono::duration<float, std::micro>(Clock::now() - began).count();
}

StreamName name_of(std::uint64_t stream) {
    return {"perf", fmt::format("stream-{:07}", stream)};
}

// The state of merge patches says how many there were.
std::string data_at(std::mt19937_64& random, std::uint64_t version) {
    auto data = fmt::format(R"({{"n":{},)", version);
    data += data_of(random, GrownStore::event_bytes + 1 - data.size()).substr(1);
    return data;
}

}  // namespace

GrownStore::GrownStore(std::filesystem::path directory, const Shape& shape)
    : shape_(shape), versions_(shape.streams) {
    config_.data = std::move(directory);
    config_.snapshots.every = 0;  // they are taken while it is loaded
    open();
}

void GrownStore::open() {
    service_.emplace(io_.get_executor(), config_);
}

void GrownStore::close() {
    if (service_) {
        service_->stop();
        service_.reset();
    }
}

AppendRequest GrownStore::request(std::uint64_t stream, std::uint64_t count) {
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

asio::awaitable<void> GrownStore::append_one(std::uint64_t stream, std::uint64_t events) {
    auto made = request(stream, events);
    const auto outcome = co_await service_->append(std::move(made));
    check(!outcome.error, "an append was refused: " + outcome.error.message());
    versions_[stream] += events;
    appended_ += events;
    check(outcome.appended.version.value() == versions_[stream], "an append has a wrong version");
}

// Each stream up to `length` in turns.
asio::awaitable<void> GrownStore::load_some(std::uint64_t& next, std::uint64_t length) {
    while (next < shape_.streams) {
        const auto stream = next++;
        co_await append_one(stream, std::min(events_a_request, length - versions_[stream]));
    }
}

void GrownStore::load_up_to(std::uint64_t length) {
    while (versions_.back() < length) {
        std::uint64_t next = 0;
        std::vector<asio::awaitable<void>> all;
        for (std::size_t i = 0; i < std::min<std::size_t>(loaders, shape_.streams); ++i) {
            all.push_back(load_some(next, length));
        }
        run_all(io_, std::move(all));
    }
}

asio::awaitable<void> GrownStore::snapshot_some(std::uint64_t& next) {
    while (next < shape_.streams) {
        auto name = name_of(next++);
        const auto taken = co_await service_->take_snapshot(std::move(name));
        check(taken.has_value(), "a snapshot could not be taken");
    }
}

double GrownStore::load() {
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

double GrownStore::reopen() {
    close();
    return seconds([&] { open(); }) * 1e3;
}

double GrownStore::reopen_cold() {
    close();
    drop_from_cache(config_.data);
    return seconds([&] { open(); }) * 1e3;
}

std::vector<std::uint64_t> GrownStore::sample(std::size_t count) {
    std::vector<std::uint64_t> all(shape_.streams);
    std::iota(all.begin(), all.end(), 0);
    std::vector<std::uint64_t> some;
    std::ranges::sample(all, std::back_inserter(some), static_cast<std::ptrdiff_t>(count), random_);
    std::ranges::shuffle(some, random_);
    return some;
}

asio::awaitable<void> GrownStore::read_each(const std::vector<std::uint64_t>& streams,
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

asio::awaitable<void> GrownStore::append_each(const std::vector<std::uint64_t>& streams,
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

double GrownStore::one_at_a_time(const Calls& calls, const std::vector<std::uint64_t>& streams) {
    std::vector<float> times;
    run_alone(io_, calls(streams, times));
    return quantile(times, 0.5);
}

double GrownStore::states(const std::vector<std::uint64_t>& streams) {
    return one_at_a_time(std::bind_front(&GrownStore::read_each, this), streams);
}

double GrownStore::appends(const std::vector<std::uint64_t>& streams) {
    return one_at_a_time(std::bind_front(&GrownStore::append_each, this), streams);
}

// Each client has streams of its own.
asio::awaitable<void> GrownStore::append_own(const std::vector<std::uint64_t>& streams,
                                             std::size_t client, std::uint64_t& left) {
    for (auto at = client; left > 0;
         at = at + in_flight < streams.size() ? at + in_flight : client) {
        --left;
        co_await append_one(streams[at], 1);
    }
}

double GrownStore::appends_in_flight(const std::vector<std::uint64_t>& streams,
                                     std::uint64_t count) {
    auto left = count;
    std::vector<asio::awaitable<void>> all;
    for (std::size_t client = 0; client < std::min(in_flight, streams.size()); ++client) {
        all.push_back(append_own(streams, client, left));
    }
    return seconds([&] { run_all(io_, std::move(all)); }) * 1e6 / static_cast<double>(count);
}

void GrownStore::check_all() const {
    for (std::uint64_t stream = 0; stream < shape_.streams; ++stream) {
        const auto head = service_->head_version(name_of(stream));
        check(head && head->value() == versions_[stream],
              fmt::format("stream {} has a wrong version", stream));
    }
    check(stats().events == appended_ && stats().streams == shape_.streams,
          "the store holds another number of events or streams");
}

}  // namespace firn::perf
