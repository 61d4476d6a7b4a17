// What does a transaction over two streams cost beside an append to one?
//
// Unit: transactions/s and appends/s, and the share of the one in the other in the same run;
// medians of 3 rounds, in turns. In process, through firn::Service over the journaled store, every
// answer durable: 64 or 256 calls in flight, the next one made when one is answered. One 200-byte
// event a stream, 10,000 streams at random. A share of 0.5 is as many events a second.
// It checks every outcome, and every stream's version at the end, also after opening again.

#include "actors/service.hpp"
#include "perf/support/in_process.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>

namespace firn::perf {

namespace {

namespace asio = boost::asio;

constexpr std::size_t rounds = 3;

StreamName name_of(std::size_t stream) {
    return {"perf", std::to_string(stream)};
}

// The calls of a round, made beforehand so that only the service's work is timed, and what must
// come of them.
class Calls {
public:
    explicit Calls(std::size_t streams) : versions_(streams) {}

    // `width` streams each.
    void make(std::size_t count, std::size_t width) {
        next_ = 0;
        transactions_.assign(count, {});
        for (auto& transaction : transactions_) {
            const auto first = random_() % versions_.size();
            const auto apart = 1 + random_() % (versions_.size() - 1);
            for (std::size_t i = 0; i < width; ++i) {
                const auto stream = (first + i * apart) % versions_.size();
                ++versions_[stream];
                transaction.writes.push_back(
                    {.stream = name_of(stream), .expected = Expected::any(), .events = event()});
            }
        }
    }
    // Null: all were taken.
    Transaction* next() {
        return next_ == transactions_.size() ? nullptr : &transactions_[next_++];
    }
    [[nodiscard]] const std::vector<std::uint64_t>& versions() const { return versions_; }

private:
    std::shared_ptr<const EncodedEvents> event() {
        auto events = std::make_shared<EncodedEvents>();
        const auto data = data_of(random_);
        NewEvent event{.type = "LinesChanged", .data = data};
        const std::array<std::uint64_t, 2> id{random_(), random_()};
        std::memcpy(event.id.data(), id.data(), 16);
        events->add(event);
        return events;
    }

    std::mt19937_64 random_{42};
    std::vector<std::uint64_t> versions_;
    std::vector<Transaction> transactions_;
    std::size_t next_ = 0;
};

asio::awaitable<void> append_some(Service& service, Calls& calls) {
    while (auto* const made = calls.next()) {
        auto& write = made->writes.front();
        AppendRequest request(std::move(write.stream), write.expected, std::move(write.events));
        const auto outcome = co_await service.append(std::move(request));
        check(!outcome.error, "an append was refused: " + outcome.error.message());
    }
}

asio::awaitable<void> transact_some(Service& service, Calls& calls) {
    while (auto* const made = calls.next()) {
        auto transaction = std::move(*made);
        const auto outcome = co_await service.transact(std::move(transaction));
        check(!outcome.error, "a transaction was refused: " + outcome.error.message());
        check(outcome.streams.size() == 2, "a transaction left a stream out");
    }
}

using Work = asio::awaitable<void> (*)(Service&, Calls&);

double rate(asio::io_context& io, Service& service, Calls& calls, std::size_t count,
            std::size_t in_flight, Work work) {
    std::vector<asio::awaitable<void>> all;
    for (std::size_t i = 0; i < in_flight; ++i) {
        all.push_back(work(service, calls));
    }
    const auto spent = seconds([&] { run_all(io, std::move(all)); });
    return static_cast<double>(count) / spent;
}

void check_store(const EventStore& store, const std::vector<std::uint64_t>& versions) {
    std::uint64_t total = 0;
    for (std::size_t stream = 0; stream < versions.size(); ++stream) {
        const auto head = store.head_version(name_of(stream));
        check(head.has_value() && head->value() == versions[stream],
              fmt::format("stream {} has a wrong version", stream));
        total += versions[stream];
    }
    check(store.head_position().value() == total, "the head position is wrong");
}

int run(const Options& options) {
    const std::size_t streams = options.smoke ? 100 : 10'000;
    const std::size_t count = options.smoke ? 1'000 : 100'000;
    const WorkDirectory work(options, "transactions");
    ServiceConfig config;
    config.data = work.path() / "store";
    fmt::print("# {} calls a round, one 200-byte event a stream, {} streams\n# {}\n", count,
               streams, machine(work.path()));

    asio::io_context io{1};
    Calls calls(streams);
    {
        Service service(io.get_executor(), config);
        calls.make(count, 1);
        rate(io, service, calls, count, 256, append_some);  // so that the streams are there

        fmt::print("{:>10} {:>12} {:>16} {:>7}\n", "in flight", "appends/s", "transactions/s",
                   "share");
        for (const std::size_t in_flight : {64u, 256u}) {
            std::vector<double> appends;
            std::vector<double> transactions;
            std::vector<double> shares;
            for (std::size_t round = 0; round < rounds; ++round) {
                calls.make(count, 1);
                appends.push_back(rate(io, service, calls, count, in_flight, append_some));
                calls.make(count, 2);
                transactions.push_back(rate(io, service, calls, count, in_flight, transact_some));
                shares.push_back(transactions.back() / appends.back());
            }
            fmt::print("{:>10} {:>12.0f} {:>16.0f} {:>7.2f}\n", in_flight, median(appends),
                       median(transactions), median(shares));
            std::fflush(stdout);
        }
        check_store(service.store(), calls.versions());
        service.stop();
    }
    // And once more from the disk.
    Service again(io.get_executor(), config);
    check_store(again.store(), calls.versions());
    again.stop();
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}
