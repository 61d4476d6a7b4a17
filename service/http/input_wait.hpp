// Waits until a socket has something to read, or until a moment that comes first.
//
// A wait whose moment came is not taken back, but serves the next call: so nothing is cancelled
// from another thread than the one that waits.
// Thread: wait() one at a time; the executor may have several threads. Errors: of the socket make
// it readable; the read that follows tells.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>

namespace firn {

class InputWait {
public:
    using Clock = std::chrono::steady_clock;

    // The socket must outlive the waits, not what is left of them.
    explicit InputWait(boost::asio::ip::tcp::socket& socket) : socket_(socket) {}

    // False: there is nothing to read yet. True may be of an earlier moment: reading tells.
    [[nodiscard]] boost::asio::awaitable<bool> wait(Clock::time_point until);

private:
    struct State;
    static boost::asio::awaitable<bool> wait_on_strand(std::shared_ptr<State> state,
                                                       boost::asio::ip::tcp::socket* socket,
                                                       Clock::time_point until);

    boost::asio::ip::tcp::socket& socket_;
    std::shared_ptr<State> state_;  // made by the first wait: most sessions have none
};

}  // namespace firn
