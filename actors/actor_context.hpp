// What all stream actors of a service share.
//
// Thread: any. Outlives every actor: whatever of an actor is posted to the executor holds the
// context too.
#pragma once

#include "actors/counters.hpp"
#include "actors/deciders/decider.hpp"
#include "actors/guarded_executor.hpp"
#include "actors/service.hpp"
#include "actors/store_gate.hpp"

#include <memory>

namespace firn {

struct ActorContext : std::enable_shared_from_this<ActorContext> {
    ActorContext(boost::asio::any_io_executor on, ServiceConfig::Actors bounds,
                 std::unique_ptr<EventStore> over, std::shared_ptr<const Decider> by)
        : executor(std::move(on)), limits(bounds), gate(std::move(over)), decider(std::move(by)) {}

    // The head's state as callers see it.
    [[nodiscard]] StateView view(Version version, std::shared_ptr<const std::string> json) const {
        return {version, std::move(json), decider->kind(), decider->revision()};
    }

    GuardedExecutor executor;
    const ServiceConfig::Actors limits;
    StoreGate gate;
    const std::shared_ptr<const Decider> decider;
    Counters counters;
};

}  // namespace firn
