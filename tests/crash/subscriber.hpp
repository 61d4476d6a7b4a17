// Reads a durable subscription and acknowledges it, until the server is gone, and keeps a record.
//
// A careful subscriber: what it was given it deals with once, in order, and passes over what comes
// again. Now and then it acknowledges only a part of a page, or forgets to.
// Thread: one at a time. Errors: throws std::runtime_error with a sentence at the first thing that
// is not as promised; a server that is gone is none.
#pragma once

#include "tests/crash/history_check.hpp"
#include "tests/support/random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace firn::test {

class HttpConnection;

class Subscriber {
public:
    Subscriber(std::uint64_t seed, std::string category);

    // PUT /v1/subscriptions/…, from the beginning, for events of the category.
    void subscribe(std::uint16_t port) const;
    void read_until_gone(std::uint16_t port);
    // To the end of what there is.
    void read_all(std::uint16_t port);

    // What it dealt with is the beginning of the category's events in the global order.
    void check_against(const HistoryCheck& history) const;

    [[nodiscard]] const std::vector<std::uint64_t>& dealt_with() const noexcept {
        return dealt_with_;
    }
    [[nodiscard]] std::uint64_t came_again() const noexcept { return came_again_; }

private:
    // False: there was nothing.
    bool take_page(HttpConnection& connection);
    void take_event(std::uint64_t position, std::uint64_t checkpoint);
    void acknowledge(HttpConnection& connection, std::uint64_t position);

    Random random_;
    const std::string category_;
    std::vector<std::uint64_t> dealt_with_;  // positions
    std::uint64_t sent_ = 0;                 // the newest acknowledgement that may have arrived
    std::uint64_t acknowledged_ = 0;         // the newest one that was answered
    std::uint64_t came_again_ = 0;
};

}  // namespace firn::test
