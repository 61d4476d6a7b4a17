// What a random walk may do to a store, as values that can be printed.
// Thread: plain values. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <optional>
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
// A vacuum begins where none runs, and else goes on.
struct VacuumStep {
    std::chrono::milliseconds budget{};
};
struct FindEvent {
    StreamName stream;
    EventId id{};
};
struct SaveSnapshot {
    StreamName stream;
    Snapshot snapshot;
    std::uint32_t keep = 0;
};
// What is kept of the stream, too.
struct LoadSnapshot {
    StreamName stream;
    Version at_most;
    std::uint32_t revision = 0;
};
struct RemoveSnapshot {
    StreamName stream;
    Version version;
};
struct WriteDocument {
    DocumentKind kind{};
    std::string key;
    std::optional<std::string> text;  // none: erase
};
struct ReadDocuments {
    DocumentKind kind{};
    std::string key;  // and those after it
    std::uint32_t limit = 0;
};
struct Stats {};
struct Reopen {};
struct Crash {};

using Operation = std::variant<Commit, Read, Feed, List, Facts, FindEvent, SaveSnapshot,
                               LoadSnapshot, RemoveSnapshot, WriteDocument, ReadDocuments, Cut,
                               Reclaim, VacuumStep, Stats, Reopen, Crash>;

// One line, for whoever has to find out why a walk failed.
[[nodiscard]] std::string describe(const Operation& operation);

}  // namespace firn::test
