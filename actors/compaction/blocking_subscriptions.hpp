// Which subscriptions that block compactions have not read all of a stream, and up to where they
// have.
//
// What counts is not the checkpoint itself, but the first event that a subscription has still to
// read: one that waits for rare events does not hold back what it would never see.
// Thread: any. Errors: of the feed and the stream's reads.
#pragma once

#include "actors/compaction/compaction_report.hpp"
#include "actors/subscriptions/subscription_registry.hpp"

namespace firn {

[[nodiscard]] result<std::vector<CompactionBlocker>> blocking_subscriptions(
    const EventStore& store, const SubscriptionRegistry& subscriptions, const StreamName& stream);

}  // namespace firn
