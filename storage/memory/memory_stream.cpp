#include "storage/memory/memory_stream.hpp"

#include "storage/chain_hash.hpp"

#include <boost/assert.hpp>

#include <utility>

namespace firn {

MemoryStream::MemoryStream(StreamName name)
    : name_(std::make_shared<const StreamName>(std::move(name))),
      chain_{chain_start(name_->category, name_->id)} {}

MemoryStream::MemoryStream(StreamName name, const SnapshotFacts& anchor, Position position)
    : name_(std::make_shared<const StreamName>(std::move(name))),
      version_(anchor.version),
      first_version_(anchor.version.next()),
      last_position_(position),
      stand_in_time_(anchor.created_at),
      chain_begin_(anchor.version),
      chain_{anchor.chain_hash} {}

StreamFacts MemoryStream::facts() const {
    StreamFacts facts;
    facts.stream = *name_;
    facts.version = version_;
    facts.first_version = first_version_;
    for (auto it = events_.lower_bound(first_version_); it != events_.end(); ++it) {
        ++facts.events;
        facts.bytes += it->second.bytes.size();
    }
    facts.last_position = last_position_;
    facts.chain_hash = chain_.back();
    facts.deleted = deleted_;
    return facts;
}

Repeat MemoryStream::compare(const EncodedEvents& events) const {
    Repeat repeat;
    bool any_known = false;
    bool all_known = true;
    bool any_offends = false;
    const RememberedId* before = nullptr;
    EventDecoder decoder(events.bytes());
    for (bool first = true; !decoder.at_end(); first = false) {
        EventView event;
        const bool sound = decoder.decode_next(event);
        BOOST_VERIFY(sound);
        const auto found = event.id_from_client ? ids_.find(event.id) : ids_.end();
        if (found == ids_.end()) {
            all_known = false;
            before = nullptr;
            continue;
        }
        const auto& known = found->second;
        if (!any_known) {
            any_known = true;
            repeat.first_known = event.id;
        }
        const bool in_place = first || (before && known.version == before->version.next());
        const bool same = known.content == content_digest(event.type, event.data, event.metadata);
        if (!any_offends && !(in_place && same)) {
            any_offends = true;
            repeat.offending = event.id;
        }
        if (first) {
            repeat.original.first_version = known.version;
        }
        before = &known;
    }
    if (!any_known) {
        return repeat;
    }
    if (all_known && !any_offends) {
        repeat.kind = Repeat::Kind::replay;
        repeat.original.version = before->version;
        repeat.original.position = before->position;
        repeat.original.recorded_at = before->recorded_at;
        repeat.original.replayed = true;
        return repeat;
    }
    repeat.kind = Repeat::Kind::duplicate;
    if (!any_offends) {
        repeat.offending = repeat.first_known;
    }
    return repeat;
}

std::optional<RememberedEvent> MemoryStream::find_id(const EventId& id) const {
    const auto found = ids_.find(id);
    if (found == ids_.end()) {
        return std::nullopt;
    }
    const auto& known = found->second;
    return RememberedEvent{known.version, known.position, known.recorded_at};
}

StreamOutcome MemoryStream::append(const EncodedEvents& events, Position last, Timestamp stamp,
                                   std::uint32_t remembered_ids) {
    StreamOutcome outcome;
    outcome.first_version = version_.next();
    EventDecoder decoder(events.bytes());
    while (!decoder.at_end()) {
        EventView event;
        event.version = version_.next();
        event.position = last.next();
        event.recorded_at = stamp;
        const bool sound = decoder.decode_next(event);
        BOOST_VERIFY(sound);
        chain_.push_back(chain_next(chain_.back(), event));
        events_[event.version] = {std::string(decoder.last_bytes()), event.position,
                                  event.recorded_at};
        if (event.id_from_client) {
            remember(event);
        }
        version_ = event.version;
        last_position_ = last = event.position;
        outcome.recorded_at = event.recorded_at;
    }
    while (id_order_.size() > remembered_ids) {
        ids_.erase(id_order_.front());
        id_order_.pop_front();
    }
    outcome.version = version_;
    outcome.position = last_position_;
    return outcome;
}

void MemoryStream::remember(const EventView& event) {
    const auto content = content_digest(event.type, event.data, event.metadata);
    [[maybe_unused]] const bool added =
        ids_.emplace(event.id,
                     RememberedId{content, event.version, event.position, event.recorded_at})
            .second;
    BOOST_ASSERT_MSG(added, "an append states an id once");
    id_order_.push_back(event.id);
}

CutFacts MemoryStream::facts_of_cut(Version up_to) const {
    CutFacts cut;
    cut.first_version = first_version_;
    cut.up_to = up_to;
    for (auto it = events_.lower_bound(first_version_); it != events_.end() && it->first <= up_to;
         ++it) {
        ++cut.events;
        cut.bytes += it->second.bytes.size();
        cut.position = it->second.position;
    }
    return cut;
}

void MemoryStream::cut(Version up_to) {
    if (up_to >= first_version_) {
        stand_in_time_ = at(up_to).recorded_at;
        first_version_ = up_to.next();
    }
}

void MemoryStream::delete_all() {
    cut(version_);
    deleted_ = true;
    ids_.clear();
    id_order_.clear();
}

std::uint64_t MemoryStream::reclaim(std::uint64_t events_max) {
    std::uint64_t removed = 0;
    while (removed < events_max && has_garbage()) {
        events_.erase(events_.begin());
        ++removed;
    }
    return removed;
}

bool MemoryStream::has_garbage() const {
    return !events_.empty() && events_.begin()->first < first_version_;
}

}  // namespace firn
