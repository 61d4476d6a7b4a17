// What can go wrong above storage. Storage's own errors pass through as they are.
#pragma once

#include "storage/errors.hpp"

namespace firn {

enum class actor_errc {
    overloaded = 1,          // a bounded queue is full; try again shortly
    closed,                  // the service is stopping
    fold_failed,             // the decider could not evolve on a stored event
    bad_request,             // an argument out of its bounds
    command_rejected,        // the decider refuses the command
    no_decide,               // the category's decider has no decide
    invalid_decider,         // settings whose decider cannot work
    subscription_not_found,  // there is none of that name
    subscriptions_full,      // there are as many as there may be
    start_is_fixed,          // another beginning than the subscription has
    position_past_head,      // there is no such event yet
    unrecoverable_state,     // both copies of what stands in for deleted events are damaged
    decider_not_declared,    // compaction needs a decider that somebody set
    migration_needed,        // streams were compacted, and the new decider has no migrate
    plan_changed,            // what a compaction's plan rests on is not so any more
    compaction_running,      // another one runs on the stream
    compaction_not_found,    // there is none of that id
};

const boost::system::error_category& actor_category() noexcept;

inline error_code make_error_code(actor_errc e) noexcept {
    return {static_cast<int>(e), actor_category()};
}

}  // namespace firn

template <>
struct boost::system::is_error_code_enum<firn::actor_errc> : std::true_type {};
