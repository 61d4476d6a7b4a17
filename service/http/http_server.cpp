#include "service/http/http_server.hpp"

#include "service/http/session.hpp"
#include "storage/errors.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>

namespace firn {

namespace asio = boost::asio;

namespace {

// Connections past the limit that are told so at a time; those past this too are just closed.
constexpr std::size_t refusals_max = 64;

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::any_io_executor executor, HttpConfig config, RequestHandler& handler, const Log& log,
         HttpCounters& counters, std::vector<asio::any_io_executor> session_executors)
        : session_executors_(std::move(session_executors)),
          strand_(asio::make_strand(executor)),
          config_(std::move(config)),
          handler_(handler),
          log_(log),
          counters_(counters),
          acceptor_(strand_),
          sweep_timer_(strand_),
          all_ended_(strand_) {
        if (session_executors_.empty()) {
            session_executors_.push_back(executor);
        }
        config_.validate();
        const asio::ip::tcp::endpoint wanted(asio::ip::make_address(config_.address), config_.port);
        acceptor_.open(wanted.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(wanted);
        acceptor_.listen();
        endpoint_ = acceptor_.local_endpoint();
        rules_.emplace(config_, endpoint_);
    }

    void start() {
        asio::co_spawn(strand_, accept_all(shared_from_this()), asio::detached);
        asio::co_spawn(strand_, sweep_all(shared_from_this()), asio::detached);
    }

    [[nodiscard]] asio::ip::tcp::endpoint endpoint() const { return endpoint_; }
    [[nodiscard]] const auto& strand() const noexcept { return strand_; }

    // The parameter keeps this alive for as long as the coroutine lives; so below.
    asio::awaitable<void> stop(std::shared_ptr<Impl> self);

private:
    using Sessions = std::list<Session>;

    asio::awaitable<void> accept_all(std::shared_ptr<Impl> self);
    asio::awaitable<void> sweep_all(std::shared_ptr<Impl> self);
    void admit(asio::ip::tcp::socket socket);
    void end(Sessions::iterator session, std::exception_ptr failure);

    // Connections take turns over them, and stay.
    std::vector<asio::any_io_executor> session_executors_;
    std::size_t next_executor_ = 0;
    asio::strand<asio::any_io_executor> strand_;
    HttpConfig config_;
    RequestHandler& handler_;
    const Log& log_;
    HttpCounters& counters_;
    asio::ip::tcp::endpoint endpoint_;
    std::optional<GroundRules> rules_;
    std::atomic<bool> stopping_{false};

    // On the strand only.
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer sweep_timer_;
    asio::steady_timer all_ended_;
    Sessions sessions_;
};

asio::awaitable<void> HttpServer::Impl::accept_all(std::shared_ptr<Impl> /*self*/) {
    asio::steady_timer pause(strand_);
    while (!stopping_.load()) {
        error_code error;
        const auto& executor = session_executors_[next_executor_++ % session_executors_.size()];
        auto socket = co_await acceptor_.async_accept(
            executor, asio::redirect_error(asio::use_awaitable, error));
        if (stopping_.load()) {
            break;
        }
        if (!error) {
            admit(std::move(socket));
        } else {
            // Out of descriptors, mostly: it passes when others close.
            log_.warning("accept_failed", {{"reason", error.message()}});
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
    }
}

void HttpServer::Impl::admit(asio::ip::tcp::socket socket) {
    counters_.connections_accepted.fetch_add(1, std::memory_order_relaxed);
    const auto limit = config_.limits.connections_max;
    const bool refused = sessions_.size() >= limit;
    if (refused) {
        counters_.connections_refused.fetch_add(1, std::memory_order_relaxed);
        if (sessions_.size() >= limit + refusals_max) {
            return;
        }
    }
    sessions_.emplace_back(std::move(socket), Conversation::Context{.config = config_,
                                                                    .rules = *rules_,
                                                                    .handler = handler_,
                                                                    .log = log_,
                                                                    .counters = counters_,
                                                                    .stopping = stopping_});
    counters_.connections_open.fetch_add(1, std::memory_order_relaxed);
    const auto session = std::prev(sessions_.end());
    asio::co_spawn(session->executor(), session->run(refused),
                   asio::bind_executor(
                       strand_, [self = shared_from_this(), session](std::exception_ptr failure) {
                           self->end(session, failure);
                       }));
}

void HttpServer::Impl::end(Sessions::iterator session, std::exception_ptr failure) {
    if (failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            log_.error("session_failed", {{"reason", error.what()}});
        }
    }
    sessions_.erase(session);
    counters_.connections_open.fetch_sub(1, std::memory_order_relaxed);
    if (stopping_.load() && sessions_.empty()) {
        all_ended_.cancel();
    }
}

asio::awaitable<void> HttpServer::Impl::sweep_all(std::shared_ptr<Impl> /*self*/) {
    while (!stopping_.load()) {
        sweep_timer_.expires_after(config_.timeouts.sweep);
        error_code error;
        co_await sweep_timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        const auto now = Session::Clock::now();
        for (auto& session : sessions_) {
            session.sweep(now);
        }
    }
}

asio::awaitable<void> HttpServer::Impl::stop(std::shared_ptr<Impl> /*self*/) {
    stopping_.store(true);
    error_code ignored;
    acceptor_.close(ignored);
    sweep_timer_.cancel();
    const auto cut_at = Session::Clock::now() + config_.timeouts.stop;
    bool cut = false;
    while (!sessions_.empty()) {
        const auto now = Session::Clock::now();
        if (!cut && now >= cut_at) {
            cut = true;
            log_.warning("stop_cuts_sessions", {{"sessions", std::uint64_t{sessions_.size()}}});
        }
        for (auto& session : sessions_) {
            cut ? session.cut() : session.sweep(now);
        }
        // end() wakes this early; the sweeps go on meanwhile.
        all_ended_.expires_at(cut ? now + config_.timeouts.sweep
                                  : std::min(now + config_.timeouts.sweep, cut_at));
        co_await all_ended_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

HttpServer::HttpServer(asio::any_io_executor executor, HttpConfig config, RequestHandler& handler,
                       const Log& log, HttpCounters& counters,
                       std::vector<asio::any_io_executor> session_executors)
    : impl_(std::make_shared<Impl>(executor, std::move(config), handler, log, counters,
                                   std::move(session_executors))) {}

HttpServer::~HttpServer() = default;

void HttpServer::start() {
    impl_->start();
}

asio::ip::tcp::endpoint HttpServer::endpoint() const {
    return impl_->endpoint();
}

asio::awaitable<void> HttpServer::async_stop() {
    // On the strand, whose things it touches; the caller resumes where it was.
    co_await asio::co_spawn(impl_->strand(), impl_->stop(impl_), asio::use_awaitable);
}

}  // namespace firn
