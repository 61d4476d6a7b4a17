#include "service/application.hpp"

#include "service/io_threads.hpp"
#include "service/routes/http_frontend.hpp"
#include "service/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace firn {

namespace asio = boost::asio;

namespace {

std::size_t threads_of(const ProgramConfig& config) {
    // By default one processor is left to the journal and the settler.
    const auto wanted = config.threads == 0 ? std::max(std::thread::hardware_concurrency(), 2u) - 1
                                            : config.threads;
    return std::clamp(wanted, 1u, 1024u);
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
          io_(threads_of(config),
              [this](const std::exception& bug) {
                  log_.error("unexpected", {{"reason", bug.what()}});
              }),
          service_(io_.executor(), config.service),
          http_(io_.executor(), config.http, service_, log, io_.executors()) {
        allow_many_files();
        http_.start();
        io_.start();
        log_.info("ready", {{"address", config_.http.address},
                            {"port", unsigned{http_.port()}},
                            {"data", config_.service.data.string()},
                            {"threads", io_.count()},
                            {"pid", static_cast<int>(::getpid())},
                            {"version", version()}});
    }

    ~Impl() { io_.stop(); }

    std::uint16_t port() const { return http_.port(); }

    bool run() {
        wait_for_signal();
        control_.run();
        log_.info("stopped", {{"clean", stopped_}});
        return stopped_;
    }

private:
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
        asio::co_spawn(io_.executor(), stop(), [this](std::exception_ptr failure) {
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

    IoThreads io_;
    Service service_;
    HttpFrontend http_;
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
