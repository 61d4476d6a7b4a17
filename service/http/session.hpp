// One connection: carries bytes between a socket and its Conversation.
//
// Invariant: the socket is closed only by the destructor, which runs on the server's strand, as
// sweep() and cut() do; so they never shut down a descriptor that is somebody else's by now.
// Thread: run() on any of the executor's, one at a time; sweep() and cut() on the server's strand.
// Errors: of the socket end the session. Waits have no timers of their own, which would cost half
// as much as a request: the server's sweep ends what is overdue. Only the reading of a streamed
// body has one (InputWait), since its reader wants to look up meanwhile.
#pragma once

#include "service/http/conversation.hpp"
#include "service/http/input_wait.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <optional>

namespace firn {

class Session final : private BodyReader {
public:
    using Clock = std::chrono::steady_clock;

    Session(boost::asio::ip::tcp::socket socket, const Conversation::Context& context);

    [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    // Refused: it only says 503.
    boost::asio::awaitable<void> run(bool refused);
    // Ends a wait that is overdue, and an idle one when the server stops.
    void sweep(Clock::time_point now);
    // Ends whatever goes on with the socket.
    void cut();

private:
    enum class Wait : std::uint8_t { none, idle, input, output, linger };

    boost::asio::awaitable<bool> read_more();
    [[nodiscard]] bool write_now(std::size_t& written);
    boost::asio::awaitable<bool> write_rest(std::size_t written);
    boost::asio::awaitable<void> answer();
    boost::asio::awaitable<void> send_piece();
    // BodyReader
    boost::asio::awaitable<Came> read(std::string& out, Clock::time_point until) override;
    [[nodiscard]] std::string_view why() const noexcept override { return body_broke_; }
    // False: nothing came until then.
    boost::asio::awaitable<bool> wait_for_body(Clock::time_point until);
    boost::asio::awaitable<void> linger();
    void wait(Wait what, std::chrono::milliseconds at_most);
    void set_read_deadline();

    boost::asio::ip::tcp::socket socket_;
    const int descriptor_;
    Conversation::Context context_;
    Conversation conversation_;
    std::string_view body_broke_;
    InputWait input_wait_;
    std::optional<Clock::time_point> body_due_;  // while a body's next byte is waited for
    // Which read the deadline was set for: a head's is not moved by each of its bytes.
    std::uint64_t deadline_request_ = 0;
    Conversation::Phase deadline_phase_ = Conversation::Phase::idle;

    // Shared with the sweep.
    std::atomic<Wait> wait_{Wait::none};
    std::atomic<Clock::rep> deadline_{Clock::time_point::max().time_since_epoch().count()};
    std::atomic<bool> expired_{false};
};

}  // namespace firn
