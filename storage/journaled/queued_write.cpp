#include "storage/journaled/queued_write.hpp"

#include "storage/lmdb/snapshot_record.hpp"
#include "storage/lmdb/snapshots.hpp"

namespace firn {

namespace {

struct Apply {
    lmdb::WriteTransaction& transaction;
    QueuedWrite& write;

    void operator()(const DocumentWrite& document) const {
        if (document.text) {
            const auto record = lmdb::encode_document(document.key, *document.text);
            transaction.put(lmdb::Table::documents, document.key, record);
        } else {
            transaction.erase(lmdb::Table::documents, document.key);
        }
    }
    void operator()(SnapshotSave& save) const {
        const auto done = lmdb::save_snapshot(transaction, save.stream, save.snapshot, save.keep);
        write.outcome = done.error;
        write.saved = done.saved;
    }
    void operator()(const SnapshotRemoval& removal) const {
        write.outcome = lmdb::remove_snapshot(transaction, removal.stream, removal.version);
    }
};

}  // namespace

bool QueuedWrite::is_urgent() const noexcept {
    const auto* save = std::get_if<SnapshotSave>(&write);
    return save == nullptr || save->snapshot.facts.kind != SnapshotKind::automatic;
}

std::size_t QueuedWrite::bytes() const noexcept {
    if (const auto* document = std::get_if<DocumentWrite>(&write)) {
        return document->key.size() + (document->text ? document->text->size() : 0);
    }
    const auto* save = std::get_if<SnapshotSave>(&write);
    return save != nullptr ? save->snapshot.state.size() : 0;
}

void apply(QueuedWrite& write, lmdb::WriteTransaction& transaction) {
    write.outcome = {};
    write.saved = false;
    try {
        std::visit(Apply{transaction, write}, write.write);
    } catch (const lmdb::CorruptRecord&) {
        write.outcome = storage_errc::corrupt;
    } catch (const std::bad_alloc&) {
        write.outcome = make_error_code(boost::system::errc::not_enough_memory);
    }
}

}  // namespace firn
