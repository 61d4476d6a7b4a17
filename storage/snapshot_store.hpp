// SnapshotStore: states kept beside their streams, so that a load folds only what came later.
//
// A snapshot is bound to its stream, a version of it and the revision of the decider that folded
// it; there is one per stream and version. It is worth nothing by itself: every state can be
// folded again from events, so a save may fail or be dropped, and whoever wanted it tries again.
// The store adds the stream's chain hash at that version, and a checksum over all of it.
// Those below first_version - 1 lead to no state that can still be asked for: nothing finds them.
// An anchor is in effect once its events are cut, at first_version - 1. Before, nobody has proved
// it: load() passes it over.
//
// Saving waits until the stream has settled through the version, and shares a transaction with
// other saves; so save() does not block but calls back.
// Thread: all functions from any thread. A Done is called once, from any thread, perhaps before
// the function returns; it must be short and must not throw.
// Errors: storage_errc.
#pragma once

#include "storage/errors.hpp"
#include "storage/types.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace firn {

enum class SnapshotKind : std::uint8_t {
    automatic = 1,  // by the policy; only the newest `keep` of them stay
    manual = 2,     // asked for
    client = 3,     // folded by a client; the newest `keep` stay, like automatic ones
    anchor = 4,     // stands in for deleted events
};

struct SnapshotFacts {
    Version version;
    SnapshotKind kind = SnapshotKind::automatic;
    std::string decider_kind;
    std::uint32_t revision = 0;  // of the decider
    Hash state_hash{};
    Hash chain_hash{};  // of the stream at `version`
    Timestamp created_at{};
    std::uint64_t bytes = 0;  // of the state's text
};

struct Snapshot {
    SnapshotFacts facts;
    std::string state;  // JSON text
};

// What load() found on its way.
struct SnapshotLoad {
    std::optional<Snapshot> snapshot;
    std::uint32_t corrupt = 0;  // newer ones that did not check, and were passed over
    // It is an anchor of which one copy does not check: saving it again mends that.
    bool damaged_copy = false;
};

// The two copies of an anchor; none where a copy does not check or is not there.
struct AnchorCopies {
    std::optional<Snapshot> first;
    std::optional<Snapshot> second;
};

struct SnapshotStats {
    std::uint64_t saved = 0;          // that changed something, since the store was opened
    std::uint64_t waiting = 0;        // for their stream to settle, or for the next transaction
    std::uint64_t waiting_bytes = 0;  // of their states
};

class SnapshotStore {
public:
    using Done = std::function<void(error_code)>;

    virtual ~SnapshotStore() = default;

    // Takes `facts` but for chain_hash and bytes.
    //   version_not_found   ahead of the stream's head, or version 0
    //   compacted           below first_version - 1
    //   stream_not_found, stream_deleted
    //   overloaded          too many are waiting; nothing was kept
    // A manual, client or anchor save is answered as soon as it is durable; an automatic one is
    // written when the store writes anyway, which may be much later.
    // Some saves change nothing and are no error:
    //   - an automatic one that is older than a valid snapshot of the same revision, or that a
    //     newer automatic one of the stream overtakes while it waits;
    //   - where there is one of the same version: any but an anchor over an anchor, and an
    //     automatic one over a valid one of the same revision. All others replace what is there.
    // After an automatic (client) save, the oldest automatic (client) ones are removed until
    // `keep`, at least one, are left: first those that do not check, then those of other
    // revisions.
    virtual void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep,
                      Done done) = 0;
    // The newest one with version <= at_most and this revision that checks. Of a missing or
    // deleted stream: none.
    [[nodiscard]] virtual result<SnapshotLoad> load(const StreamName& stream, Version at_most,
                                                    std::uint32_t revision) const = 0;
    // The one at `version`, of any revision: none, or corrupt.
    [[nodiscard]] virtual result<std::optional<Snapshot>> find(const StreamName& stream,
                                                               Version version) const = 0;
    // All that check, oldest first.
    [[nodiscard]] virtual result<std::vector<SnapshotFacts>> list(
        const StreamName& stream) const = 0;
    // What a verification reads again.
    [[nodiscard]] virtual result<AnchorCopies> anchor(const StreamName& stream,
                                                      Version version) const = 0;
    // Removing what is not there is no error; an anchor that is in effect stays (too_late), and
    // so does one that still waits. A save of this version
    // that still waits is dropped, and answered as if it had been made.
    virtual void remove(const StreamName& stream, Version version, Done done) = 0;
    [[nodiscard]] virtual SnapshotStats snapshot_stats() const = 0;
};

}  // namespace firn
