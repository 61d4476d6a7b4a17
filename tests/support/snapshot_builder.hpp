// Short ways to say which snapshot a test saves, and to say what it saw.
// Thread: plain values. Errors: none.
#pragma once

#include "storage/event_store.hpp"
#include "tests/support/printing.hpp"

#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace firn::test {

struct TestSnapshot {
    std::uint64_t version = 0;
    SnapshotKind kind = SnapshotKind::manual;
    std::uint32_t revision = 1;
    std::string state = {};  // empty: one that names the version
};

// A hash that differs where the number does.
inline Hash hash_number(std::uint64_t number) {
    Hash hash{};
    std::memcpy(hash.data(), &number, sizeof(number));
    return hash;
}

inline Snapshot snapshot_of(const TestSnapshot& wanted) {
    Snapshot snapshot;
    snapshot.facts.version = Version{wanted.version};
    snapshot.facts.kind = wanted.kind;
    snapshot.facts.decider_kind = "counting";
    snapshot.facts.revision = wanted.revision;
    snapshot.facts.state_hash = hash_number(wanted.version);
    snapshot.facts.created_at =
        Timestamp{std::chrono::microseconds{1'000'000 + static_cast<std::int64_t>(wanted.version)}};
    snapshot.state = wanted.state.empty() ? "{\"version\":" + std::to_string(wanted.version) + "}"
                                          : wanted.state;
    return snapshot;
}

// A write that begins the stream behind an anchor at the version.
inline StreamWrite beginning(StreamName stream, TestSnapshot wanted,
                             Expected expected = Expected::none()) {
    wanted.kind = SnapshotKind::anchor;
    auto anchor = snapshot_of(wanted);
    anchor.facts.chain_hash = hash_number(wanted.version + 7'000'000);
    return {std::move(stream), expected, StreamWrite::Kind::begin_compacted, nullptr,
            std::make_shared<const Snapshot>(std::move(anchor))};
}

inline bool same(const SnapshotFacts& a, const SnapshotFacts& b) {
    return a.version == b.version && a.kind == b.kind && a.decider_kind == b.decider_kind &&
           a.revision == b.revision && a.state_hash == b.state_hash &&
           a.chain_hash == b.chain_hash && a.created_at == b.created_at && a.bytes == b.bytes;
}
inline bool same(const Snapshot& a, const Snapshot& b) {
    return same(a.facts, b.facts) && a.state == b.state;
}

inline std::vector<Version> versions_of(const std::vector<SnapshotFacts>& list) {
    std::vector<Version> versions;
    for (const auto& facts : list) {
        versions.push_back(facts.version);
    }
    return versions;
}

}  // namespace firn::test
