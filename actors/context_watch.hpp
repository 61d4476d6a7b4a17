// Tells services that the execution context they run on is being destroyed.
//
// Asio destroys a context's services before anything else; as one of them, this hears of it in
// time to let go of every coroutine that still waits.
// Thread: watch() from any thread; shutdown() runs in the context's destructor.
#pragma once

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace firn {

class ContextWatch final : public boost::asio::execution_context::service {
public:
    class Observer {
    public:
        virtual ~Observer() = default;
        // No handler runs any more, and none may be posted once this returns.
        virtual void context_gone() = 0;
    };

    using key_type = ContextWatch;
    static boost::asio::execution_context::id id;

    explicit ContextWatch(boost::asio::execution_context& context)
        : boost::asio::execution_context::service(context) {}

    // An observer that died needs no farewell.
    void watch(std::weak_ptr<Observer> observer);

private:
    void shutdown() noexcept override;

    std::mutex mutex_;
    std::vector<std::weak_ptr<Observer>> observers_;
};

}  // namespace firn
