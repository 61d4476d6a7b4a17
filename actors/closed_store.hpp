// What stands in for the store after the service stopped: answers storage_errc::closed to all.
// Thread: any. Errors: closed, always.
#pragma once

#include "storage/event_store.hpp"

namespace firn {

class ClosedSnapshots final : public SnapshotStore {
public:
    void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) override;
    [[nodiscard]] result<SnapshotLoad> load(const StreamName& stream, Version at_most,
                                            std::uint32_t revision) const override;
    [[nodiscard]] result<std::optional<Snapshot>> find(const StreamName& stream,
                                                       Version version) const override;
    [[nodiscard]] result<AnchorCopies> anchor(const StreamName& stream,
                                              Version version) const override;
    [[nodiscard]] result<std::vector<SnapshotFacts>> list(const StreamName& stream) const override;
    void remove(const StreamName& stream, Version version, Done done) override;
    [[nodiscard]] SnapshotStats snapshot_stats() const override { return {}; }
};

class ClosedDocuments final : public DocumentStore {
public:
    void put(DocumentKind kind, std::string key, std::string text, Done done) override;
    void erase(DocumentKind kind, std::string key, Done done) override;
    [[nodiscard]] result<std::optional<std::string>> get(DocumentKind kind,
                                                         std::string_view key) const override;
    [[nodiscard]] result<Documents> list(DocumentKind kind, std::string_view after,
                                         std::uint32_t limit) const override;
};

class ClosedStore final : public EventStore {
public:
    [[nodiscard]] std::vector<TransactionOutcome> commit(
        std::span<const Transaction> group) override;
    [[nodiscard]] result<StreamFacts> facts(const StreamName& stream) const override;
    [[nodiscard]] result<Version> head_version(const StreamName& stream) const override;
    [[nodiscard]] result<StreamPage> read(const StreamName& stream,
                                          const StreamQuery& query) const override;
    [[nodiscard]] result<FeedPage> feed(const FeedQuery& query) const override;
    [[nodiscard]] result<StreamList> list(const ListQuery& query) const override;
    [[nodiscard]] result<std::optional<RememberedEvent>> find_event(
        const StreamName& stream, const EventId& id) const override;
    [[nodiscard]] Position head_position() const override;
    [[nodiscard]] StoreStats stats() const override;
    void begin_cut(const StreamName& stream, Version up_to, CutTerms terms, CutDone done) override;
    void begin_reclaim(std::uint32_t events_max, ReclaimDone done) override;
    [[nodiscard]] result<bool> is_reclaimed(const StreamName& stream) const override;
    [[nodiscard]] result<VacuumNeeds> vacuum_needs() const override;
    [[nodiscard]] result<std::unique_ptr<Vacuum>> begin_vacuum() override;
    [[nodiscard]] SnapshotStore& snapshots() noexcept override { return snapshots_; }
    [[nodiscard]] DocumentStore& documents() noexcept override { return documents_; }

private:
    ClosedSnapshots snapshots_;
    ClosedDocuments documents_;
};

}  // namespace firn
