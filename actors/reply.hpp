// The coroutine that waits for one T, and how it is answered.
//
// A cancelled wait ends at once with the value that `cancelled` makes; an answer that comes
// afterwards is dropped. So an append that is queued stays queued, and nobody is called twice.
// Thread: answer() and post() once, from any thread; the coroutine goes on on its own executor.
// A Reply that is destroyed unanswered destroys its coroutine: only when the executor's context
// is going away.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace firn {

template <class T>
class Reply {
public:
    using Handler =
        typename boost::asio::async_result<boost::asio::use_awaitable_t<>, void(T)>::handler_type;

    Reply(Handler handler, T (*cancelled)())
        : waiting_(std::make_shared<Waiting>(std::move(handler))) {
        // The coroutine itself counts as work for its executor; so no work guard here.
        auto slot = boost::asio::get_associated_cancellation_slot(waiting_->handler);
        if (slot.is_connected()) {
            slot.assign([waiting = waiting_, cancelled](boost::asio::cancellation_type) {
                boost::asio::post(waiting->executor,
                                  [waiting, cancelled] { waiting->resume(cancelled()); });
            });
        }
    }

    // On a thread of the executor the coroutine goes on before this returns.
    void answer(T value) && {
        auto waiting = std::move(waiting_);
        const auto& executor = waiting->executor;
        boost::asio::dispatch(executor,
                              [waiting = std::move(waiting), value = std::move(value)]() mutable {
                                  waiting->resume(std::move(value));
                              });
    }

    // Never before this returns: for answers given while the wait is still being set up.
    void post(T value) && {
        auto waiting = std::move(waiting_);
        const auto& executor = waiting->executor;
        boost::asio::post(executor,
                          [waiting = std::move(waiting), value = std::move(value)]() mutable {
                              waiting->resume(std::move(value));
                          });
    }

private:
    struct Waiting {
        explicit Waiting(Handler h)
            : handler(std::move(h)), executor(boost::asio::get_associated_executor(handler)) {}

        void resume(T value) {
            if (!answered.exchange(true, std::memory_order_acq_rel)) {
                // Out of this object first: the coroutine's cancellation slot may own the object
                // and is cleared when the coroutine goes on.
                auto resumed = std::move(handler);
                std::move(resumed)(std::move(value));
            }
        }

        Handler handler;
        boost::asio::any_io_executor executor;
        std::atomic<bool> answered{false};
    };

    std::shared_ptr<Waiting> waiting_;
};

}  // namespace firn
