#include "storage/memory/memory_snapshots.hpp"

#include <algorithm>
#include <utility>

namespace firn {

namespace {

// Whether a save changes what is kept at its version.
bool replaces(const SnapshotFacts& saved, const SnapshotFacts& kept) {
    if (kept.kind == SnapshotKind::anchor) {
        return saved.kind == SnapshotKind::anchor;
    }
    return saved.kind != SnapshotKind::automatic || kept.revision != saved.revision;
}

// The newest `keep` of the saved one's kind stay; those of other revisions go first.
void prune(std::map<Version, Snapshot>& snapshots, const SnapshotFacts& saved, std::uint32_t keep) {
    std::vector<std::pair<bool, Version>> candidates;  // of its revision, version
    for (const auto& [version, snapshot] : snapshots) {
        if (snapshot.facts.kind == saved.kind) {
            candidates.emplace_back(snapshot.facts.revision == saved.revision, version);
        }
    }
    std::ranges::sort(candidates);
    const std::size_t stay = std::max(keep, 1u);
    for (std::size_t i = 0; i + stay < candidates.size(); ++i) {
        snapshots.erase(candidates[i].second);
    }
}

}  // namespace

void MemorySnapshots::begin_with(const StreamName& stream, Snapshot anchor) {
    anchor.facts.kind = SnapshotKind::anchor;
    anchor.facts.bytes = anchor.state.size();
    const auto version = anchor.facts.version;
    snapshots_[stream].emplace(version, std::move(anchor));
}

void MemorySnapshots::save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep,
                           Done done) {
    done(save_now(stream, std::move(snapshot), keep));
}

error_code MemorySnapshots::save_now(const StreamName& name, Snapshot snapshot,
                                     std::uint32_t keep) {
    const std::lock_guard lock(mutex_);
    auto& facts = snapshot.facts;
    const auto* stream = find_stream_(name);
    if (!stream) {
        return storage_errc::stream_not_found;
    }
    if (stream->deleted()) {
        return storage_errc::stream_deleted;
    }
    if (facts.version == no_version || facts.version > stream->version()) {
        return storage_errc::version_not_found;
    }
    if (facts.version.next() < stream->first_version()) {
        return storage_errc::compacted;
    }
    facts.chain_hash = stream->chain_at(facts.version);
    facts.bytes = snapshot.state.size();
    auto& kept = snapshots_[name];
    std::erase_if(kept,
                  [&](const auto& old) { return old.first.next() < stream->first_version(); });
    const bool newer_kept = std::any_of(
        kept.upper_bound(facts.version), kept.end(),
        [&](const auto& newer) { return newer.second.facts.revision == facts.revision; });
    if (facts.kind == SnapshotKind::automatic && newer_kept) {
        return {};
    }
    const auto same = kept.find(facts.version);
    if (same != kept.end() && !replaces(facts, same->second.facts)) {
        return {};
    }
    const auto saved = facts;
    kept.insert_or_assign(saved.version, std::move(snapshot));
    ++saved_;
    if (saved.kind == SnapshotKind::automatic || saved.kind == SnapshotKind::client) {
        prune(kept, saved, keep);
    }
    return {};
}

MemorySnapshots::ByVersion MemorySnapshots::held(const StreamName& name) const {
    const auto found = snapshots_.find(name);
    const auto* stream = find_stream_(name);
    if (found == snapshots_.end() || !stream || stream->deleted()) {
        return {};
    }
    auto held = found->second;
    std::erase_if(held,
                  [&](const auto& old) { return old.first.next() < stream->first_version(); });
    return held;
}

result<SnapshotLoad> MemorySnapshots::load(const StreamName& stream, Version at_most,
                                           std::uint32_t revision) const {
    const std::lock_guard lock(mutex_);
    SnapshotLoad load;
    for (auto& [version, snapshot] : held(stream)) {
        if (version <= at_most && snapshot.facts.revision == revision &&
            is_in_effect(stream, snapshot.facts)) {
            load.snapshot = snapshot;
        }
    }
    return load;
}

result<std::optional<Snapshot>> MemorySnapshots::find(const StreamName& stream,
                                                      Version version) const {
    const std::lock_guard lock(mutex_);
    const auto snapshots = held(stream);
    const auto found = snapshots.find(version);
    return found == snapshots.end() ? std::nullopt : std::optional(found->second);
}

result<AnchorCopies> MemorySnapshots::anchor(const StreamName& stream, Version version) const {
    auto found = find(stream, version);
    if (!*found || (*found)->facts.kind != SnapshotKind::anchor) {
        return AnchorCopies{};
    }
    return AnchorCopies{*found, *found};
}

bool MemorySnapshots::has_anchor(const StreamName& stream, Version version,
                                 const Hash& state) const {
    const auto snapshots = held(stream);
    const auto found = snapshots.find(version);
    return found != snapshots.end() && found->second.facts.kind == SnapshotKind::anchor &&
           found->second.facts.state_hash == state;
}

bool MemorySnapshots::is_in_effect(const StreamName& stream, const SnapshotFacts& facts) const {
    return facts.kind != SnapshotKind::anchor ||
           facts.version.next() == find_stream_(stream)->first_version();
}

result<std::vector<SnapshotFacts>> MemorySnapshots::list(const StreamName& stream) const {
    const std::lock_guard lock(mutex_);
    std::vector<SnapshotFacts> facts;
    for (const auto& [version, snapshot] : held(stream)) {
        facts.push_back(snapshot.facts);
    }
    return facts;
}

void MemorySnapshots::remove(const StreamName& stream, Version version, Done done) {
    error_code error;
    {
        const std::lock_guard lock(mutex_);
        const auto snapshots = held(stream);
        const auto found = snapshots.find(version);
        if (found != snapshots.end()) {
            if (found->second.facts.kind == SnapshotKind::anchor &&
                is_in_effect(stream, found->second.facts)) {
                error = storage_errc::too_late;
            } else {
                snapshots_.at(stream).erase(version);
            }
        }
    }
    done(error);
}

SnapshotStats MemorySnapshots::snapshot_stats() const {
    const std::lock_guard lock(mutex_);
    return {.saved = saved_};
}

}  // namespace firn
