#include "perf/support/live_load.hpp"

#include "perf/support/connection.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

namespace firn::perf {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t buffer_bytes = 256u << 10;
// However slow the machine, subscribers who have not heard of everything by then never will.
constexpr auto patience = 60s;
// Of those who follow everything, one arrival in so many is timed.
constexpr std::uint64_t sample = 16;
constexpr std::uint64_t follower_flag = std::uint64_t{1} << 63;

float milliseconds(Clock::duration duration) {
    return std::chrono::duration<float, std::milli>(duration).count();
}

double cpu_seconds_of_this_thread() {
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void allow_many_sockets() {
    rlimit files = {};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

LiveLoad::LiveLoad(std::uint16_t port, const Config& config)
    : port_(port),
      config_(config),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(std::make_unique<char[]>(buffer_bytes)),
      first_versions_(config.categories, 1),
      arrived_([this](std::uint64_t number, Clock::time_point now) { arrived(number, now); }) {
    allow_many_sockets();
    make_streams();
    for (std::size_t i = 0; i < config_.appenders; ++i) {
        appenders_.push_back(std::make_unique<Appender>(port_));
        add(appenders_.back()->socket(), i, false);
        idle_.push_back(i);
    }
}

LiveLoad::~LiveLoad() {
    ::close(epoll_);
}

// Each with an event, so that each can be followed.
void LiveLoad::make_streams() {
    std::string lines;
    for (std::size_t category = 0; category < config_.categories; ++category) {
        for (std::size_t stream = 0; stream < config_.streams; ++stream) {
            lines += fmt::format(R"({{"stream":{{"category":"{}","id":"{}"}},"type":"Created"}})"
                                 "\n",
                                 category_name(category), stream_id(stream));
        }
    }
    position_ = config_.categories * config_.streams;
    std::string answer;
    Connection connection(port_);
    connection.post("/v1/import", "Content-Type: application/x-ndjson\r\n", lines,
                    [&](std::string_view text) { answer.append(text); });
    check(answer.find(fmt::format(R"("position":{}}})", position_)) != answer.npos,
          "the streams cannot be made: " + answer);
}

void LiveLoad::add(int socket, std::size_t index, bool follower) const {
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = index | (follower ? follower_flag : 0);
    check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) == 0, "a socket cannot be watched");
}

void LiveLoad::follow(Follows what, std::size_t subscribers) {
    leave();
    follows_ = what;
    expected_of_all_ = {};
    expected_.assign(std::max(subscribers, config_.categories), {});
    for (std::size_t i = 0; i < subscribers; ++i) {
        auto after = position_;
        std::string filter;
        switch (what) {
            case Follows::own_category: filter = "&category=" + category_name(i); break;
            case Follows::quiet_category: filter = fmt::format("&category=quiet-{}", i); break;
            case Follows::quiet_type: filter = fmt::format("&type=Quiet-{}", i); break;
            case Follows::own_stream: after = first_versions_[i]; break;
            case Follows::everything: break;
        }
        const auto target = what == Follows::own_stream
                                ? fmt::format("/v1/streams/{}/{}/events?from={}", category_name(i),
                                              stream_id(0), after + 1)
                                : fmt::format("/v1/events?after={}{}", after, filter);
        followers_.push_back(std::make_unique<Follower>(port_, target, after,
                                                        what == Follows::everything ? sample : 1));
        add(followers_.back()->socket(), i, true);
    }
    for (const auto give_up = Clock::now() + patience;
         !std::ranges::all_of(followers_, [](const auto& one) { return one->has_caught_up(); });) {
        check(Clock::now() < give_up, "a subscriber has not caught up");
        poll(100ms);
    }
}

void LiveLoad::leave() {
    followers_.clear();  // closing a socket takes it out of epoll
}

LiveLoad::Result LiveLoad::run(std::chrono::duration<double> time, double appends_per_second) {
    result_ = {};
    base_ += events_.size();
    events_.clear();
    pace_ = appends_per_second;
    const auto cpu_before = cpu_seconds_of_this_thread();
    begun_ = Clock::now();
    ends_ = begun_ + std::chrono::duration_cast<Clock::duration>(time);
    while (Clock::now() < ends_ || in_flight_ > 0) {
        send_due();
        // Paced appends are up to 1 ms late.
        poll(pace_ > 0 && !std::isinf(pace_) ? 1ms : 100ms);
    }
    const auto answered = Clock::now();
    const auto spent = std::chrono::duration<double>(answered - begun_).count();
    result_.appended = events_.size();
    result_.per_second = static_cast<double>(events_.size()) / spent;
    result_.load_cores = (cpu_seconds_of_this_thread() - cpu_before) / spent;
    while (!all_arrived()) {
        check(Clock::now() < answered + patience, "a subscriber has not heard of everything");
        poll(100ms);
    }
    result_.behind = std::chrono::duration<double>(Clock::now() - answered).count();
    for (std::size_t i = 0; i < followers_.size(); ++i) {
        check(followers_[i]->seen() == expected(i),
              fmt::format("subscriber {} heard of other events than it should", i));
    }
    return std::move(result_);
}

void LiveLoad::poll(std::chrono::milliseconds at_most) {
    std::array<epoll_event, 256> ready;
    const auto count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()),
                                    static_cast<int>(at_most.count()));
    for (int i = 0; i < count; ++i) {
        const auto index = ready[static_cast<std::size_t>(i)].data.u64;
        if ((index & follower_flag) != 0) {
            followers_[index & ~follower_flag]->read(buffer_.get(), buffer_bytes, arrived_);
        } else {
            read_appender(index);
        }
    }
}

void LiveLoad::read_appender(std::size_t index) {
    auto& appender = *appenders_[index];
    const auto answer = appender.read();
    if (!answer) {
        return;
    }
    const auto now = Clock::now();
    const auto& asked = appender.asked();
    auto& event = events_[asked.number - base_];
    event.answered = now;
    result_.append.push_back(milliseconds(now - event.sent));
    position_ = std::max(position_, answer->position);
    expected_of_all_.add(answer->position);
    if (asked.stream == 0) {
        auto& last = first_versions_[asked.category];
        last = std::max(last, answer->version);
    }
    if (follows_ == Follows::own_category) {
        expected_[asked.category].add(answer->position);
    } else if (follows_ == Follows::own_stream && asked.stream == 0) {
        expected_[asked.category].add(answer->version);
    }
    --in_flight_;
    if (std::isinf(pace_) && now < ends_) {
        send(appender);
    } else {
        idle_.push_back(index);
    }
}

void LiveLoad::send(Appender& appender) {
    const Appender::Append append{random_() % config_.categories, random_() % config_.streams,
                                  base_ + events_.size()};
    events_.push_back({Clock::now(), {}});
    ++in_flight_;
    appender.send(append);
}

// Each idle connection, or as many events as should have been sent by now.
void LiveLoad::send_due() {
    const auto now = std::min(Clock::now(), ends_);
    const auto due = pace_ * std::chrono::duration<double>(now - begun_).count();
    while (pace_ > 0 && now < ends_ && !idle_.empty() &&
           (std::isinf(pace_) || static_cast<double>(events_.size()) < due)) {
        const auto index = idle_.front();
        idle_.pop_front();
        send(*appenders_[index]);
    }
}

void LiveLoad::arrived(std::uint64_t number, Clock::time_point now) {
    check(number >= base_ && number - base_ < events_.size(), "an event came that was not sent");
    const auto& event = events_[number - base_];
    result_.from_send.push_back(milliseconds(now - event.sent));
    const bool answered = event.answered != Clock::time_point{};
    result_.from_answer.push_back(answered ? milliseconds(now - event.answered) : 0);
}

bool LiveLoad::all_arrived() const {
    for (std::size_t i = 0; i < followers_.size(); ++i) {
        if (followers_[i]->seen().events < expected(i).events) {
            return false;
        }
    }
    return true;
}

const Tally& LiveLoad::expected(std::size_t subscriber) const {
    return follows_ == Follows::everything ? expected_of_all_ : expected_[subscriber];
}

}  // namespace firn::perf
