#include "perf/compare/in_process/reads.hpp"

#include "actors/catch_up.hpp"
#include "actors/deciders/typed_json.hpp"

#include <fmt/format.h>
#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

namespace firn::perf {

namespace {

namespace asio = boost::asio;
using Clock = Bench::Clock;

constexpr std::uint64_t events_a_request = 1'000;
constexpr std::size_t entries_a_look = 4'096;
constexpr std::chrono::seconds repeating{2};

asio::awaitable<void> append(Bench& bench, const Fixture& fixture, const Fixture::Stream& stream) {
    auto events = fixture.events_of(stream);
    for (std::uint64_t done = 0; done < stream.length;) {
        auto encoded = std::make_shared<EncodedEvents>();
        const auto some = std::min(events_a_request, stream.length - done);
        for (std::uint64_t i = 0; i < some; ++i) {
            const auto data = events.next();
            encoded->add({.id = make_event_id(), .type = Tally::Added::type, .data = data});
        }
        AppendRequest request{stream.name, Expected::exactly(Version{done}), std::move(encoded)};
        const auto outcome = co_await bench.service().append(std::move(request));
        check(!outcome.error, "a stream cannot be loaded");
        done += some;
    }
    bench.events += stream.length;
}

template <class D>
asio::awaitable<void> ask(Bench& bench, const Fixture::Stream& stream, Tally::State should) {
    const auto tally = bench.service().stream<D>(stream.name.category, stream.name.id);
    const auto began = Clock::now();
    const auto now = co_await tally.state();
    bench.note(began);
    check(now && now->version.value() == stream.length && now->state == should, "a state is wrong");
}

// Event after event as the application's type; fails at one that does not follow.
class Reader {
public:
    void see(const EventView& event) {
        const auto added = read_message<Tally::Added>("event", event.type, event.data);
        check(added.has_value(), "an event is none of ours");
        state_ = Tally::evolve(state_, *added);
        last_ = *added;
    }
    void see_next(const EventView& event) {
        see(event);
        check(last_.number == state_.count && last_.total == state_.total,
              "an event does not follow");
    }
    [[nodiscard]] const Tally::State& state() const noexcept { return state_; }

private:
    Tally::State state_;
    Tally::Added last_;
};

void timed(Bench& bench, const std::function<void()>& reading) {
    const auto cpu_before = perf::cpu_seconds();
    bench.seconds = perf::seconds(reading);
    bench.cpu_seconds = perf::cpu_seconds() - cpu_before;
}

}  // namespace

std::string load(Bench& bench, const Fixture& fixture) {
    timed(bench, [&] {
        for (const auto& stream : fixture.streams()) {
            run_alone(bench.io(), append(bench, fixture, stream));
        }
    });
    for (std::size_t i = 0; i < std::min<std::size_t>(fixture.streams().size(), 2); ++i) {
        const auto& stream = fixture.streams()[i];
        run_alone(bench.io(), ask<Tally>(bench, stream, fixture.state_of(stream)));
    }
    wait_for_snapshots(bench.io(), bench.service());
    return "the states of the two longest streams";
}

std::string state(Bench& bench, const Fixture& fixture) {
    const auto stream = fixture.of_length(bench.settings().length);
    const auto should = fixture.state_of(stream);
    const auto began = Clock::now();
    do {
        run_alone(bench.io(), bench.settings().snapshots ? ask<Tally>(bench, stream, should)
                                                         : ask<TallyAnew>(bench, stream, should));
    } while (bench.operations < 2 ||
             (bench.operations < bench.settings().samples && Clock::now() - began < repeating));
    bench.seconds = std::chrono::duration<double>(Clock::now() - began).count();
    bench.first_us = bench.latencies_us.front();
    bench.latencies_us.erase(bench.latencies_us.begin());
    wait_for_snapshots(bench.io(), bench.service());
    return fmt::format("count and total of each of {} states", bench.operations);
}

std::string read_stream(Bench& bench, const Fixture& fixture) {
    const auto stream = fixture.of_length(bench.settings().length);
    Reader reader;
    timed(bench, [&] {
        StreamQuery query{.from = Version{1}, .limit = 10'000};
        for (;;) {
            const auto page = bench.service().store().read(stream.name, query);
            check(page.has_value(), "the stream cannot be read");
            for (const auto& event : page->events) {
                reader.see_next(event);
            }
            query.from = Version{reader.state().count + 1};
            if (reader.state().count >= page->version.value()) {
                return;
            }
        }
    });
    check(reader.state() == fixture.state_of(stream), "the stream adds up to something else");
    bench.events = reader.state().count;
    bench.operations = 1;
    return "number and running total of every event";
}

std::string read_all(Bench& bench, const Fixture& fixture) {
    Reader reader;
    // Of the service's: it reads ahead.
    const auto work = asio::make_work_guard(bench.io());
    bench.io().restart();
    std::thread second([&bench] { bench.io().run(); });
    timed(bench, [&] {
        const auto everything = bench.service().catch_up({});
        Position last;
        do {
            const auto entries = everything->next(entries_a_look);
            check(entries.has_value(), "the feed cannot be read");
            for (const auto& entry : *entries) {
                check(last < entry.event.position, "positions are out of order");
                last = entry.event.position;
                reader.see(entry.event);
            }
        } while (!everything->is_at_head());
    });
    bench.io().stop();
    second.join();
    check(reader.state() == fixture.sum(), "everything adds up to something else");
    bench.events = reader.state().count;
    bench.operations = 1;
    return "number and sum of all events, positions in order";
}

}  // namespace firn::perf
