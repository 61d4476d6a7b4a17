// The reference model of SnapshotStore: every save is kept at once.
//
// Thread: any; the store's mutex covers every call, and no Done is called under it. Errors: as
// SnapshotStore; nothing waits, so nothing is overloaded, and nothing is ever corrupt.
#pragma once

#include "storage/memory/memory_stream.hpp"
#include "storage/snapshot_store.hpp"

#include <functional>
#include <map>
#include <mutex>

namespace firn {

class MemorySnapshots final : public SnapshotStore {
public:
    // Null: there is no such stream. Called under the mutex.
    using FindStream = std::function<const MemoryStream*(const StreamName&)>;

    MemorySnapshots(std::mutex& mutex, FindStream find)
        : mutex_(mutex), find_stream_(std::move(find)) {}

    void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) override;
    [[nodiscard]] result<SnapshotLoad> load(const StreamName& stream, Version at_most,
                                            std::uint32_t revision) const override;
    [[nodiscard]] result<std::optional<Snapshot>> find(const StreamName& stream,
                                                       Version version) const override;
    [[nodiscard]] result<AnchorCopies> anchor(const StreamName& stream,
                                              Version version) const override;
    [[nodiscard]] result<std::vector<SnapshotFacts>> list(const StreamName& stream) const override;
    void remove(const StreamName& stream, Version version, Done done) override;
    [[nodiscard]] SnapshotStats snapshot_stats() const override;

    // Whether an anchor of this state stands there. Under the mutex.
    [[nodiscard]] bool has_anchor(const StreamName& stream, Version version,
                                  const Hash& state) const;
    // The stream was deleted. Under the mutex.
    void forget(const StreamName& stream) { snapshots_.erase(stream); }
    // The stream began with it. Under the mutex.
    void begin_with(const StreamName& stream, Snapshot anchor);

private:
    using ByVersion = std::map<Version, Snapshot>;

    [[nodiscard]] error_code save_now(const StreamName& stream, Snapshot snapshot,
                                      std::uint32_t keep);
    // Those that can be found, oldest first.
    [[nodiscard]] ByVersion held(const StreamName& stream) const;
    // An anchor counts once its events are cut. The stream exists.
    [[nodiscard]] bool is_in_effect(const StreamName& stream, const SnapshotFacts& facts) const;

    std::mutex& mutex_;
    FindStream find_stream_;
    std::map<StreamName, ByVersion> snapshots_;
    std::uint64_t saved_ = 0;
};

}  // namespace firn
