// Groups of appends committed to a store as fast as it takes them.
// Thread: one. Errors: fail() if an append is refused.
#pragma once

#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace firn::perf {

inline void commit(EventStore& store, std::span<const Transaction> group) {
    for (const auto& outcome : store.commit(group)) {
        check(!outcome.error, "an append was refused: " + outcome.error.message());
    }
}

struct Pace {
    std::uint64_t events = 0;
    double seconds = 0;
    [[nodiscard]] double per_second() const { return static_cast<double>(events) / seconds; }
};

// Groups are made beforehand, in batches, so that only `commit_one` is timed. `groups_next` says
// how many are to come next; 0: it is enough.
template <class Make, class Commit, class Next>
Pace pace_of(std::size_t group, const Make& make, const Commit& commit_one,
             const Next& groups_next) {
    Pace pace;
    while (const std::size_t count = groups_next(pace)) {
        std::vector<decltype(make(group))> groups;
        for (std::size_t n = 0; n < count; ++n) {
            groups.push_back(make(group));
        }
        pace.seconds += seconds([&] {
            for (const auto& made : groups) {
                commit_one(made);
            }
        });
        pace.events += count * group;
    }
    return pace;
}

// So many events, in batches of about 65,536.
inline auto events_in_all(std::size_t group, std::size_t events) {
    return [=](const Pace& pace) {
        return std::min<std::size_t>(65'536, events - pace.events) / group;
    };
}

}  // namespace firn::perf
