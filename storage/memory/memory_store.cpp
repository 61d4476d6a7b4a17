#include "storage/memory/memory_store.hpp"

#include "storage/memory/memory_documents.hpp"
#include "storage/memory/memory_snapshots.hpp"
#include "storage/memory/memory_stream.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

namespace firn {

namespace {

bool appends_events(const StreamWrite& write) {
    return write.kind == StreamWrite::Kind::append && write.events && !write.events->empty();
}

bool passes(const std::vector<std::string>& filter, std::string_view value) {
    return filter.empty() || std::find(filter.begin(), filter.end(), value) != filter.end();
}

class MemoryStore final : public EventStore {
public:
    explicit MemoryStore(MemoryConfig config) : config_(std::move(config)) {}

    std::vector<TransactionOutcome> commit(std::span<const Transaction> group) override;
    result<StreamFacts> facts(const StreamName& stream) const override;
    result<Version> head_version(const StreamName& stream) const override;
    result<StreamPage> read(const StreamName& stream, const StreamQuery& query) const override;
    result<FeedPage> feed(const FeedQuery& query) const override;
    result<StreamList> list(const ListQuery& query) const override;
    result<std::optional<RememberedEvent>> find_event(const StreamName& stream,
                                                      const EventId& id) const override;
    Position head_position() const override;
    StoreStats stats() const override;
    void begin_cut(const StreamName& stream, Version up_to, CutTerms terms, CutDone done) override {
        done(cut_now(stream, up_to, terms));
    }
    void begin_reclaim(std::uint32_t events_max, ReclaimDone done) override {
        done(reclaim_now(events_max));
    }
    result<bool> is_reclaimed(const StreamName& stream) const override;
    result<VacuumNeeds> vacuum_needs() const override { return VacuumNeeds{}; }
    result<std::unique_ptr<Vacuum>> begin_vacuum() override;
    SnapshotStore& snapshots() noexcept override { return snapshots_; }
    DocumentStore& documents() noexcept override { return documents_; }

private:
    // Which event took a position; for ever, also when the event is gone.
    struct Slot {
        const MemoryStream* stream;
        Version version;
    };

    result<CutFacts> cut_now(const StreamName& stream, Version up_to, const CutTerms& terms);
    ReclaimProgress reclaim_now(std::uint32_t events_max);

    const MemoryStream* find(const StreamName& name) const;
    result<const MemoryStream*> readable(const StreamName& name) const;
    TransactionOutcome commit_one(const Transaction& transaction, Timestamp stamp);
    // The three steps of checking a transaction, as event_store.hpp describes them.
    void refuse_deleted(const Transaction& transaction, TransactionOutcome& outcome) const;
    void replay_or_refuse(const Transaction& transaction, TransactionOutcome& outcome) const;
    void refuse_unexpected(const Transaction& transaction, TransactionOutcome& outcome) const;
    void refuse(const Transaction& transaction, std::size_t index, storage_errc reason,
                TransactionOutcome& outcome, EventId id = {}) const;
    StreamOutcome apply(const StreamWrite& write, Timestamp stamp);
    Position head() const { return Position{slots_.size()}; }
    const Slot& slot(Position position) const { return slots_[position.value() - 1]; }
    static EventView view(const MemoryEvent& event, Version version, PageMemory& memory);
    static StreamOutcome standing(const MemoryStream* stream);
    // What the feed holds at a position, if anything.
    static std::optional<FeedEvent::Kind> kind_at(const Slot& slot);

    mutable std::mutex mutex_;
    MemoryConfig config_;
    std::map<StreamName, MemoryStream> streams_;
    std::vector<Slot> slots_;  // [position - 1]
    Timestamp last_stamp_{};
    MemorySnapshots snapshots_{mutex_, [this](const StreamName& name) { return find(name); }};
    MemoryDocuments documents_;
    std::atomic<bool> vacuuming_{false};
};

// There is no file to make smaller.
class MemoryVacuum final : public Vacuum {
public:
    explicit MemoryVacuum(std::atomic<bool>& running) : running_(running) {}
    ~MemoryVacuum() override { running_ = false; }
    result<VacuumProgress> step(std::chrono::milliseconds) override {
        return VacuumProgress{.phase = VacuumProgress::Phase::done};
    }

private:
    std::atomic<bool>& running_;
};

const MemoryStream* MemoryStore::find(const StreamName& name) const {
    const auto found = streams_.find(name);
    return found == streams_.end() ? nullptr : &found->second;
}

result<const MemoryStream*> MemoryStore::readable(const StreamName& name) const {
    const auto* stream = find(name);
    if (!stream) {
        return storage_errc::stream_not_found;
    }
    if (stream->deleted()) {
        return storage_errc::stream_deleted;
    }
    return stream;
}

std::vector<TransactionOutcome> MemoryStore::commit(std::span<const Transaction> group) {
    const std::lock_guard lock(mutex_);
    last_stamp_ = std::max(last_stamp_, config_.clock());
    std::vector<TransactionOutcome> outcomes;
    for (const auto& transaction : group) {
        outcomes.push_back(commit_one(transaction, last_stamp_));
    }
    return outcomes;
}

TransactionOutcome MemoryStore::commit_one(const Transaction& transaction, Timestamp stamp) {
    TransactionOutcome outcome;
    refuse_deleted(transaction, outcome);
    if (outcome.conflicts.empty()) {
        replay_or_refuse(transaction, outcome);
    }
    if (outcome.conflicts.empty() && outcome.streams.empty()) {
        refuse_unexpected(transaction, outcome);
    }
    if (!outcome.conflicts.empty()) {
        outcome.error = outcome.conflicts.front().reason;
    } else if (outcome.streams.empty()) {
        for (const auto& write : transaction.writes) {
            outcome.streams.push_back(apply(write, stamp));
        }
    }
    return outcome;
}

void MemoryStore::refuse(const Transaction& transaction, std::size_t index, storage_errc reason,
                         TransactionOutcome& outcome, EventId id) const {
    const auto version = standing(find(transaction.writes[index].stream)).version;
    outcome.conflicts.push_back({index, reason, version, id});
}

void MemoryStore::refuse_deleted(const Transaction& transaction,
                                 TransactionOutcome& outcome) const {
    for (std::size_t i = 0; i < transaction.writes.size(); ++i) {
        const auto* stream = find(transaction.writes[i].stream);
        if (stream && stream->deleted()) {
            refuse(transaction, i, storage_errc::stream_deleted, outcome);
        }
    }
}

// Neither conflicts nor streams: the transaction is a fresh one.
void MemoryStore::replay_or_refuse(const Transaction& transaction,
                                   TransactionOutcome& outcome) const {
    const auto& writes = transaction.writes;
    std::vector<Repeat> repeats(writes.size());
    bool any_replay = false;
    bool all_replay = true;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const auto* stream = find(writes[i].stream);
        if (stream && appends_events(writes[i])) {
            repeats[i] = stream->compare(*writes[i].events);
        }
        const bool replay = repeats[i].kind == Repeat::Kind::replay;
        const bool only_checks =
            writes[i].kind == StreamWrite::Kind::append && !appends_events(writes[i]);
        any_replay = any_replay || replay;
        all_replay = all_replay && (replay || only_checks);
    }
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (any_replay && all_replay) {
            outcome.streams.push_back(appends_events(writes[i]) ? repeats[i].original
                                                                : standing(find(writes[i].stream)));
            outcome.streams.back().replayed = true;
        } else if (repeats[i].kind == Repeat::Kind::replay) {
            refuse(transaction, i, storage_errc::duplicate_event, outcome, repeats[i].first_known);
        } else if (repeats[i].kind == Repeat::Kind::duplicate) {
            refuse(transaction, i, storage_errc::duplicate_event, outcome, repeats[i].offending);
        }
    }
}

void MemoryStore::refuse_unexpected(const Transaction& transaction,
                                    TransactionOutcome& outcome) const {
    for (std::size_t i = 0; i < transaction.writes.size(); ++i) {
        const auto& write = transaction.writes[i];
        const auto* stream = find(write.stream);
        if (!stream && write.kind == StreamWrite::Kind::delete_stream) {
            refuse(transaction, i, storage_errc::stream_not_found, outcome);
        } else if (!write.expected.accepts(standing(stream).version) ||
                   (stream && write.kind == StreamWrite::Kind::begin_compacted)) {
            refuse(transaction, i, storage_errc::wrong_version, outcome);
        }
    }
}

StreamOutcome MemoryStore::apply(const StreamWrite& write, Timestamp stamp) {
    if (appends_events(write)) {
        auto& stream = streams_.try_emplace(write.stream, write.stream).first->second;
        const auto outcome = stream.append(*write.events, head(), stamp, config_.remembered_ids);
        for (auto v = outcome.first_version; v <= outcome.version; v = v.next()) {
            slots_.push_back({&stream, v});
        }
        return outcome;
    }
    if (write.kind == StreamWrite::Kind::delete_stream) {
        streams_.at(write.stream).delete_all();
        snapshots_.forget(write.stream);
    } else if (write.kind == StreamWrite::Kind::begin_compacted) {
        const auto& facts = write.anchor->facts;
        const auto& stream =
            streams_.try_emplace(write.stream, write.stream, facts, head().next()).first->second;
        slots_.push_back({&stream, facts.version});
        snapshots_.begin_with(write.stream, *write.anchor);
        documents_.put_all({{DocumentKind::compacted, write.stream.category, "{}"}});
    }
    return standing(find(write.stream));
}

// The outcome of a write without events: where the stream stands.
StreamOutcome MemoryStore::standing(const MemoryStream* stream) {
    StreamOutcome outcome;
    outcome.version = stream ? stream->version() : no_version;
    outcome.first_version = outcome.version.next();
    outcome.position = stream ? stream->last_position() : no_position;
    return outcome;
}

result<StreamFacts> MemoryStore::facts(const StreamName& stream) const {
    const std::lock_guard lock(mutex_);
    const auto* found = find(stream);
    if (!found) {
        return storage_errc::stream_not_found;
    }
    return found->facts();
}

result<Version> MemoryStore::head_version(const StreamName& stream) const {
    const std::lock_guard lock(mutex_);
    const auto* found = find(stream);
    if (!found) {
        return no_version;
    }
    if (found->deleted()) {
        return storage_errc::stream_deleted;
    }
    return found->version();
}

EventView MemoryStore::view(const MemoryEvent& event, Version version, PageMemory& memory) {
    EventView view;
    view.version = version;
    view.position = event.position;
    view.recorded_at = event.recorded_at;
    EventDecoder decoder(memory.copy(event.bytes));
    const bool sound = decoder.decode_next(view);
    BOOST_VERIFY(sound);
    return view;
}

result<StreamPage> MemoryStore::read(const StreamName& name, const StreamQuery& query) const {
    const std::lock_guard lock(mutex_);
    const auto found = readable(name);
    if (!found) {
        return found.error();
    }
    const MemoryStream& stream = **found;
    StreamPage page;
    page.version = stream.version();
    page.first_version = stream.first_version();

    const bool forward = query.direction == Direction::forward;
    auto at = query.from;
    if (at == no_version) {
        at = forward ? page.first_version : page.version;
    } else if (at < page.first_version && at <= page.version) {
        return storage_errc::compacted;
    } else if (!forward) {
        at = std::min(at, page.version);
    }
    std::uint64_t bytes = 0;
    while (page.events.size() < query.limit && at >= page.first_version && at <= page.version) {
        const auto& event = stream.at(at);
        bytes += event.bytes.size();
        if (bytes > query.bytes_max && !page.events.empty()) {
            break;
        }
        page.events.push_back(view(event, at, page.memory));
        at = forward ? at.next() : Version{at.value() - 1};
    }
    return page;
}

std::optional<FeedEvent::Kind> MemoryStore::kind_at(const Slot& slot) {
    const auto& stream = *slot.stream;
    if (slot.version >= stream.first_version()) {
        return FeedEvent::Kind::event;
    }
    if (slot.version.next() < stream.first_version()) {
        return std::nullopt;
    }
    return stream.deleted() ? FeedEvent::Kind::deleted : FeedEvent::Kind::snapshot;
}

result<FeedPage> MemoryStore::feed(const FeedQuery& query) const {
    const std::lock_guard lock(mutex_);
    FeedPage page;
    page.head = head();
    page.next_after = query.after;
    if (query.limit == 0 || query.after >= page.head) {
        return page;
    }
    const auto scan =
        std::min<std::uint64_t>(std::max(query.scan_max, 1u), page.head.since(query.after));
    const auto end = query.after.plus(scan);
    std::uint64_t bytes = 0;
    while (page.next_after < end && page.events.size() < query.limit) {
        const auto position = page.next_after.next();
        const auto& [stream, version] = slot(position);
        const auto kind = kind_at(slot(position));
        if (kind && passes(query.categories, stream->name()->category) &&
            stream->name()->id.starts_with(query.id_prefix)) {
            FeedEvent entry{*kind, &page.memory.keep(*stream->name()), {}};
            if (*kind == FeedEvent::Kind::event) {
                const auto& event = stream->at(version);
                entry.event = view(event, version, page.memory);
                if (passes(query.types, entry.event.type)) {
                    bytes += event.bytes.size();
                    if (bytes > query.bytes_max && !page.events.empty()) {
                        break;
                    }
                    page.events.push_back(std::move(entry));
                }
            } else {
                entry.event.version = version;
                entry.event.position = position;
                entry.event.recorded_at = stream->stand_in_time();
                page.events.push_back(std::move(entry));
            }
        }
        page.next_after = position;
    }
    return page;
}

result<StreamList> MemoryStore::list(const ListQuery& query) const {
    const std::lock_guard lock(mutex_);
    StreamList list;
    for (auto it = streams_.upper_bound(query.after); it != streams_.end(); ++it) {
        const auto& [name, stream] = *it;
        if (stream.deleted() || (!query.category.empty() && name.category != query.category) ||
            !name.id.starts_with(query.prefix)) {
            continue;
        }
        if (list.streams.size() == query.limit) {
            list.more = true;
            break;
        }
        list.streams.push_back(stream.facts());
    }
    return list;
}

result<std::optional<RememberedEvent>> MemoryStore::find_event(const StreamName& name,
                                                               const EventId& id) const {
    const std::lock_guard lock(mutex_);
    const auto* stream = find(name);
    if (stream && stream->deleted()) {
        return storage_errc::stream_deleted;
    }
    return stream ? stream->find_id(id) : std::nullopt;
}

Position MemoryStore::head_position() const {
    const std::lock_guard lock(mutex_);
    return head();
}

StoreStats MemoryStore::stats() const {
    const std::lock_guard lock(mutex_);
    StoreStats stats;
    stats.head_position = head();
    for (const auto& [name, stream] : streams_) {
        const auto facts = stream.facts();
        stats.streams += facts.deleted ? 0 : 1;
        stats.events += facts.events;
        stats.bytes_live += facts.bytes;
        stats.reclaim_waiting += stream.has_garbage() ? 1 : 0;
    }
    return stats;
}

result<CutFacts> MemoryStore::cut_now(const StreamName& name, Version up_to,
                                      const CutTerms& terms) {
    const std::lock_guard lock(mutex_);
    const auto found = readable(name);
    if (!found) {
        return found.error();
    }
    if (up_to > (*found)->version()) {
        return storage_errc::version_not_found;
    }
    const auto cut = (*found)->facts_of_cut(up_to);
    if (cut.events == 0) {
        return cut;
    }
    if (terms.anchor_state && !snapshots_.has_anchor(name, up_to, *terms.anchor_state)) {
        return storage_errc::anchor_missing;
    }
    if (terms.decide) {
        auto documents = terms.decide(cut);
        if (!documents) {
            return documents.error();
        }
        documents_.put_all(std::move(*documents));
    }
    streams_.at(name).cut(up_to);
    return cut;
}

result<bool> MemoryStore::is_reclaimed(const StreamName& name) const {
    const std::lock_guard lock(mutex_);
    const auto* stream = find(name);
    return !stream || !stream->has_garbage();
}

ReclaimProgress MemoryStore::reclaim_now(std::uint32_t events_max) {
    const std::lock_guard lock(mutex_);
    ReclaimProgress progress;
    for (auto& [name, stream] : streams_) {
        progress.events_removed += stream.reclaim(events_max - progress.events_removed);
        progress.more = progress.more || stream.has_garbage();
    }
    return progress;
}

result<std::unique_ptr<Vacuum>> MemoryStore::begin_vacuum() {
    if (vacuuming_.exchange(true)) {
        return storage_errc::already_running;
    }
    return std::make_unique<MemoryVacuum>(vacuuming_);
}

}  // namespace

std::unique_ptr<EventStore> make_memory_store(MemoryConfig config) {
    return std::make_unique<MemoryStore>(std::move(config));
}

}  // namespace firn
