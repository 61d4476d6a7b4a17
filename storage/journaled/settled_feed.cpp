#include "storage/journaled/settled_feed.hpp"

#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"

#include <algorithm>

namespace firn {

namespace {

// Label 0 on either side: the index cannot tell, so the event itself has to.
bool may_pass(const std::vector<std::uint32_t>& labels, std::uint32_t label) {
    return labels.empty() || label == 0 || std::ranges::find(labels, label) != labels.end();
}

}  // namespace

SettledFeed::SettledFeed(const lmdb::Environment& environment, const FeedQuery& query,
                         const std::map<Position, UnsettledDeletion>& deletions, FeedPage& page,
                         PageMaker& maker)
    : transaction_(environment),
      chunks_(transaction_, lmdb::Table::chunks),
      query_(query),
      page_(page),
      maker_(maker) {
    for (const auto& [position, deletion] : deletions) {
        deleted_.emplace(deletion.stream.value(), std::pair(position, deletion));
    }
    for (const auto& category : query.categories) {
        category_labels_.push_back(
            lmdb::find_label(transaction_, lmdb::LabelKind::category, category));
    }
    for (const auto& type : query.types) {
        type_labels_.push_back(lmdb::find_label(transaction_, lmdb::LabelKind::type, type));
    }
}

void SettledFeed::run(Position after, Position end) {
    collect_stand_ins(after, end);
    lmdb::Cursor index(transaction_, lmdb::Table::positions);
    // The first blocks may be gone with their events.
    bool found = index.seek_at_most(lmdb::position_key(after.next())) || index.first();
    while (found && !maker_.is_full()) {
        const Position first{lmdb::key_number(index.key(), 0)};
        if (first > end) {
            break;
        }
        const auto block = lmdb::decode_position_block(first, index.value());
        if (!block) {
            throw lmdb::CorruptRecord("a block of the position index does not check");
        }
        for (std::size_t i = 0; i < block->size(); ++i) {
            const auto position = first.plus(i);
            if (position > after && position <= end && !(*block)[i].is_hole()) {
                consider(position, (*block)[i]);
            }
        }
        if (wanted_.size() >= maker_.fetch_max() || wanted_.size() >= maker_.room()) {
            fetch(std::min(end, Position{first.plus(block->size()).value() - 1}));
        }
        found = index.next();
    }
    fetch(end);
}

void SettledFeed::collect_stand_ins(Position after, Position end) {
    lmdb::Cursor markers(transaction_, lmdb::Table::markers);
    for (bool found = markers.seek(lmdb::position_key(after.next())); found;
         found = markers.next()) {
        const Position position{lmdb::key_number(markers.key(), 0)};
        if (position > end) {
            break;
        }
        const auto marker = lmdb::decode_marker(markers.value());
        // A deletion that has not settled takes the stream's snapshot stand-in away.
        if (deleted_.contains(marker.stream.value())) {
            continue;
        }
        const auto& fact = fact_of(marker.stream);
        const auto kind = marker.kind == lmdb::Marker::Kind::deleted ? FeedEvent::Kind::deleted
                                                                     : FeedEvent::Kind::snapshot;
        if (maker_.passes_name(*fact.name)) {
            stand_ins_.emplace(
                position, stand_in(kind, fact.name, position, marker.version, marker.recorded_at));
        }
    }
    for (const auto& [stream, deletion] : deleted_) {
        const auto& [position, facts] = deletion;
        if (position > after && position <= end && maker_.passes_name(*facts.name)) {
            stand_ins_.emplace(position, stand_in(FeedEvent::Kind::deleted, facts.name, position,
                                                  facts.version, facts.recorded_at));
        }
    }
}

void SettledFeed::consider(Position position, const lmdb::IndexEntry& entry) {
    if (stand_ins_.contains(position)) {
        wanted_.push_back({position, entry, stand_ins_.at(position)});
        return;
    }
    if (may_pass(category_labels_, entry.category_label) &&
        may_pass(type_labels_, entry.type_label) && !deleted_.contains(entry.stream.value())) {
        wanted_.push_back({position, entry, std::nullopt});
    }
}

SettledFeed::StreamFact& SettledFeed::fact_of(StreamNumber stream) {
    auto [fact, is_new] = facts_.try_emplace(stream.value());
    if (is_new) {
        const auto record = lmdb::read_stream(transaction_, stream);
        if (!record) {
            throw lmdb::CorruptRecord("the position index names a stream without a record");
        }
        fact->second = {std::make_shared<const StreamName>(record->name), record->first_version,
                        maker_.passes_name(record->name)};
    }
    return fact->second;
}

void SettledFeed::fetch(Position looked_at) {
    std::vector<Wanted*> order;
    for (auto& wanted : wanted_) {
        if (!wanted.found) {
            order.push_back(&wanted);
        }
    }
    std::ranges::sort(order, {}, [](const Wanted* wanted) {
        return std::pair(wanted->entry.stream, wanted->entry.version);
    });
    for (auto* wanted : order) {
        fetch_one(*wanted);
    }
    for (auto& wanted : wanted_) {
        if (wanted.found && !maker_.add(std::move(*wanted.found), wanted.bytes)) {
            break;
        }
        maker_.looked_at(wanted.position);
    }
    wanted_.clear();
    maker_.looked_at(looked_at);
}

void SettledFeed::fetch_one(Wanted& wanted) {
    const auto& entry = wanted.entry;
    const auto& fact = fact_of(entry.stream);
    if (!fact.wanted || entry.version < fact.first_version) {
        return;
    }
    open_chunk(entry);
    EventView event;
    while (reader_->next(event)) {
        if (event.version == entry.version) {
            if (passes(query_.types, event.type)) {
                wanted.bytes = reader_->last_encoded().size();
                keep(event);
                wanted.found = FeedEvent{FeedEvent::Kind::event, fact.name, event};
            }
            last_version_ = event.version;
            return;
        }
    }
    throw lmdb::CorruptRecord("the position index names an event that no chunk holds");
}

void SettledFeed::keep(EventView& event) {
    const auto encoded = reader_->last_encoded();
    const auto copy = page_.memory.copy(encoded);
    for (auto* view : {&event.type, &event.data, &event.metadata, &event.traceparent}) {
        // What an event does not carry is a literal, which stays where it is.
        if (view->data() >= encoded.data() && view->data() < encoded.data() + encoded.size()) {
            *view =
                copy.substr(static_cast<std::size_t>(view->data() - encoded.data()), view->size());
        }
    }
}

bool SettledFeed::chunk_here_holds(const lmdb::IndexEntry& entry) const {
    if (lmdb::key_number(chunks_.key(), 0) != entry.stream.value()) {
        return false;
    }
    const Version first{lmdb::key_number(chunks_.key(), 1)};
    return first <= entry.version && entry.version < first.plus(lmdb::chunk_count(chunks_.value()));
}

bool SettledFeed::find_chunk(const lmdb::IndexEntry& entry) {
    // In a dense window the next chunk is the right one, and costs a tenth of looking for it.
    if (at_chunk_ && chunks_.next() && chunk_here_holds(entry)) {
        return true;
    }
    return chunks_.seek_at_most(lmdb::chunk_key(entry.stream, entry.version)) &&
           lmdb::key_number(chunks_.key(), 0) == entry.stream.value();
}

void SettledFeed::open_chunk(const lmdb::IndexEntry& entry) {
    if (reader_ && entry.stream == chunk_stream_ && entry.version < reader_->end_version() &&
        entry.version > last_version_) {
        return;
    }
    at_chunk_ = find_chunk(entry);
    if (!at_chunk_) {
        throw lmdb::CorruptRecord("the position index names an event that no chunk holds");
    }
    reader_ = lmdb::ChunkReader::open(entry.stream, Version{lmdb::key_number(chunks_.key(), 1)},
                                      chunks_.value());
    if (!reader_) {
        throw lmdb::CorruptRecord("a chunk of stream number " +
                                  std::to_string(entry.stream.value()) + " does not check");
    }
    chunk_stream_ = entry.stream;
    last_version_ = no_version;
}

}  // namespace firn
