#include "storage/journaled/client_ids.hpp"

#include "storage/lmdb/records.hpp"

namespace firn {

Repeat ClientIds::compare(const Head& head, const EncodedEvents& events) const {
    Repeat repeat;
    bool any_known = false;
    bool all_known = true;
    bool any_offends = false;
    std::optional<lmdb::IdFact> before;
    EventDecoder decoder(events.bytes());
    EventView event;
    for (bool first = true; decoder.decode_next(event); first = false) {
        const auto known =
            event.id_from_client ? find(head, event.id) : std::optional<lmdb::IdFact>{};
        if (!known) {
            all_known = false;
            before.reset();
            continue;
        }
        if (!std::exchange(any_known, true)) {
            repeat.first_known = event.id;
        }
        const bool in_place = first || (before && known->version == before->version.next());
        const bool same = known->digest == content_digest(event.type, event.data, event.metadata);
        if (!(in_place && same) && !std::exchange(any_offends, true)) {
            repeat.offending = event.id;
        }
        if (first) {
            repeat.original.first_version = known->version;
        }
        before = known;
    }
    if (!any_known) {
        return repeat;
    }
    if (all_known && !any_offends) {
        repeat.kind = Repeat::Kind::replay;
        repeat.original.version = before->version;
        repeat.original.position = before->position;
        repeat.original.recorded_at = before->recorded_at;
        return repeat;
    }
    repeat.kind = Repeat::Kind::duplicate;
    if (!any_offends) {
        repeat.offending = repeat.first_known;
    }
    return repeat;
}

std::optional<lmdb::IdFact> ClientIds::find(const Head& head, const EventId& id) const {
    if (head.stream == StreamNumber{}) {
        return std::nullopt;
    }
    if (const auto staged = staged_facts_.find({head.stream.value(), id});
        staged != staged_facts_.end()) {
        return staged->second;
    }
    if (const auto fact = unsettled_.find_id(head.stream, id)) {
        return fact;
    }
    // In this order: what was not in memory any more when looked for there has settled by now.
    const auto transaction = environment_.read();
    const auto record = lmdb::read_stream(transaction, head.stream);
    return record ? lmdb::find_id(transaction, head.stream, record->client_ids, id) : std::nullopt;
}

void ClientIds::stage(Head& head, const EncodedEvents& events, Version first,
                      Position first_position, Timestamp recorded_at) {
    EventDecoder decoder(events.bytes());
    EventView event;
    event.version = first;
    event.position = first_position;
    for (;;) {
        event.recorded_at = recorded_at;
        if (!decoder.decode_next(event)) {
            return;
        }
        if (event.id_from_client) {
            const lmdb::IdFact fact{content_digest(event.type, event.data, event.metadata),
                                    event.version, event.position, event.recorded_at};
            staged_facts_.insert_or_assign({head.stream.value(), event.id}, fact);
            staged_.push_back({&head, {event.id, fact, 0}});
        }
        event.version = event.version.next();
        event.position = event.position.next();
    }
}

void ClientIds::forget_staged() {
    staged_.clear();
    staged_facts_.clear();
}

}  // namespace firn
