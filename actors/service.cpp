#include "actors/service.hpp"

#include "actors/service_impl.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace firn {

namespace {

// Suspends the calling coroutine, and starts `call` with the Reply that will resume it. Arguments
// are values: the coroutine may go on on another thread before `call` returns.
template <class T, class Call, class... Args>
boost::asio::awaitable<T> answer_of(Call call, T (*cancelled)(), Args... args) {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
        [](typename Reply<T>::Handler handler, Call start, T (*aborted)(), Args... values) {
            start(Reply<T>(std::move(handler), aborted), std::move(values)...);
        },
        boost::asio::use_awaitable, std::move(call), cancelled, std::move(args)...);
}

StateResult cancelled_state() {
    return StateFailure{boost::asio::error::operation_aborted, {}, {}};
}

bool cancelled_stop() {
    return false;
}

}  // namespace

Service::Service(boost::asio::any_io_executor executor, ServiceConfig config,
                 std::unique_ptr<EventStore> store) {
    config.validate();
    impl_ = std::make_shared<Impl>(std::move(executor), config, std::move(store));
    impl_->watch_context();
}

Service::~Service() {
    stop();
}

boost::asio::awaitable<AppendOutcome> Service::append(AppendRequest request) {
    return answer_of<AppendOutcome>(
        [](Reply<AppendOutcome> reply, std::shared_ptr<Impl> impl, AppendRequest asked) {
            impl->append(std::move(asked), StreamWrite::Kind::append, std::move(reply));
        },
        &WriteCall<AppendOutcome>::cancelled, impl_, std::move(request));
}

boost::asio::awaitable<AppendOutcome> Service::delete_stream(StreamName stream, Expected expected) {
    return answer_of<AppendOutcome>(
        [](Reply<AppendOutcome> reply, std::shared_ptr<Impl> impl, AppendRequest asked) {
            impl->append(std::move(asked), StreamWrite::Kind::delete_stream, std::move(reply));
        },
        &WriteCall<AppendOutcome>::cancelled, impl_,
        AppendRequest{std::move(stream), expected, nullptr});
}

boost::asio::awaitable<TransactionOutcome> Service::transact(Transaction transaction) {
    return answer_of<TransactionOutcome>(
        [](Reply<TransactionOutcome> reply, std::shared_ptr<Impl> impl, Transaction asked) {
            impl->transact(std::move(asked), std::move(reply));
        },
        &WriteCall<TransactionOutcome>::cancelled, impl_, std::move(transaction));
}

boost::asio::awaitable<StateResult> Service::state(StreamName stream,
                                                   std::optional<Version> version) {
    const auto impl = impl_;
    if (auto view = impl->cached_state(stream);
        view && view->version == version.value_or(view->version)) {
        co_return std::move(*view);
    }
    bool is_head = true;
    if (version) {
        if (auto failure = impl->check_version(stream, *version, is_head)) {
            co_return std::move(*failure);
        }
    }
    if (is_head) {
        auto state = co_await answer_of<StateResult>(
            [](Reply<StateResult> reply, std::shared_ptr<Impl> on, StreamName asked) {
                on->head_state(asked, std::move(reply));
            },
            &cancelled_state, impl, stream);
        // The head may have moved on meanwhile.
        if (!version || !state || state->version == *version) {
            co_return state;
        }
    }
    co_return co_await answer_of<StateResult>(
        [](Reply<StateResult> reply, std::shared_ptr<Impl> on, StreamName asked, Version at) {
            on->old_state(asked, at, std::move(reply));
        },
        &cancelled_state, impl, std::move(stream), *version);
}

std::optional<StateView> Service::cached_state(const StreamName& stream) const {
    return impl_->cached_state(stream);
}

const EventStore& Service::store() const noexcept {
    return impl_->store();
}

ServiceStats Service::stats() const {
    return impl_->stats();
}

boost::asio::awaitable<Position> Service::wait_past(Position seen,
                                                    std::chrono::milliseconds at_most) {
    return impl_->feed()->wait_past(seen, at_most);
}

boost::asio::awaitable<void> Service::async_stop() {
    const auto impl = impl_;
    impl->begin_stop();
    co_await answer_of<bool>(
        [](Reply<bool> reply, std::shared_ptr<Impl> on) { on->when_stopped(std::move(reply)); },
        &cancelled_stop, impl);
    impl->join();
}

void Service::stop() {
    impl_->begin_stop();
    impl_->join();
}

}  // namespace firn
