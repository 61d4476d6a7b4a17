// What does a compaction cost those who append at the same time?
//
// Unit: appends/s and the p99 of an append in milliseconds, beside those without a compaction in
// the same run; medians of 5 rounds of 2.5 s, in turns. 64 connections append one 200-byte event a
// request to 10,000 streams at random, each as soon as it was answered, while the server compacts
// a category of 40 streams of 50,000 merge patches. The load is one thread that shares the machine
// with the server.
// It checks that the compaction was at work for the whole round, that it succeeds once the load
// has ended, and that what it says is gone is gone.
//
// Usage: compaction_beside_appends [--smoke] [--data DIR] [--firn PROGRAM] [arguments of firn
// serve]

#include "perf/support/connection.hpp"
#include "perf/support/live_load.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "perf/support/server.hpp"

#include <fmt/format.h>

#include <thread>

namespace firn::perf {

namespace {

using namespace std::chrono_literals;

constexpr const char* json_fields = "Content-Type: application/json\r\n";
constexpr const char* lines_fields = "Content-Type: application/x-ndjson\r\n";

struct Size {
    LiveLoad::Config load;
    std::size_t streams;
    std::size_t events;  // a stream
    std::size_t rounds;
    std::chrono::milliseconds time;
};

struct Answer {
    std::string head;
    std::string body;
};

std::string status_of(const std::string& report) {
    const std::string name = R"("status":")";
    const auto at = report.find(name);
    check(at != report.npos, "a report has no status: " + report);
    return report.substr(at + name.size(), report.find('"', at + name.size()) - at - name.size());
}

class Client {
public:
    explicit Client(std::uint16_t port) : connection_(port) {}

    void declare() {
        const auto answer = send("PUT", "/v1/categories/history", json_fields,
                                 R"({"decider":{"kind":"merge_patch"}})");
        check(is_ok(answer.head) || answer.head.starts_with("HTTP/1.1 201 "),
              "the decider was refused: " + answer.body);
    }
    void fill(const Size& size) {
        std::mt19937_64 random{42};
        for (std::size_t stream = 0; stream != size.streams; ++stream) {
            std::string lines;
            for (std::size_t event = 0; event != size.events; ++event) {
                lines += fmt::format(
                    R"({{"stream":{{"category":"history","id":"{}"}},"type":"A","data":{}}})"
                    "\n",
                    stream, data_of(random));
            }
            const auto answer = send("POST", "/v1/import", lines_fields, lines);
            check(is_ok(answer.head) && answer.body.find(R"("done":true)") != answer.body.npos,
                  "the import failed: " + answer.body);
        }
    }
    // Of everything but so many events a stream: where the report will be.
    std::string begin_compaction(std::size_t keep_last) {
        const auto answer =
            send("POST", "/v1/compactions", json_fields,
                 fmt::format(R"({{"category":"history","keep_last":{}}})", keep_last));
        check(answer.head.starts_with("HTTP/1.1 202 "), "it was refused: " + answer.body);
        return std::string(field_of(answer.head, "Location"));
    }
    std::string report(const std::string& where) { return send("GET", where, "", "").body; }

    void wait_for_end(const std::string& where, std::size_t events_deleted) {
        std::string report;
        do {
            std::this_thread::sleep_for(20ms);
            report = this->report(where);
        } while (status_of(report) == "queued" || status_of(report) == "running");
        check(
            status_of(report) == "succeeded" &&
                report.find(fmt::format(R"("events_deleted":{},)", events_deleted)) != report.npos,
            "not all of it was compacted: " + report);
    }

private:
    Answer send(std::string_view method, std::string_view target, std::string_view fields,
                std::string_view body) {
        Answer answer;
        answer.head = connection_.send(method, target, fields, body,
                                       [&](std::string_view text) { answer.body.append(text); });
        return answer;
    }

    Connection connection_;
};

struct Series {
    std::vector<double> alone;
    std::vector<double> beside;
    std::vector<double> share;
    std::vector<double> alone_p99;
    std::vector<double> beside_p99;
    std::vector<double> times;
};

int run(const Options& options) {
    const auto size =
        options.smoke ? Size{{8, 10, 10}, 4, 500, 1, 200ms} : Size{{}, 40, 50'000, 5, 2500ms};
    const WorkDirectory work(options, "compaction_beside_appends");
    const auto firn = serve_firn(options, work.path());
    {
        LiveLoad load(firn->port(), size.load);
        Client client(firn->port());
        client.declare();
        client.fill(size);
        fmt::print(
            "# {} appending connections beside the compaction of {} streams of {} events\n"
            "# {}\n",
            size.load.appenders, size.streams, size.events, machine(work.path()));
        std::fflush(stdout);
        (void)load.run(size.time / 5, LiveLoad::closed_loop);
        Series series;
        auto kept = size.events;
        for (std::size_t round = 0; round != size.rounds; ++round) {
            auto alone = load.run(size.time, LiveLoad::closed_loop);
            const auto keep = size.events - size.events * (round + 1) / (size.rounds + 1);
            const auto where = client.begin_compaction(keep);
            auto beside = load.run(size.time, LiveLoad::closed_loop);
            const auto report = client.report(where);
            const auto status = status_of(report);
            check(options.smoke || status == "running" || status == "queued",
                  "the compaction was over before the load: " + report);
            client.wait_for_end(where, (kept - keep) * size.streams);
            kept = keep;
            series.alone.push_back(alone.per_second);
            series.beside.push_back(beside.per_second);
            series.share.push_back(beside.per_second / alone.per_second);
            series.alone_p99.push_back(quantile(alone.append, 0.99));
            series.beside_p99.push_back(quantile(beside.append, 0.99));
            series.times.push_back(series.beside_p99.back() / series.alone_p99.back());
        }
        fmt::print("{:>16} {:>10} {:>7} {:>8} {:>7}\n", "", "appends/s", "share", "p99 ms",
                   "times");
        fmt::print("{:>16} {:>10.0f} {:>7} {:>8.2f}\n", "alone", median(series.alone), "",
                   median(series.alone_p99));
        fmt::print("{:>16} {:>10.0f} {:>7.2f} {:>8.2f} {:>7.2f}\n", "beside", median(series.beside),
                   median(series.share), median(series.beside_p99), median(series.times));
    }
    firn->stop();
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
