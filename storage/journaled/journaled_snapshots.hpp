// Snapshots of the journaled store: written by the settler once their stream has settled, read
// from LMDB.
// Thread: any. Errors: as SnapshotStore; a save may also answer disk_full, io_failed, store_failed,
// corrupt (its stream is damaged), closed.
#pragma once

#include "storage/journaled/read_boundary.hpp"
#include "storage/journaled/settler.hpp"
#include "storage/snapshot_store.hpp"

namespace firn {

class JournaledSnapshots final : public SnapshotStore {
public:
    JournaledSnapshots(const JournaledConfig& config, const lmdb::Environment& environment,
                       const Unsettled& unsettled, Settler& settler)
        : reading_(config), environment_(environment), unsettled_(unsettled), settler_(settler) {}

    void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) override;
    [[nodiscard]] result<SnapshotLoad> load(const StreamName& stream, Version at_most,
                                            std::uint32_t revision) const override;
    [[nodiscard]] result<std::optional<Snapshot>> find(const StreamName& stream,
                                                       Version version) const override;
    [[nodiscard]] result<AnchorCopies> anchor(const StreamName& stream,
                                              Version version) const override;
    [[nodiscard]] result<std::vector<SnapshotFacts>> list(const StreamName& stream) const override;
    void remove(const StreamName& stream, Version version, Done done) override;
    [[nodiscard]] SnapshotStats snapshot_stats() const override {
        return settler_.snapshot_stats();
    }

private:
    // Where a stream stands, settled or not.
    struct Standing {
        StreamNumber stream;
        Version version;
        Version first_version{1};
        Version settled;
    };
    // stream_not_found, stream_deleted
    [[nodiscard]] result<Standing> standing(const StreamName& stream) const;
    // What may be saved at this version: nothing else is wrong with it.
    [[nodiscard]] result<Standing> standing_for(const StreamName& stream, Version version) const;
    // Calls `look(transaction, number, record)`, unless the stream is missing, deleted or has not
    // settled: then there are no snapshots, and `none` is the answer.
    template <class Answer, class Look>
    [[nodiscard]] result<Answer> looking(const StreamName& stream, const Look& look) const;

    const ReadBoundary reading_;
    const lmdb::Environment& environment_;
    const Unsettled& unsettled_;
    Settler& settler_;
};

}  // namespace firn
