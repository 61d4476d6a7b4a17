// Whether two stores gave the same answer.
// Thread: plain functions. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <vector>

namespace firn::test {

[[nodiscard]] bool same(const TransactionOutcome& a, const TransactionOutcome& b);
[[nodiscard]] bool same(const StreamFacts& a, const StreamFacts& b);
[[nodiscard]] bool same(const EventView& a, const EventView& b);
[[nodiscard]] bool same(const StreamPage& a, const StreamPage& b);
[[nodiscard]] bool same(const FeedPage& a, const FeedPage& b);
[[nodiscard]] bool same(const StreamList& a, const StreamList& b);
[[nodiscard]] inline bool same(Version a, Version b) {
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
