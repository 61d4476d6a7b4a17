// A service whose store is filled to some size, and what calls cost in it then.
//
// Events have 230 bytes of JSON and come ten a request, to one stream after the other; each stream
// has a snapshot at its last multiple of 70 events, and no other. Fixed seed.
// Thread: one, which runs the calls. Errors: fail() if an answer is wrong.
#pragma once

#include "actors/service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <vector>

namespace firn::perf {

class GrownStore {
public:
    static constexpr std::size_t event_bytes = 230;  // of an event's JSON
    struct Shape {
        std::uint64_t events = 0;
        std::uint64_t streams = 0;
    };

    GrownStore(std::filesystem::path directory, const Shape& shape);
    ~GrownStore() { close(); }
    GrownStore(const GrownStore&) = delete;
    GrownStore& operator=(const GrownStore&) = delete;

    double load();    // events/s
    double reopen();  // milliseconds
    double reopen_cold();
    // Every stream has its version, and there are no other events.
    void check_all() const;

    // Distinct streams at random.
    [[nodiscard]] std::vector<std::uint64_t> sample(std::size_t count);
    // The median in microseconds, one call at a time.
    double states(const std::vector<std::uint64_t>& streams);
    double appends(const std::vector<std::uint64_t>& streams);
    // 64 calls at a time: the whole time in microseconds, divided by the calls.
    double appends_in_flight(const std::vector<std::uint64_t>& streams, std::uint64_t count);
    [[nodiscard]] StoreStats stats() const { return service_->stats().store; }

private:
    void open();
    void close();
    [[nodiscard]] AppendRequest request(std::uint64_t stream, std::uint64_t events);

    // Each stream up to this length, a request after the other.
    void load_up_to(std::uint64_t length);
    boost::asio::awaitable<void> load_some(std::uint64_t& next, std::uint64_t length);
    boost::asio::awaitable<void> snapshot_some(std::uint64_t& next);
    boost::asio::awaitable<void> append_one(std::uint64_t stream, std::uint64_t events);
    boost::asio::awaitable<void> append_each(const std::vector<std::uint64_t>& streams,
                                             std::vector<float>& times);
    boost::asio::awaitable<void> append_own(const std::vector<std::uint64_t>& streams,
                                            std::size_t client, std::uint64_t& left);
    boost::asio::awaitable<void> read_each(const std::vector<std::uint64_t>& streams,
                                           std::vector<float>& times);

    // A function object, since clang-tidy 14 sees errors in a coroutine that it can look into.
    using Calls = std::function<boost::asio::awaitable<void>(const std::vector<std::uint64_t>&,
                                                             std::vector<float>&)>;
    double one_at_a_time(const Calls& calls, const std::vector<std::uint64_t>& streams);

    Shape shape_;
    std::vector<std::uint64_t> versions_;
    std::uint64_t appended_ = 0;
    std::mt19937_64 random_{42};
    ServiceConfig config_;
    boost::asio::io_context io_{1};
    std::optional<Service> service_;
};

}  // namespace firn::perf
