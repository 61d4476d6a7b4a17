#include "storage/journaled/replay.hpp"

#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"

#include <fmt/format.h>

namespace firn {

namespace {

[[noreturn]] void damaged(const std::string& what) {
    throw StorageFailure(StorageFailure::Cause::damaged,
                         fmt::format("the journal is damaged: {}; restore the directory from a "
                                     "copy",
                                     what));
}

}  // namespace

Replay::Replay(const lmdb::Environment& environment, Unsettled& unsettled)
    : environment_(environment), unsettled_(unsettled) {
    const auto transaction = environment.read();
    const auto store = lmdb::read_store(transaction).value_or(lmdb::StoreRecord{});
    start_.last_stream = store.last_stream;
    start_.last_position = store.settled_position;
    start_.last_time = store.last_time;
    start_.streams = store.streams;
    start_.events = store.events;
    unsettled_.start_at(store.settled_position);
}

void Replay::take(const journal::RecordView& record) {
    auto group = std::make_shared<Group>();
    group->sequence = record.header.sequence;
    group->first_position = record.header.first_position;
    group->events = record.header.events;
    group->recorded_at = record.header.recorded_at;
    group->payload = record.payload;
    if (group->first_position != start_.last_position.next()) {
        damaged(fmt::format("record {} begins at position {}, not {}", group->sequence,
                            group->first_position.value(), start_.last_position.next().value()));
    }
    Unsettled::Publication publication;
    journal::EntryDecoder decoder(group->payload);
    journal::Entry entry;
    while (!decoder.at_end()) {
        if (!decoder.next(entry)) {
            damaged(
                fmt::format("record {} holds an entry that cannot be decoded", group->sequence));
        }
        switch (entry.kind) {
            case journal::EntryKind::create_stream: (void)head_of(entry); break;
            case journal::EntryKind::append: append(group, entry, publication); break;
            case journal::EntryKind::delete_stream: remove(entry, publication); break;
        }
    }
    start_.last_position = Position{group->end_position().value() - 1};
    start_.last_time = std::max(start_.last_time, group->recorded_at);
    publication.group = std::move(group);
    unsettled_.publish(std::move(publication));
}

Head& Replay::head_of(const journal::Entry& entry) {
    if (const auto known = heads_.find(entry.stream.value()); known != heads_.end()) {
        return *known->second;
    }
    Head head;
    head.stream = entry.stream;
    Version first{1};
    const auto transaction = environment_.read();
    if (const auto record = lmdb::read_stream(transaction, entry.stream)) {
        head.key = lmdb::name_key(record->name);
        head.version = head.settled = record->version;
        head.last_position = record->last_position;
        head.last_time = record->last_recorded_at;
        head.settled_client_ids = record->client_ids;
        head.deleted = head.deletion_settled = record->deleted;
        first = record->first_version;
    } else if (entry.kind == journal::EntryKind::create_stream) {
        head.key = lmdb::name_key(entry.category, entry.id);
        start_.last_stream = std::max(start_.last_stream, entry.stream);
        ++start_.streams;
    } else {
        damaged(fmt::format("it names stream number {} before it was made", entry.stream.value()));
    }
    head.staged_version = head.version;
    head.staged_position = head.last_position;
    head.staged_time = head.last_time;
    head.staged_deleted = head.deleted;
    first_versions_.emplace(entry.stream.value(), first);
    auto& added = unsettled_.add(std::move(head));
    heads_.emplace(entry.stream.value(), &added);
    return added;
}

void Replay::append(const std::shared_ptr<Group>& group, const journal::Entry& entry,
                    Unsettled::Publication& publication) {
    auto& head = head_of(entry);
    const auto last = Version{entry.version.plus(entry.count).value() - 1};
    // What settled before the crash is in LMDB, whether it is still held or not.
    if (last <= head.settled) {
        return;
    }
    if (entry.version > head.staged_version.next()) {
        damaged(fmt::format("stream number {} goes from version {} to {}", entry.stream.value(),
                            head.staged_version.value(), entry.version.value()));
    }
    EventDecoder decoder(entry.events);
    EventView event;
    event.version = entry.version;
    event.position = entry.position;
    for (std::uint32_t i = 0; i < entry.count; ++i) {
        event.recorded_at = group->recorded_at;
        if (!decoder.decode_next(event)) {
            damaged(fmt::format("an event of stream number {} cannot be decoded",
                                entry.stream.value()));
        }
        if (event.id_from_client && event.version > head.settled) {
            publication.ids.push_back({&head,
                                       {event.id,
                                        {content_digest(event.type, event.data, event.metadata),
                                         event.version, event.position, event.recorded_at},
                                        0}});
        }
        head.staged_time = event.recorded_at;
        event.version = event.version.next();
        event.position = event.position.next();
    }
    start_.events += last.since(head.staged_version);
    head.staged_version = last;
    head.staged_position = Position{entry.position.plus(entry.count).value() - 1};
    publication.heads.push_back(&head);
    publication.runs.push_back(
        {&head, {group, entry.events, entry.version, entry.position, entry.count}});
}

void Replay::remove(const journal::Entry& entry, Unsettled::Publication& publication) {
    auto& head = head_of(entry);
    // Settled in a round that was not completed: counted already, but its events still lie in
    // pending groups, where the deletion keeps the feed from them.
    if (!head.staged_deleted) {
        head.staged_deleted = true;
        --start_.streams;
        start_.events -= head.staged_version.next().since(first_versions_.at(entry.stream.value()));
    }
    publication.heads.push_back(&head);
    publication.deletions.emplace_back(
        head.staged_position,
        UnsettledDeletion{head.stream, head.staged_version, head.staged_time,
                          std::make_shared<const StreamName>(name_from_key(head.key))});
}

}  // namespace firn
