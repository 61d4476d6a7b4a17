// What do live subscribers cost those who append, and how late do they hear of an event?
//
// Unit: appends/s and their share of those without subscribers in the same run; milliseconds from
// sending an append, and from its answer, to the arrival at a subscriber, beside the append's own;
// medians of 3 rounds of 5 s, in turns. 64 connections append one 200-byte event a request to
// 10,000 streams at random, each as soon as it was answered; 100 subscribers (server-sent events)
// follow a category each (a hundredth of the events each), everything, or a stream each. The load
// is one thread, which also notes the arrivals; it shares the machine with the server, and an
// arrival is late by what it is late. Of everything, one arrival in 16 is timed. "behind": seconds
// from the last answer until the last subscriber had heard of everything. "load": CPU seconds of
// the load a second; near 1, the load is the bound.
// It checks that each subscriber hears of exactly what it should, in order.
//
// Usage: subscribers [--smoke] [--data DIR] [--firn PROGRAM] [arguments of firn serve]

#include "perf/support/live_load.hpp"
#include "perf/support/measure.hpp"
#include "perf/support/server.hpp"

#include <fmt/format.h>

#include <optional>

namespace firn::perf {

namespace {

struct Size {
    LiveLoad::Config load;
    std::size_t subscribers;
    std::size_t rounds;
    std::chrono::milliseconds time;
};

// Medians are taken over the rounds of each.
struct Series {
    std::vector<double> per_second;
    std::vector<double> share;
    std::vector<double> append_p50;
    std::vector<double> append_p99;
    std::vector<double> from_send_p50;
    std::vector<double> from_send_p99;
    std::vector<double> from_answer_p50;
    std::vector<double> from_answer_p99;
    std::vector<double> times_append;  // from sending, p99
    std::vector<double> behind;
    std::vector<double> load_cores;

    void add(LiveLoad::Result& result, double alone) {
        per_second.push_back(result.per_second);
        share.push_back(result.per_second / alone);
        append_p50.push_back(quantile(result.append, 0.5));
        append_p99.push_back(quantile(result.append, 0.99));
        from_send_p50.push_back(quantile(result.from_send, 0.5));
        from_send_p99.push_back(quantile(result.from_send, 0.99));
        from_answer_p50.push_back(quantile(result.from_answer, 0.5));
        from_answer_p99.push_back(quantile(result.from_answer, 0.99));
        times_append.push_back(from_send_p99.back() / append_p99.back());
        behind.push_back(result.behind);
        load_cores.push_back(result.load_cores);
    }
};

struct Variant {
    const char* name;
    std::optional<Follows> follows;  // none: nobody does
    Series series = {};
};

void print(const Variant& variant) {
    const auto& series = variant.series;
    fmt::print("{:>16} {:>9.0f} {:>6.2f} {:>5.2f} {:>8.2f} {:>8.2f}", variant.name,
               median(series.per_second), median(series.share), median(series.load_cores),
               median(series.append_p50), median(series.append_p99));
    if (variant.follows) {
        fmt::print(" {:>8.2f} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.1f} {:>7.2f}",
                   median(series.from_send_p50), median(series.from_send_p99),
                   median(series.from_answer_p50), median(series.from_answer_p99),
                   median(series.times_append), median(series.behind));
    }
    fmt::print("\n");
}

int run(const Options& options) {
    using namespace std::chrono_literals;
    const auto size = options.smoke ? Size{{8, 10, 10}, 10, 1, 200ms} : Size{{}, 100, 3, 5000ms};
    const WorkDirectory work(options, "subscribers");
    const auto firn = serve_firn(options, work.path());
    {
        LiveLoad load(firn->port(), size.load);
        fmt::print("# {} appending connections, {} subscribers, {} rounds of {} ms each\n# {}\n",
                   size.load.appenders, size.subscribers, size.rounds, size.time.count(),
                   machine(work.path()));
        std::fflush(stdout);
        const auto made = load.appended();
        std::uint64_t appended = load.run(size.time / 5, LiveLoad::closed_loop).appended;
        Variant variants[] = {{"nobody", std::nullopt},
                              {"a category each", Follows::own_category},
                              {"everything", Follows::everything},
                              {"a stream each", Follows::own_stream}};
        for (std::size_t round = 0; round < size.rounds; ++round) {
            double alone = 0;
            for (auto& variant : variants) {
                if (variant.follows) {
                    load.follow(*variant.follows, size.subscribers);
                }
                auto result = load.run(size.time, LiveLoad::closed_loop);
                load.leave();
                appended += result.appended;
                alone = variant.follows ? alone : result.per_second;
                variant.series.add(result, alone);
            }
        }
        check(load.appended() == made + appended, "not every event has a position of its own");

        fmt::print("{:>39} {:>17} {:>17} {:>17}\n", "", "append ms", "from sending ms",
                   "from answer ms");
        fmt::print("{:>16} {:>9} {:>6} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7}\n",
                   "who follows", "app/s", "share", "load", "p50", "p99", "p50", "p99", "p50",
                   "p99", "x append", "behind");
        for (const auto& variant : variants) {
            print(variant);
        }
    }
    firn->stop();
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
