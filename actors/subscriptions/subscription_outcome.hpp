// What became of a change of a subscription.
// Thread: plain value.
#pragma once

#include "actors/errors.hpp"
#include "storage/types.hpp"

namespace firn {

struct SubscriptionOutcome {
    // subscription_not_found, subscriptions_full, start_is_fixed, position_past_head, bad_request
    // (the name), or of the store; empty: durable.
    error_code error;
    Position checkpoint = {};  // of an acknowledgement: where the durable checkpoint is now
    bool created = false;      // of a setting: it was not there before
};

}  // namespace firn
