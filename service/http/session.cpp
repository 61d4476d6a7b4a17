#include "service/http/session.hpp"

#include "storage/errors.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <exception>

namespace firn {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kept_output_bytes_max = 256u << 10;
constexpr std::size_t linger_read_bytes = 4096;

}  // namespace

Session::Session(asio::ip::tcp::socket socket, const Conversation::Context& context)
    : socket_(std::move(socket)),
      descriptor_(socket_.native_handle()),
      context_(context),
      conversation_(context, *this),
      input_wait_(socket_) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

asio::awaitable<void> Session::run(bool refused) {
    if (refused) {
        conversation_.refuse_connection();
    }
    for (;;) {
        const auto step = conversation_.next();
        std::size_t written = 0;
        if (!conversation_.output().empty() && !write_now(written) &&
            !co_await write_rest(written)) {
            co_return;
        }
        if (step == Conversation::Step::close) {
            break;
        }
        if (step == Conversation::Step::read && !co_await read_more()) {
            co_return;
        }
        if (step == Conversation::Step::answer) {
            co_await answer();
        }
        if (step == Conversation::Step::piece) {
            co_await send_piece();
        }
    }
    error_code ignored;
    if (conversation_.must_reset()) {
        // Not by Asio, whose destructor would take it back.
        const ::linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        co_return;
    }
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    if (conversation_.must_linger()) {
        co_await linger();
    }
}

void Session::wait(Wait what, std::chrono::milliseconds at_most) {
    deadline_.store((Clock::now() + at_most).time_since_epoch().count(), std::memory_order_relaxed);
    wait_.store(what);
}

void Session::set_read_deadline() {
    const auto phase = conversation_.phase();
    const auto& timeouts = context_.config.timeouts;
    switch (phase) {
        case Conversation::Phase::idle: wait(Wait::idle, timeouts.idle); break;
        case Conversation::Phase::body: wait(Wait::input, timeouts.body); break;
        case Conversation::Phase::head:
            if (deadline_phase_ == phase && deadline_request_ == conversation_.requests()) {
                wait_.store(Wait::input);
            } else {
                wait(Wait::input, timeouts.header);
            }
            break;
    }
    deadline_phase_ = phase;
    deadline_request_ = conversation_.requests();
}

asio::awaitable<bool> Session::read_more() {
    set_read_deadline();
    // After wait_ was set: either the stopping server sees this session idle, or it sees the stop.
    if (context_.stopping.load() && conversation_.phase() == Conversation::Phase::idle) {
        co_return false;
    }
    const auto space = conversation_.space();
    error_code error;
    const auto bytes = co_await socket_.async_read_some(
        asio::buffer(space.data(), space.size()), asio::redirect_error(asio::use_awaitable, error));
    wait_.store(Wait::none);
    if (bytes > 0) {
        conversation_.received(bytes);
    } else if (expired_.load()) {
        conversation_.timed_out();
    } else if (error == asio::error::eof) {
        conversation_.input_ended();
    } else {
        co_return false;
    }
    co_return true;
}

bool Session::write_now(std::size_t& written) {
    auto& output = conversation_.output();
    error_code error;
    written = socket_.write_some(asio::buffer(output), error);
    if (error || written != output.size()) {
        return false;
    }
    output.clear();
    if (output.capacity() > kept_output_bytes_max) {
        std::string().swap(output);
    }
    return true;
}

asio::awaitable<bool> Session::write_rest(std::size_t written) {
    auto& output = conversation_.output();
    while (written < output.size()) {
        wait(Wait::output, context_.config.timeouts.response);
        error_code error;
        written += co_await socket_.async_write_some(
            asio::buffer(output.data() + written, output.size() - written),
            asio::redirect_error(asio::use_awaitable, error));
        wait_.store(Wait::none);
        if (error) {
            co_return false;
        }
    }
    std::string().swap(output);
    co_return true;
}

asio::awaitable<void> Session::answer() {
    std::string failure;
    try {
        co_await context_.handler.answer(conversation_.request(), conversation_.response());
    } catch (const std::exception& error) {
        failure = error.what();
        if (failure.empty()) {
            failure = "unknown";
        }
    }
    if (failure.empty()) {
        conversation_.answered();
    } else {
        conversation_.failed(failure);
    }
}

asio::awaitable<void> Session::send_piece() {
    bool more = false;
    std::string failure;
    try {
        more = co_await conversation_.source().next(conversation_.begin_piece());
    } catch (const std::exception& error) {
        failure = error.what();
        if (failure.empty()) {
            failure = "unknown";
        }
    }
    if (!failure.empty()) {
        conversation_.cut_body(failure);
        co_return;
    }
    conversation_.end_piece(more);
    if (more) {
        // A source that never waits and a client that takes all would keep the thread.
        co_await asio::post(socket_.get_executor(), asio::use_awaitable);
    }
}

asio::awaitable<BodyReader::Came> Session::read(std::string& out, Clock::time_point until) {
    auto& body = conversation_.streamed_body();
    for (;;) {
        if (!body_broke_.empty()) {
            co_return Came::broken;  // asking the socket again might wait
        }
        const auto before = out.size();
        const auto progress = conversation_.take_body_piece(out);
        if (progress == StreamedBody::Progress::malformed) {
            body_broke_ = body.wrong();
            co_return Came::broken;
        }
        if (out.size() != before) {
            co_return Came::piece;
        }
        if (progress == StreamedBody::Progress::complete) {
            co_return Came::end;
        }
        const auto space = body.space();
        error_code error;
        auto bytes = socket_.read_some(asio::buffer(space.data(), space.size()), error);
        while (error == asio::error::would_block) {
            if (!co_await wait_for_body(until)) {
                co_return Came::nothing;
            }
            bytes = socket_.read_some(asio::buffer(space.data(), space.size()), error);
        }
        body_due_.reset();
        body.received(bytes);
        if (bytes == 0) {
            const bool late = expired_.load();
            context_.counters.timeouts.fetch_add(late ? 1 : 0, std::memory_order_relaxed);
            body_broke_ = late ? "The body stopped coming."
                               : "The connection ended in the middle of the body.";
            co_return Came::broken;
        }
    }
}

asio::awaitable<bool> Session::wait_for_body(Clock::time_point until) {
    // Waits that follow each other are one, however often the reader looks up meanwhile.
    if (!body_due_) {
        body_due_ = Clock::now() + context_.config.timeouts.body;
    }
    deadline_.store(body_due_->time_since_epoch().count(), std::memory_order_relaxed);
    wait_.store(Wait::input);
    const bool came = co_await input_wait_.wait(until);
    wait_.store(Wait::none);
    co_return came;
}

// A close with input unread makes the kernel send a reset, which may overtake the answer.
asio::awaitable<void> Session::linger() {
    wait(Wait::linger, context_.config.timeouts.linger);
    auto& ignored = conversation_.output();  // all of it was sent
    ignored.resize(linger_read_bytes);
    for (;;) {
        error_code error;
        co_await socket_.async_read_some(asio::buffer(ignored),
                                         asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            co_return;
        }
    }
}

void Session::sweep(Clock::time_point now) {
    const auto what = wait_.load();
    if (what == Wait::none) {
        return;
    }
    const bool overdue =
        now.time_since_epoch().count() >= deadline_.load(std::memory_order_relaxed);
    if (overdue) {
        expired_.store(true);
        // A reader that is late may still be told; a client that does not read may not.
        const bool telling = what == Wait::input || what == Wait::idle;
        ::shutdown(descriptor_, telling ? SHUT_RD : SHUT_RDWR);
    } else if (what == Wait::idle && context_.stopping.load()) {
        ::shutdown(descriptor_, SHUT_RD);
    }
}

void Session::cut() {
    ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace firn
