// One measurement of a Service in this process: calls of some clients for some seconds, or of one
// reader.
//
// Clients are coroutines on an io_context that the caller's thread runs.
// Thread: one. Errors: fail().
#pragma once

#include "perf/support/bench_deciders.hpp"
#include "perf/support/in_process.hpp"
#include "perf/support/measure.hpp"

#include <functional>
#include <optional>

namespace firn::perf {

inline void register_deciders(Service& service) {
    service.register_decider<Counter>("counter");
    service.register_decider<Account>("account");
}

struct BenchSettings {
    std::filesystem::path directory;
    std::size_t clients = 1;
    std::size_t batch = 1;  // events a request
    double seconds = 5;
    // Of the streams that are read.
    std::uint64_t length = 1'000;
    std::uint64_t samples = 1;
    bool snapshots = true;
    // What the service knows.
    std::function<void(Service&)> deciders = register_deciders;
};

// An open store, and what was measured in it.
class Bench {
public:
    using Clock = std::chrono::steady_clock;

    explicit Bench(const BenchSettings& settings) : settings_(settings) { open(); }
    ~Bench() {
        if (service_) {
            service_->stop();
        }
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void open() {
        ServiceConfig config;
        config.data = settings_.directory;
        config.snapshots.every = settings_.snapshots ? config.snapshots.every : 0;
        service_.emplace(io_.get_executor(), std::move(config));
        settings_.deciders(*service_);
    }
    void close() {
        service_->stop();
        service_.reset();
    }
    // All that follows is read from the disk.
    void reopen() {
        close();
        open();
    }

    // One coroutine a client, all at once, from now until the time is up.
    template <class Client>
    void measure(Client client) {
        std::vector<boost::asio::awaitable<void>> all;
        for (std::size_t i = 0; i < settings_.clients; ++i) {
            all.push_back(client(*this, i));
        }
        const auto cpu_before = perf::cpu_seconds();
        const auto began = Clock::now();
        end_ = began + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(settings_.seconds));
        run_all(io_, std::move(all));
        seconds = std::chrono::duration<double>(Clock::now() - began).count();
        cpu_seconds = perf::cpu_seconds() - cpu_before;
    }
    [[nodiscard]] bool goes_on() const { return Clock::now() < end_; }
    void note(Clock::time_point began) {
        latencies_us.push_back(since(began));
        ++operations;
    }
    static float since(Clock::time_point began) {
        return std::chrono::duration<float, std::micro>(Clock::now() - began).count();
    }

    [[nodiscard]] bool is_new() const {
        return service_->stats().store.head_position == Position{};
    }
    [[nodiscard]] Service& service() { return *service_; }
    [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
    [[nodiscard]] const BenchSettings& settings() const noexcept { return settings_; }
    [[nodiscard]] TypedStream<Counter> counter() {
        return service_->stream<Counter>("counter", "one");
    }

    std::uint64_t operations = 0;
    std::uint64_t events = 0;
    double seconds = 0;
    double cpu_seconds = 0;
    std::vector<float> latencies_us;
    double first_us = 0;  // of the call that a new process begins with

private:
    BenchSettings settings_;
    boost::asio::io_context io_{1};
    std::optional<Service> service_;
    Clock::time_point end_;
};

}  // namespace firn::perf
