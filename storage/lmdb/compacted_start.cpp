#include "storage/lmdb/compacted_start.hpp"

#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/position_index.hpp"
#include "storage/lmdb/snapshot_record.hpp"
#include "storage/lmdb/snapshots.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn::lmdb {

void begin_compacted(WriteTransaction& transaction, const StreamName& name, StreamNumber stream,
                     Snapshot anchor, Position position, Labels& labels, StoreRecord& store) {
    BOOST_ASSERT(position == store.settled_position.next());
    auto& facts = anchor.facts;
    StreamRecord record;
    record.name = name;
    record.version = facts.version;
    record.first_version = facts.version.next();
    record.last_position = record.marker = position;
    record.last_recorded_at = facts.created_at;
    record.category_label = labels.label(transaction, store, LabelKind::category, name.category);
    record.chain_hash = facts.chain_hash;
    write_name(transaction, name, stream);
    write_stream(transaction, stream, record);

    facts.kind = SnapshotKind::anchor;
    [[maybe_unused]] const auto saved = save_snapshot(transaction, stream, anchor, 1);
    BOOST_ASSERT(saved.saved);
    const IndexEntry entry{stream, facts.version, record.category_label, 0};
    append_positions(transaction, position, {&entry, 1});
    write_marker(transaction, position,
                 {Marker::Kind::snapshot, stream, facts.version, facts.created_at});

    const auto document = document_key(DocumentKind::compacted, name.category);
    transaction.put(Table::documents, document, encode_document(document, "{}"));

    store.last_stream = std::max(store.last_stream, stream);
    store.settled_position = position;
    ++store.streams;
}

}  // namespace firn::lmdb
