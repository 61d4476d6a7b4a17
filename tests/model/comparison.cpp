#include "tests/model/comparison.hpp"

#include "tests/support/snapshot_builder.hpp"

#include <algorithm>

namespace firn::test {

namespace {

bool same_outcome(const StreamOutcome& a, const StreamOutcome& b) {
    return a.first_version == b.first_version && a.version == b.version &&
           a.position == b.position && a.recorded_at == b.recorded_at && a.replayed == b.replayed;
}

bool same_conflict(const StreamConflict& a, const StreamConflict& b) {
    return a.index == b.index && a.reason == b.reason && a.current_version == b.current_version &&
           a.event_id == b.event_id;
}

bool same_entry(const FeedEvent& a, const FeedEvent& b) {
    if (a.kind != b.kind || *a.stream != *b.stream) {
        return false;
    }
    if (a.kind == FeedEvent::Kind::event) {
        return same(a.event, b.event);
    }
    return a.event.version == b.event.version && a.event.position == b.event.position &&
           a.event.recorded_at == b.event.recorded_at;
}

template <class Range, class Same>
bool all_same(const Range& a, const Range& b, Same same_one) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_one);
}

}  // namespace

bool same(const TransactionOutcome& a, const TransactionOutcome& b) {
    return a.error == b.error && all_same(a.streams, b.streams, same_outcome) &&
           all_same(a.conflicts, b.conflicts, same_conflict);
}

bool same(const StreamFacts& a, const StreamFacts& b) {
    return a.stream == b.stream && a.version == b.version && a.first_version == b.first_version &&
           a.events == b.events && a.bytes == b.bytes && a.last_position == b.last_position &&
           a.chain_hash == b.chain_hash && a.deleted == b.deleted;
}

bool same(const EventView& a, const EventView& b) {
    return a.id == b.id && a.id_from_client == b.id_from_client && a.type == b.type &&
           a.data == b.data && a.metadata == b.metadata && a.traceparent == b.traceparent &&
           a.version == b.version && a.position == b.position && a.recorded_at == b.recorded_at;
}

bool same(const StreamPage& a, const StreamPage& b) {
    return a.version == b.version && a.first_version == b.first_version &&
           all_same(a.events, b.events,
                    [](const EventView& x, const EventView& y) { return same(x, y); });
}

bool same(const FeedPage& a, const FeedPage& b) {
    return a.next_after == b.next_after && a.head == b.head &&
           all_same(a.events, b.events, same_entry);
}

bool same(const std::optional<Snapshot>& a, const std::optional<Snapshot>& b) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const SnapshotLoad& a, const SnapshotLoad& b) {
    return a.corrupt == b.corrupt && same(a.snapshot, b.snapshot);
}

bool same(const std::vector<SnapshotFacts>& a, const std::vector<SnapshotFacts>& b) {
    return all_same(a, b,
                    [](const SnapshotFacts& x, const SnapshotFacts& y) { return same(x, y); });
}

bool same(const std::optional<RememberedEvent>& a, const std::optional<RememberedEvent>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->version == b->version && a->position == b->position &&
                   a->recorded_at == b->recorded_at));
}

bool same(const StreamList& a, const StreamList& b) {
    return a.more == b.more &&
           all_same(a.streams, b.streams,
                    [](const StreamFacts& x, const StreamFacts& y) { return same(x, y); });
}

}  // namespace firn::test
