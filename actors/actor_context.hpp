// What all stream actors of a service share, and what they ask of it.
//
// Thread: any. The context outlives every actor: whatever of an actor is posted to the executor
// holds the context too. The host may be gone before, when the service is destroyed.
#pragma once

#include "actors/categories/category_registry.hpp"
#include "actors/counters.hpp"
#include "actors/guarded_executor.hpp"
#include "actors/reply.hpp"
#include "actors/service.hpp"
#include "actors/store_gate.hpp"
#include "actors/subscriptions/subscription_registry.hpp"

#include <memory>

namespace firn {

class CommitRequests;
class WriteRequest;

// What an actor asks of the service around it.
class ActorHost {
public:
    // As if it came in now: it may wait for a stream's commands.
    virtual void start_write(std::unique_ptr<WriteRequest> request) = 0;
    // Straight to the commit queue, together; an error leaves them with the caller.
    [[nodiscard]] virtual error_code enqueue(CommitRequests& requests) = 0;
    // The stream has come to where its policy wants a snapshot, or a save failed.
    // False: too many wait; ask again later.
    [[nodiscard]] virtual bool snapshot_due(const StreamName& stream) = 0;
    virtual void snapshot_failed(const StreamName& stream) = 0;
    // What was due was handed to the store, or is not to be had.
    virtual void snapshot_handed_over() = 0;
    // The newest state, as Service::state answers it.
    virtual void live_state(const StreamName& stream, Reply<StateResult> reply) = 0;
    // The stream is deleted: so is the policy of its own.
    virtual void policy_ended(const StreamName& stream) = 0;

protected:
    ~ActorHost() = default;
};

struct ActorContext : std::enable_shared_from_this<ActorContext> {
    ActorContext(boost::asio::any_io_executor on, const ServiceConfig& config,
                 std::unique_ptr<EventStore> over)
        : executor(std::move(on)),
          limits(config.actors),
          gate(std::move(over)),
          categories(std::make_shared<CategoryRegistry>(gate, config.snapshots)),
          subscriptions(std::make_shared<SubscriptionRegistry>(gate, config.subscriptions)) {}

    GuardedExecutor executor;
    const ServiceConfig::Actors limits;
    StoreGate gate;
    const std::shared_ptr<CategoryRegistry> categories;
    const std::shared_ptr<SubscriptionRegistry> subscriptions;
    Counters counters;
    std::weak_ptr<ActorHost> host;  // set once, before the first actor
};

}  // namespace firn
