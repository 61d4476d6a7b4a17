// Whether two stores gave the same answer.
// Thread: plain functions. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace firn::test {

[[nodiscard]] bool same(const TransactionOutcome& a, const TransactionOutcome& b);
[[nodiscard]] bool same(const StreamFacts& a, const StreamFacts& b);
[[nodiscard]] bool same(const EventView& a, const EventView& b);
[[nodiscard]] bool same(const StreamPage& a, const StreamPage& b);
[[nodiscard]] bool same(const FeedPage& a, const FeedPage& b);
[[nodiscard]] bool same(const StreamList& a, const StreamList& b);
[[nodiscard]] bool same(const SnapshotLoad& a, const SnapshotLoad& b);
[[nodiscard]] bool same(const std::vector<SnapshotFacts>& a, const std::vector<SnapshotFacts>& b);
[[nodiscard]] bool same(const std::optional<Snapshot>& a, const std::optional<Snapshot>& b);
[[nodiscard]] bool same(const std::optional<RememberedEvent>& a,
                        const std::optional<RememberedEvent>& b);
[[nodiscard]] inline bool same(Version a, Version b) {
    return a == b;
}
[[nodiscard]] inline bool same(const std::optional<std::string>& a,
                               const std::optional<std::string>& b) {
    return a == b;
}
[[nodiscard]] inline bool same(const DocumentStore::Documents& a,
                               const DocumentStore::Documents& b) {
    return a == b;
}

// Results are the same if both failed alike, or both succeeded with the same value.
template <class T>
[[nodiscard]] bool same(const result<T>& a, const result<T>& b) {
    if (!a || !b) {
        return !a && !b && a.error() == b.error();
    }
    return same(*a, *b);
}

}  // namespace firn::test
