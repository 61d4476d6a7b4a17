// Appends by many connections while many others follow live, all by one thread and epoll.
//
// Events go to streams at random, in some categories. Who is the only one to write knows from the
// answers what each subscriber must see: it waits until they saw it, and checks that it was that.
// An arrival is noted when this thread reads it, so the latencies contain what it is late by.
// Thread: one. Errors: fail().
#pragma once

#include "perf/support/appender.hpp"
#include "perf/support/follower.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <vector>

namespace firn::perf {

enum class Follows : std::uint8_t {
    own_category,  // the nth follows the nth category
    everything,
    own_stream,  // the nth follows the first stream of the nth category
    // A category, or a type, to which nobody appends.
    quiet_category,
    quiet_type,
};

class LiveLoad {
public:
    struct Config {
        std::size_t appenders = 64;
        std::size_t categories = 100;
        std::size_t streams = 100;  // a category
    };
    // In milliseconds.
    using Latencies = std::vector<float>;
    struct Result {
        std::uint64_t appended = 0;
        double per_second = 0;
        Latencies append;       // from sending a request to its answer
        Latencies from_send;    // to the arrival at a subscriber
        Latencies from_answer;  // the same; 0 where it arrived before the answer
        double behind = 0;      // seconds from the last answer until all had arrived
        double load_cores = 0;  // CPU time of this thread a second: at 1, it is the bound
    };

    // Makes the streams: the store must be empty.
    LiveLoad(std::uint16_t port, const Config& config);
    ~LiveLoad();
    LiveLoad(const LiveLoad&) = delete;
    LiveLoad& operator=(const LiveLoad&) = delete;

    // Begins after everything that was appended; waits until they have caught up.
    void follow(Follows what, std::size_t subscribers);
    void leave();

    // As soon as it was answered, a connection appends again.
    static constexpr double closed_loop = std::numeric_limits<double>::infinity();
    // So many appends a second, or as many as can be, or none.
    [[nodiscard]] Result run(std::chrono::duration<double> time, double appends_per_second);

    [[nodiscard]] std::uint64_t appended() const noexcept { return position_; }

private:
    struct Event {
        Clock::time_point sent;
        Clock::time_point answered;  // zero: not yet
    };

    void make_streams();
    void add(int socket, std::size_t index, bool follower) const;
    // What came within `at_most`.
    void poll(std::chrono::milliseconds at_most);
    void read_appender(std::size_t index);
    void send(Appender& appender);
    void send_due();
    void arrived(std::uint64_t number, Clock::time_point now);
    [[nodiscard]] bool all_arrived() const;
    [[nodiscard]] const Tally& expected(std::size_t subscriber) const;

    const std::uint16_t port_;
    const Config config_;
    const int epoll_;
    std::unique_ptr<char[]> buffer_;
    std::mt19937_64 random_{42};
    std::vector<std::unique_ptr<Appender>> appenders_;
    std::vector<std::uint64_t> first_versions_;  // of the first stream of each category
    std::uint64_t position_ = 0;                 // of the last event

    Follows follows_ = Follows::everything;
    std::vector<std::unique_ptr<Follower>> followers_;
    Follower::Arrived arrived_;
    Tally expected_of_all_;
    std::vector<Tally> expected_;  // of the nth subscriber, unless it follows everything

    // Of a run.
    std::vector<Event> events_;  // by number
    std::uint64_t base_ = 0;     // the number of the first
    Clock::time_point begun_;
    Clock::time_point ends_;
    double pace_ = 0;
    std::size_t in_flight_ = 0;
    std::deque<std::size_t> idle_;  // appenders
    Result result_;
};

}  // namespace firn::perf
