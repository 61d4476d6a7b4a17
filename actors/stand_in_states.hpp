// The feed as consumers see it: with the state in each `$snapshot`, so that whoever starts at the
// beginning after compactions ends with the same read model as who saw every event.
//
// A stand-in's data becomes {"state", "decider": {"kind", "revision"}, "state_hash",
// "chain_hash"}, of the anchor in effect. Where that was overtaken by another cut after the page
// was read, the page ends before it, since the events that follow it in the page would have no
// beginning; the next page shows what is so then. An anchor that is damaged in both copies is
// {"error": "unrecoverable-state"}.
// Thread: any. Errors: of the feed and the snapshots.
#pragma once

#include "storage/event_store.hpp"

namespace firn {

// As EventStore::feed; states count in bytes_max.
[[nodiscard]] result<FeedPage> feed_with_states(const EventStore& store, const FeedQuery& query);

// The stand-in's data for a stream whose events up to `version` are cut. Nothing: another cut has
// taken its place.
[[nodiscard]] result<std::optional<std::string>> stand_in_data(const EventStore& store,
                                                               const StreamName& stream,
                                                               Version version);

}  // namespace firn
