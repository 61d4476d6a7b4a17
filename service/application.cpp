#include "service/application.hpp"

#include "service/routes/http_frontend.hpp"
#include "service/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace firn {

namespace asio = boost::asio;

namespace {

int threads_of(const ProgramConfig& config) {
    const auto wanted = config.threads == 0 ? std::thread::hardware_concurrency() : config.threads;
    return static_cast<int>(std::max(1u, wanted));
}

// Connections are files: the usual soft limit of 1,024 is far below connections_max.
void allow_many_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
    }
}

}  // namespace

class Application::Impl {
public:
    Impl(const ProgramConfig& config, const Log& log)
        : config_(config),
          log_(log),
          io_(threads_of(config)),
          work_(io_.get_executor()),
          service_(io_.get_executor(), config.service),
          http_(io_.get_executor(), config.http, service_, log) {
        allow_many_files();
        http_.start();
        const auto threads = threads_of(config);
        for (int i = 0; i < threads; ++i) {
            threads_.emplace_back([this] { serve(); });
        }
        log_.info("ready", {{"address", config_.http.address},
                            {"port", unsigned{http_.port()}},
                            {"data", config_.service.data.string()},
                            {"threads", threads},
                            {"pid", static_cast<int>(::getpid())},
                            {"version", version()}});
    }

    ~Impl() {
        io_.stop();
        for (auto& thread : threads_) {
            thread.join();
        }
    }

    std::uint16_t port() const { return http_.port(); }

    bool run() {
        wait_for_signal();
        control_.run();
        log_.info("stopped", {{"clean", stopped_}});
        return stopped_;
    }

private:
    void serve() {
        for (;;) {
            try {
                io_.run();
                return;
            } catch (const std::exception& bug) {
                // It ended one piece of work; the others go on.
                log_.error("unexpected", {{"reason", bug.what()}});
            }
        }
    }

    void wait_for_signal() {
        signals_.async_wait([this](const boost::system::error_code& error, int signal) {
            if (error) {
                return;
            }
            if (stopping_) {
                log_.warning("stopped at once", {{"signal", signal}});
                std::_Exit(128 + signal);
            }
            stopping_ = true;
            log_.info("stopping", {{"signal", signal}});
            begin_stop();
            wait_for_signal();
        });
    }

    void begin_stop() {
        asio::co_spawn(io_, stop(), [this](std::exception_ptr failure) {
            asio::post(control_, [this, failure] { end_stop(failure); });
        });
        // Requests in flight have their own bound; closing the store gets what is left of 10 s.
        constexpr std::chrono::milliseconds closing{4'500};
        deadline_.expires_after(config_.http.timeouts.stop + closing);
        deadline_.async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled) {
                // What hangs cannot be destroyed either. Everything acknowledged is on the disk.
                log_.error("stopping took too long");
                std::_Exit(unclean_stop);
            }
        });
    }

    asio::awaitable<void> stop() {
        co_await http_.async_stop();
        co_await service_.async_stop();
    }

    void end_stop(std::exception_ptr failure) {
        try {
            if (failure) {
                std::rethrow_exception(failure);
            }
            stopped_ = true;
        } catch (const std::exception& reason) {
            log_.error("stopping failed", {{"reason", reason.what()}});
        }
        deadline_.cancel();
        signals_.cancel();
    }

    static constexpr int unclean_stop = 7;  // documented with the program's exit codes

    const ProgramConfig config_;
    const Log& log_;
    // Signals and deadlines have main's thread for themselves, so that they work however busy or
    // stuck the others are.
    asio::io_context control_{1};
    asio::signal_set signals_{control_, SIGINT, SIGTERM};
    asio::steady_timer deadline_{control_};
    bool stopping_ = false;
    bool stopped_ = false;

    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    Service service_;
    HttpFrontend http_;
    std::vector<std::thread> threads_;
};

Application::Application(const ProgramConfig& config, const Log& log)
    : impl_(std::make_unique<Impl>(config, log)) {}
Application::~Application() = default;

std::uint16_t Application::port() const {
    return impl_->port();
}

bool Application::run() {
    return impl_->run();
}

}  // namespace firn
