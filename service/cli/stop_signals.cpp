#include "service/cli/stop_signals.hpp"

#include "service/cli/exit_code.hpp"

#include <cerrno>
#include <system_error>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace firn::cli {

namespace {

void require(bool good, const char* what) {
    if (!good) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

void poll_all(pollfd* descriptors, nfds_t count, int milliseconds) {
    while (::poll(descriptors, count, milliseconds) < 0) {
        require(errno == EINTR, "poll");
    }
}

}  // namespace

StopSignals::StopSignals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGINT);
    ::sigaddset(&signals, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
    signals_ = ::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    require(signals_ >= 0, "signalfd");
    any_ = ::epoll_create1(EPOLL_CLOEXEC);
    require(any_ >= 0, "epoll_create1");
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = signals_;
    require(::epoll_ctl(any_, EPOLL_CTL_ADD, signals_, &interest) == 0, "epoll_ctl");
    // Without events to wait for, a broken pipe is still told. A file cannot break.
    interest.events = 0;
    interest.data.fd = STDOUT_FILENO;
    static_cast<void>(::epoll_ctl(any_, EPOLL_CTL_ADD, STDOUT_FILENO, &interest));
}

StopSignals::~StopSignals() {
    ::close(any_);
    ::close(signals_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> StopSignals::raised() {
    epoll_event event{};
    if (!raised_ && ::epoll_wait(any_, &event, 1, 0) == 1) {
        signalfd_siginfo info{};
        const bool signalled =
            event.data.fd == signals_ && ::read(signals_, &info, sizeof info) == sizeof info;
        raised_ = signalled ? static_cast<int>(info.ssi_signo) : SIGPIPE;
    }
    return raised_;
}

void StopSignals::check() {
    if (const auto signal = raised()) {
        throw Stopped(*signal);
    }
}

void StopSignals::pause(std::chrono::milliseconds time) {
    check();
    pollfd stop{any_, POLLIN, 0};
    poll_all(&stop, 1, static_cast<int>(time.count()));
    check();
}

void StopSignals::wait_readable(int descriptor) {
    check();
    pollfd either[] = {{descriptor, POLLIN, 0}, {any_, POLLIN, 0}};
    poll_all(either, 2, -1);
    check();
}

bool StopSignals::wait_writable(int descriptor) {
    if (raised()) {
        return false;
    }
    pollfd either[] = {{descriptor, POLLOUT, 0}, {any_, POLLIN, 0}};
    poll_all(either, 2, -1);
    return !raised();
}

}  // namespace firn::cli
