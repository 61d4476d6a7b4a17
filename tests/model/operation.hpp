// What a random walk may do to a store, as values that can be printed.
// Thread: plain values. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <string>
#include <variant>
#include <vector>

namespace firn::test {

struct Commit {
    std::vector<Transaction> group;
};
struct Read {
    StreamName stream;
    StreamQuery query;
};
struct Feed {
    FeedQuery query;
};
struct List {
    ListQuery query;
};
struct Facts {
    StreamName stream;
};
struct Cut {
    StreamName stream;
    Version up_to;
};
struct Reclaim {
    std::uint32_t events_max = 0;
};
struct Stats {};
struct Reopen {};
struct Crash {};

using Operation = std::variant<Commit, Read, Feed, List, Facts, Cut, Reclaim, Stats, Reopen, Crash>;

// One line, for whoever has to find out why a walk failed.
[[nodiscard]] std::string describe(const Operation& operation);

}  // namespace firn::test
