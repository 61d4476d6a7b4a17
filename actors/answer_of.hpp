// Waiting in a coroutine for what answers by a Reply.
// Thread: any. Errors: none of its own.
#pragma once

#include "actors/reply.hpp"

#include <boost/asio/awaitable.hpp>

#include <utility>

namespace firn {

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

}  // namespace firn
