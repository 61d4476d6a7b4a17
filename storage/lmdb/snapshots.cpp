#include "storage/lmdb/snapshots.hpp"

#include "storage/chain_hash.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/snapshot_record.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <tuple>

namespace firn::lmdb {

namespace {

[[noreturn]] void corrupt(StreamNumber stream, std::string_view what) {
    throw CorruptRecord("stream number " + std::to_string(stream.value()) + ": " +
                        std::string(what));
}

// Both tables at once, by version. Valid as long as the transaction.
class SnapshotWalk {
public:
    SnapshotWalk(const Transaction& transaction, StreamNumber stream)
        : stream_(stream),
          snapshots_(transaction, Table::snapshots),
          anchors_(transaction, Table::anchors) {}

    bool first_from(Version version) {
        snapshot_found_ = snapshots_.seek(snapshot_key(stream_, version));
        anchor_found_ = anchors_.seek(snapshot_key(stream_, version));
        return take(std::min(version_in(snapshots_, snapshot_found_, none_above),
                             version_in(anchors_, anchor_found_, none_above)));
    }
    bool last_up_to(Version version) {
        snapshot_found_ = snapshots_.seek_at_most(snapshot_key(stream_, version));
        anchor_found_ = anchors_.seek_at_most(snapshot_key(stream_, version));
        return take(std::max(version_in(snapshots_, snapshot_found_, no_version),
                             version_in(anchors_, anchor_found_, no_version)));
    }
    bool next() { return version_ != none_above && first_from(version_.next()); }
    bool previous() { return version_ > Version{1} && last_up_to(Version{version_.value() - 1}); }

    [[nodiscard]] Version version() const noexcept { return version_; }
    // Also if no copy checks.
    [[nodiscard]] bool is_anchor() const {
        return version_in(anchors_, anchor_found_, no_version) == version_;
    }
    // One of an anchor's copies does not check, or is not there.
    [[nodiscard]] bool has_damaged_copy() const {
        return is_anchor() && !(snapshot_checks() && anchor_checks());
    }
    // From the first copy that checks.
    [[nodiscard]] std::optional<Snapshot> snapshot() const { return decoded(decode_snapshot); }
    [[nodiscard]] std::optional<SnapshotFacts> facts() const {
        return decoded(decode_snapshot_facts);
    }

private:
    static constexpr Version none_above{UINT64_MAX};

    // `none` if the cursor stands outside of the stream.
    [[nodiscard]] Version version_in(const Cursor& cursor, bool found, Version none) const {
        return found && key_number(cursor.key(), 0) == stream_.value()
                   ? Version{key_number(cursor.key(), 1)}
                   : none;
    }
    [[nodiscard]] bool snapshot_checks() const {
        return version_in(snapshots_, snapshot_found_, no_version) == version_ &&
               decode_snapshot_facts(stream_, version_, snapshots_.value());
    }
    [[nodiscard]] bool anchor_checks() const {
        return decode_snapshot_facts(stream_, version_, anchors_.value()).has_value();
    }
    bool take(Version version) {
        version_ = version;
        return version != no_version && version != none_above;
    }
    template <class Value>
    std::optional<Value> decoded(std::optional<Value> (*decode)(StreamNumber, Version,
                                                                std::string_view)) const {
        std::optional<Value> value;
        if (version_in(snapshots_, snapshot_found_, no_version) == version_) {
            value = decode(stream_, version_, snapshots_.value());
        }
        if (!value && is_anchor()) {
            value = decode(stream_, version_, anchors_.value());
        }
        return value;
    }

    StreamNumber stream_;
    Cursor snapshots_;
    Cursor anchors_;
    bool snapshot_found_ = false;
    bool anchor_found_ = false;
    Version version_;
};

// The oldest version at which a state can still be.
Version oldest_state(const StreamRecord& record) {
    return Version{std::max<std::uint64_t>(record.first_version.value() - 1, 1)};
}

// An anchor counts once its events are cut.
bool is_in_effect(const StreamRecord& record, Version version, SnapshotKind kind) {
    return kind != SnapshotKind::anchor || version.next() == record.first_version;
}

// What stands in the way of a save, or goes because of it.
struct Kept {
    Version version;
    bool anchor = false;
    std::optional<SnapshotFacts> facts;  // none: it does not check
};

std::vector<Kept> kept_snapshots(const Transaction& transaction, StreamNumber stream,
                                 const StreamRecord& record) {
    std::vector<Kept> kept;
    SnapshotWalk walk(transaction, stream);
    for (bool found = walk.first_from(oldest_state(record)); found; found = walk.next()) {
        kept.push_back({walk.version(), walk.is_anchor(), walk.facts()});
    }
    return kept;
}

bool is_worth_saving(const std::vector<Kept>& kept, const SnapshotFacts& saved) {
    return std::ranges::none_of(kept, [&](const Kept& old) {
        const bool same_revision = old.facts && old.facts->revision == saved.revision;
        if (old.version == saved.version) {
            return old.anchor ? saved.kind != SnapshotKind::anchor
                              : same_revision && saved.kind == SnapshotKind::automatic;
        }
        return old.version > saved.version && same_revision &&
               saved.kind == SnapshotKind::automatic;
    });
}

// Versions that go, so that the newest `keep` of the saved one's kind stay.
std::vector<Version> pruned(std::vector<Kept> kept, const SnapshotFacts& saved,
                            std::uint32_t keep) {
    if (saved.kind != SnapshotKind::automatic && saved.kind != SnapshotKind::client) {
        return {};
    }
    std::erase_if(kept, [&](const Kept& old) {
        return old.anchor || old.version == saved.version ||
               (old.facts && old.facts->kind != saved.kind);
    });
    kept.push_back({saved.version, false, saved});
    std::ranges::sort(kept, {}, [&](const Kept& old) {
        const bool same_revision = old.facts && old.facts->revision == saved.revision;
        return std::tuple(old.facts.has_value(), same_revision, old.version);
    });
    std::vector<Version> going;
    const std::size_t stay = std::max(keep, 1u);
    for (std::size_t i = 0; i + stay < kept.size(); ++i) {
        going.push_back(kept[i].version);
    }
    return going;
}

}  // namespace

Hash chain_at(const Transaction& transaction, StreamNumber stream, const StreamRecord& record,
              Version version) {
    BOOST_ASSERT(version.next() >= record.first_version && version <= record.version);
    if (version == record.version) {
        return record.chain_hash;
    }
    if (version == no_version) {
        return chain_start(record.name.category, record.name.id);
    }
    // The chunk that holds the next version: it begins with the hash, or passes it on the way.
    Cursor cursor(transaction, Table::chunks);
    const bool found = cursor.seek_at_most(chunk_key(stream, version.next())) &&
                       key_number(cursor.key(), 0) == stream.value();
    auto reader =
        found ? ChunkReader::open(stream, Version{key_number(cursor.key(), 1)}, cursor.value())
              : std::nullopt;
    if (!reader || reader->end_version() <= version.next()) {
        corrupt(stream, "a chunk is missing or does not check");
    }
    auto chain = reader->header().chain_before;
    EventView event;
    while (reader->next(event) && event.version <= version) {
        chain = chain_next(chain, event);
    }
    if (reader->is_corrupt()) {
        corrupt(stream, "a chunk cannot be decoded");
    }
    return chain;
}

SnapshotLoad load_snapshot(const Transaction& transaction, StreamNumber stream,
                           const StreamRecord& record, Version at_most, std::uint32_t revision) {
    SnapshotLoad load;
    SnapshotWalk walk(transaction, stream);
    for (bool found = walk.last_up_to(at_most); found && walk.version() >= oldest_state(record);
         found = walk.previous()) {
        auto snapshot = walk.snapshot();
        if (!snapshot) {
            ++load.corrupt;
        } else if (snapshot->facts.revision == revision &&
                   is_in_effect(record, walk.version(), snapshot->facts.kind)) {
            load.snapshot = std::move(snapshot);
            load.damaged_copy = walk.has_damaged_copy();
            break;
        }
    }
    return load;
}

std::optional<Snapshot> find_snapshot(const Transaction& transaction, StreamNumber stream,
                                      const StreamRecord& record, Version version) {
    SnapshotWalk walk(transaction, stream);
    if (version < oldest_state(record) || !walk.first_from(version) || walk.version() != version) {
        return std::nullopt;
    }
    auto snapshot = walk.snapshot();
    if (!snapshot) {
        corrupt(stream,
                "the snapshot at version " + std::to_string(version.value()) + " does not check");
    }
    return snapshot;
}

AnchorCopies read_anchor(const Transaction& transaction, StreamNumber stream, Version version) {
    const auto copy = [&](Table table) -> std::optional<Snapshot> {
        const auto bytes = transaction.get(table, snapshot_key(stream, version));
        auto snapshot = bytes ? decode_snapshot(stream, version, *bytes) : std::nullopt;
        return snapshot && snapshot->facts.kind == SnapshotKind::anchor ? std::move(snapshot)
                                                                        : std::nullopt;
    };
    return {copy(Table::snapshots), copy(Table::anchors)};
}

std::vector<SnapshotFacts> list_snapshots(const Transaction& transaction, StreamNumber stream,
                                          const StreamRecord& record) {
    std::vector<SnapshotFacts> list;
    for (auto& kept : kept_snapshots(transaction, stream, record)) {
        if (kept.facts) {
            list.push_back(std::move(*kept.facts));
        }
    }
    return list;
}

SaveOutcome save_snapshot(WriteTransaction& transaction, StreamNumber stream, Snapshot& snapshot,
                          std::uint32_t keep) {
    auto& facts = snapshot.facts;
    const auto record = read_stream(transaction, stream);
    if (!record) {
        corrupt(stream, "it has settled, but has no record");
    }
    if (record->deleted) {
        return {storage_errc::stream_deleted};
    }
    if (facts.version == no_version || facts.version > record->version) {
        return {storage_errc::version_not_found};
    }
    if (facts.version.next() < record->first_version) {
        return {storage_errc::compacted};
    }
    auto kept = kept_snapshots(transaction, stream, *record);
    if (!is_worth_saving(kept, facts)) {
        return {};
    }
    facts.chain_hash = chain_at(transaction, stream, *record, facts.version);
    facts.bytes = snapshot.state.size();
    const auto bytes = encode_snapshot(stream, snapshot);
    const auto going = pruned(std::move(kept), facts, keep);

    const auto key = snapshot_key(stream, facts.version);
    transaction.put(Table::snapshots, key, bytes);
    if (facts.kind == SnapshotKind::anchor) {
        transaction.put(Table::anchors, key, bytes);
    }
    for (const auto version : going) {
        transaction.erase(Table::snapshots, snapshot_key(stream, version));
    }
    return {{}, true};
}

error_code remove_snapshot(WriteTransaction& transaction, StreamNumber stream, Version version) {
    const auto record = read_stream(transaction, stream);
    if (!record || record->deleted || version < oldest_state(*record)) {
        return {};  // not to be found, and reclaimed with what it led to
    }
    const auto key = snapshot_key(stream, version);
    const auto stored = transaction.get(Table::snapshots, key);
    const auto facts = stored ? decode_snapshot_facts(stream, version, *stored) : std::nullopt;
    const bool anchor =
        transaction.get(Table::anchors, key) || (facts && facts->kind == SnapshotKind::anchor);
    if (anchor && is_in_effect(*record, version, SnapshotKind::anchor)) {
        return storage_errc::too_late;
    }
    transaction.erase(Table::snapshots, key);
    transaction.erase(Table::anchors, key);
    return {};
}

std::uint32_t erase_snapshots(WriteTransaction& transaction, StreamNumber stream, Version end,
                              std::uint32_t count_max) {
    std::uint32_t erased = 0;
    for (const auto table : {Table::snapshots, Table::anchors}) {
        for (; erased < count_max; ++erased) {
            // A cursor of its own for each: erasing moves it.
            Cursor cursor(transaction, table);
            if (!cursor.seek(snapshot_key(stream, no_version)) ||
                key_number(cursor.key(), 0) != stream.value() ||
                Version{key_number(cursor.key(), 1)} >= end) {
                break;
            }
            cursor.erase();
        }
    }
    return erased;
}

}  // namespace firn::lmdb
