// What do a million streams cost in memory, and how soon is the store open again?
//
// Unit: MiB of anonymous memory of this process (RssAnon), seconds. 1,000,000 streams of 5 events
// are appended through the service, every state is read once, the store is closed and opened
// again. The cache bound is the default one. It checks every state it reads.

#include "actors/service.hpp"
#include "perf/support/in_process.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>

#include <cstring>

namespace firn::perf {

namespace {

namespace asio = boost::asio;

constexpr std::uint64_t events_each = 5;
constexpr std::uint64_t at_once = 512;

StreamName name_of(std::uint64_t stream) {
    return {"perf", fmt::format("stream-{:07}", stream)};
}

std::shared_ptr<const EncodedEvents> events_of(std::uint64_t stream) {
    auto events = std::make_shared<EncodedEvents>();
    for (std::uint64_t i = 1; i <= events_each; ++i) {
        const auto data = fmt::format(R"({{"n":{},"stream":{},"author":"author-{:04}"}})", i,
                                      stream, stream % 1000);
        NewEvent event{.type = "LinesChanged", .data = data};
        const std::uint64_t id[] = {stream, i};
        std::memcpy(event.id.data(), id, sizeof(id));
        events->add(event);
    }
    return events;
}

struct Progress {
    std::uint64_t next = 0;
    std::uint64_t end = 0;
};

asio::awaitable<void> append_some(Service& service, std::shared_ptr<Progress> progress) {
    while (progress->next < progress->end) {
        const auto stream = progress->next++;
        AppendRequest request{name_of(stream), Expected::none(), events_of(stream)};
        const auto outcome = co_await service.append(std::move(request));
        check(!outcome.error, "an append was refused: " + outcome.error.message());
    }
}

asio::awaitable<void> read_some(Service& service, std::shared_ptr<Progress> progress) {
    while (progress->next < progress->end) {
        const auto stream = progress->next++;
        auto name = name_of(stream);
        const auto state = co_await service.state(std::move(name), std::nullopt);
        check(state.has_value(), "a state could not be read");
        check(state->version == Version{events_each} &&
                  state->json->find(fmt::format("\"stream\":{}", stream)) != std::string::npos,
              "a state is wrong: " + *state->json);
    }
}

template <class Work>
double time_of(asio::io_context& io, Service& service, std::uint64_t streams, Work work) {
    auto progress = std::make_shared<Progress>(Progress{0, streams});
    std::vector<asio::awaitable<void>> all;
    for (std::uint64_t i = 0; i < at_once; ++i) {
        all.push_back(work(service, progress));
    }
    return seconds([&] { run_all(io, std::move(all)); });
}

double mib(std::uint64_t bytes) {
    return static_cast<double>(bytes) / (1 << 20);
}

int run(const Options& options) {
    const std::uint64_t streams = options.smoke ? 2'000 : 1'000'000;
    const WorkDirectory work(options, "streams");
    ServiceConfig config;
    config.data = work.path() / "store";
    config.actors.idle_after = std::chrono::hours{1};
    fmt::print("# {} streams of {} events\n# {}\n", streams, events_each, machine(work.path()));

    asio::io_context io{1};
    const auto idle = anonymous_bytes();
    {
        Service service(io.get_executor(), config);
        const auto appended = time_of(io, service, streams, append_some);
        fmt::print("appended in {:.1f} s ({:.0f} events/s); memory {:.0f} MiB\n", appended,
                   static_cast<double>(streams * events_each) / appended, mib(anonymous_bytes()));
        const auto read = time_of(io, service, streams, read_some);
        const auto stats = service.stats();
        const auto used = anonymous_bytes() - idle;
        fmt::print(
            "every state read once in {:.1f} s; memory {:.0f} MiB: the cache bound of {:.0f} "
            "MiB {:+.0f} MiB ({} actors cached, {:.0f} MiB by their own count)\n",
            read, mib(used), mib(config.actors.cache_bytes_max),
            mib(used) - mib(config.actors.cache_bytes_max), stats.actors_cached,
            mib(stats.actor_bytes));
        check(stats.store.streams == streams, "streams are missing");
        service.stop();
    }
    std::optional<Service> again;
    const auto opened = seconds([&] { again.emplace(io.get_executor(), config); });
    check(again->stats().store.events == streams * events_each, "events are missing");
    fmt::print("opened again in {:.3f} s\n", opened);
    again->stop();
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
