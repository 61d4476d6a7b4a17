#include "storage/journaled/pending_feed.hpp"

#include "storage/lmdb/records.hpp"

namespace firn {

void PendingFeed::run(const Unsettled::FeedWindow& window, Position after, Position end) {
    for (const auto& [position, deletion] : window.deletions) {
        deleted_.emplace(deletion.stream.value());
    }
    for (const auto& group : window.groups) {
        page_.memory.share(group);
        journal::EntryDecoder decoder(group->payload);
        journal::Entry entry;
        while (!maker_.is_full() && decoder.next(entry)) {
            if (entry.kind == journal::EntryKind::append) {
                walk(*group, entry, window.deletions, after, end);
            }
        }
    }
}

void PendingFeed::walk(const Group& group, const journal::Entry& entry,
                       const std::map<Position, UnsettledDeletion>& deletions, Position after,
                       Position end) {
    const auto& name = name_of(entry.stream);
    const bool wanted = maker_.passes_name(name);
    const bool deleted = deleted_.contains(entry.stream.value());
    EventDecoder decoder(entry.events);
    EventView event;
    event.version = entry.version;
    event.position = entry.position;
    for (;;) {
        event.recorded_at = group.recorded_at;
        if (event.position > end || maker_.is_full() || !decoder.decode_next(event)) {
            return;
        }
        if (event.position > after) {
            if (wanted && deleted) {
                if (const auto marker = deletions.find(event.position); marker != deletions.end()) {
                    maker_.add(stand_in(FeedEvent::Kind::deleted, name, event.position,
                                        event.version, marker->second.recorded_at),
                               0);
                }
            } else if (wanted && passes(query_.types, event.type) &&
                       !maker_.add({FeedEvent::Kind::event, &name, event},
                                   decoder.last_bytes().size())) {
                return;
            }
            maker_.looked_at(event.position);
        }
        event.version = event.version.next();
        event.position = event.position.next();
    }
}

const StreamName& PendingFeed::name_of(StreamNumber stream) {
    auto& name = names_[stream.value()];
    if (name != nullptr) {
        return *name;
    }
    if (auto known = unsettled_.name_of(stream)) {
        name = &page_.memory.keep(*std::move(known));
    } else {
        // Its part of the round settled, and its head was forgotten meanwhile.
        const auto transaction = environment_.read();
        const auto record = lmdb::read_stream(transaction, stream);
        if (!record) {
            throw lmdb::CorruptRecord("the journal names a stream without a record");
        }
        name = &page_.memory.keep(record->name);
    }
    return *name;
}

}  // namespace firn
