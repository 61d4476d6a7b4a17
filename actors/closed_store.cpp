#include "actors/closed_store.hpp"

namespace firn {

void ClosedSnapshots::save(const StreamName&, Snapshot, std::uint32_t, Done done) {
    done(storage_errc::closed);
}

result<SnapshotLoad> ClosedSnapshots::load(const StreamName&, Version, std::uint32_t) const {
    return storage_errc::closed;
}

result<std::optional<Snapshot>> ClosedSnapshots::find(const StreamName&, Version) const {
    return storage_errc::closed;
}

result<AnchorCopies> ClosedSnapshots::anchor(const StreamName&, Version) const {
    return storage_errc::closed;
}

result<std::vector<SnapshotFacts>> ClosedSnapshots::list(const StreamName&) const {
    return storage_errc::closed;
}

void ClosedSnapshots::remove(const StreamName&, Version, Done done) {
    done(storage_errc::closed);
}

void ClosedDocuments::put(DocumentKind, std::string, std::string, Done done) {
    done(storage_errc::closed);
}

void ClosedDocuments::erase(DocumentKind, std::string, Done done) {
    done(storage_errc::closed);
}

result<std::optional<std::string>> ClosedDocuments::get(DocumentKind, std::string_view) const {
    return storage_errc::closed;
}

result<DocumentStore::Documents> ClosedDocuments::list(DocumentKind, std::string_view,
                                                       std::uint32_t) const {
    return storage_errc::closed;
}

std::vector<TransactionOutcome> ClosedStore::commit(std::span<const Transaction> group) {
    std::vector<TransactionOutcome> outcomes(group.size());
    for (auto& outcome : outcomes) {
        outcome.error = storage_errc::closed;
    }
    return outcomes;
}

result<StreamFacts> ClosedStore::facts(const StreamName&) const {
    return storage_errc::closed;
}

result<Version> ClosedStore::head_version(const StreamName&) const {
    return storage_errc::closed;
}

result<StreamPage> ClosedStore::read(const StreamName&, const StreamQuery&) const {
    return storage_errc::closed;
}

result<FeedPage> ClosedStore::feed(const FeedQuery&) const {
    return storage_errc::closed;
}

result<StreamList> ClosedStore::list(const ListQuery&) const {
    return storage_errc::closed;
}

result<std::optional<RememberedEvent>> ClosedStore::find_event(const StreamName&,
                                                               const EventId&) const {
    return storage_errc::closed;
}

Position ClosedStore::head_position() const {
    return no_position;
}

StoreStats ClosedStore::stats() const {
    StoreStats stats;
    stats.accepting = false;
    stats.condition = "the store is closed";
    return stats;
}

void ClosedStore::begin_cut(const StreamName&, Version, CutTerms, CutDone done) {
    done(storage_errc::closed);
}

void ClosedStore::begin_reclaim(std::uint32_t, ReclaimDone done) {
    done(storage_errc::closed);
}

result<bool> ClosedStore::is_reclaimed(const StreamName&) const {
    return storage_errc::closed;
}

result<VacuumNeeds> ClosedStore::vacuum_needs() const {
    return storage_errc::closed;
}

result<std::unique_ptr<Vacuum>> ClosedStore::begin_vacuum() {
    return storage_errc::closed;
}

}  // namespace firn
