#include "service/http/input_wait.hpp"

#include "storage/errors.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace firn {

namespace asio = boost::asio;

// On the strand only.
struct InputWait::State {
    explicit State(const asio::any_io_executor& executor)
        : strand(asio::make_strand(executor)), timer(strand) {}

    asio::strand<asio::any_io_executor> strand;
    asio::steady_timer timer;
    bool under_way = false;
    bool readable = false;
};

asio::awaitable<bool> InputWait::wait(Clock::time_point until) {
    if (!state_) {
        state_ = std::make_shared<State>(socket_.get_executor());
    }
    const auto strand = state_->strand;
    co_return co_await asio::co_spawn(strand, wait_on_strand(state_, &socket_, until),
                                      asio::use_awaitable);
}

asio::awaitable<bool> InputWait::wait_on_strand(std::shared_ptr<State> state,
                                                asio::ip::tcp::socket* socket,
                                                Clock::time_point until) {
    if (!state->under_way && !state->readable) {
        state->under_way = true;
        socket->async_wait(asio::ip::tcp::socket::wait_read,
                           asio::bind_executor(state->strand, [state](const error_code&) {
                               state->under_way = false;
                               state->readable = true;
                               state->timer.cancel();
                           }));
    }
    state->timer.expires_at(until);
    while (!state->readable && Clock::now() < until) {
        error_code ignored;
        co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return std::exchange(state->readable, false);
}

}  // namespace firn
