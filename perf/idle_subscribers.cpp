// What do subscribers cost who have nothing to hear?
//
// Unit: bytes of the server's anonymous memory a subscriber (sockets in the kernel aside), and CPU
// seconds of the server in 10 s, beside the same server before they came. 2,000 subscribers
// (server-sent events) that have caught up follow a category each, or everything of a type each;
// nothing is appended, then 1,000 events/s that concern none of them. Heartbeats are included.
// It checks that each stays connected and hears of nothing.
//
// Usage: idle_subscribers [--smoke] [--data DIR] [--firn PROGRAM] [arguments of firn serve]

#include "perf/support/live_load.hpp"
#include "perf/support/measure.hpp"
#include "perf/support/server.hpp"

#include <fmt/format.h>

namespace firn::perf {

namespace {

using namespace std::chrono_literals;

struct Size {
    LiveLoad::Config load;
    std::size_t subscribers;
    std::chrono::milliseconds time;
    double per_second;
    bool is_tiny;
};

double cpu_seconds(const Server& server, LiveLoad& load, const Size& size,
                   double appends_per_second) {
    const auto before = server.cpu_seconds();
    const auto result = load.run(size.time, appends_per_second);
    const auto wanted = appends_per_second * std::chrono::duration<double>(size.time).count();
    // A tiny size may run on a machine that has no time for it.
    check(size.is_tiny || static_cast<double>(result.appended) >= 0.9 * wanted,
          fmt::format("{} events were appended in time, not {}", result.appended, wanted));
    return server.cpu_seconds() - before;
}

void measure(const Options& options, const Size& size, const char* name, Follows follows) {
    // A server each, since memory that was used once may stay.
    const WorkDirectory work(options, "idle-subscribers");
    const auto firn = serve_firn(options, work.path());
    {
        LiveLoad load(firn->port(), size.load);
        const auto idle_alone = cpu_seconds(*firn, load, size, 0);
        const auto busy_alone = cpu_seconds(*firn, load, size, size.per_second);
        const auto memory_alone = anonymous_bytes(firn->pid());
        load.follow(follows, size.subscribers);
        const auto memory = anonymous_bytes(firn->pid());
        const auto idle = cpu_seconds(*firn, load, size, 0);
        const auto busy = cpu_seconds(*firn, load, size, size.per_second);
        fmt::print("{:>16} {:>12.0f} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f}\n", name,
                   (static_cast<double>(memory) - static_cast<double>(memory_alone)) /
                       static_cast<double>(size.subscribers),
                   idle_alone, idle, busy_alone, busy);
        std::fflush(stdout);
    }
    firn->stop();
}

int run(const Options& options) {
    const auto size = options.smoke ? Size{{4, 10, 10}, 50, 300ms, 100, true}
                                    : Size{{}, 2'000, 10'000ms, 1'000, false};
    fmt::print("# {} idle subscribers; CPU seconds of the server in {:.1f} s\n# {}\n",
               size.subscribers, std::chrono::duration<double>(size.time).count(),
               machine(options.data));
    fmt::print("{:>16} {:>12} {:>21} {:>21}\n", "", "bytes a", "nothing appended",
               fmt::format("{:.0f} events/s", size.per_second));
    fmt::print("{:>16} {:>12} {:>10} {:>10} {:>10} {:>10}\n", "they follow", "subscriber",
               "without", "with", "without", "with");
    measure(options, size, "a category each", Follows::quiet_category);
    measure(options, size, "a type each", Follows::quiet_type);
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
