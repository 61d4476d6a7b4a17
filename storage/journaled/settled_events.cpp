#include "storage/journaled/settled_events.hpp"

#include "storage/feed_filter.hpp"
#include "storage/lmdb/id_blocks.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/stream_record.hpp"

#include <string>
#include <utility>

namespace firn {

namespace {

// More steps before a search were slower: each is a miss of the processor's caches.
constexpr unsigned steps_max = 1;

[[noreturn]] void no_chunk_holds_it() {
    throw lmdb::CorruptRecord("the position index names an event that no chunk holds");
}

[[noreturn]] void does_not_check(const char* what, StreamNumber stream) {
    throw lmdb::CorruptRecord(std::string(what) + " of stream number " +
                              std::to_string(stream.value()) + " does not check");
}

}  // namespace

SettledEvents::SettledEvents(const lmdb::Transaction& transaction, const FeedQuery& query,
                             PageMemory& memory)
    : streams_(transaction, lmdb::Table::streams),
      chunks_(transaction, lmdb::Table::chunks),
      query_(query),
      memory_(memory) {}

SettledEvents::StreamFact SettledEvents::fact_of(StreamNumber stream) {
    if (const auto known = facts_.find(stream.value()); known != facts_.end()) {
        return known->second;
    }
    const auto key = lmdb::stream_key(stream);
    at_stream_ = at_stream_ && lmdb::key_number(streams_.key(), 0) < stream.value()
                     ? streams_.seek_ahead(key, steps_max)
                     : streams_.seek(key);
    if (!at_stream_ || streams_.key() != std::string_view(key)) {
        throw lmdb::CorruptRecord("the position index names a stream without a record");
    }
    auto record = lmdb::StreamRecord::decode(streams_.value());
    if (!record) {
        does_not_check("the record", stream);
    }
    const bool wanted = passes_name(query_, record->name);
    const StreamFact fact{&memory_.keep(std::move(record->name)), record->first_version, wanted};
    facts_.emplace(stream.value(), fact);
    return fact;
}

std::uint64_t SettledEvents::fetch(std::span<const WantedEvent> events,
                                   std::span<KeptEntry> slots) {
    std::uint64_t bytes = 0;
    StreamNumber stream;
    StreamFact fact;
    FeedEvent entry;
    for (const auto& wanted : events) {
        if (wanted.stream != stream) {
            stream = wanted.stream;
            fact = fact_of(stream);
            entry.stream = fact.name;
        }
        if (fact.wanted && wanted.version >= fact.first_version && fetch_one(wanted, entry.event)) {
            const auto encoded = reader_->last_encoded();
            slots[wanted.slot] = KeptEntry::keep(memory_, entry, encoded);
            bytes += encoded.size();
        }
    }
    return bytes;
}

bool SettledEvents::fetch_one(const WantedEvent& wanted, EventView& event) {
    open_chunk(wanted);
    if (!reader_->go_to(wanted.version, event)) {
        no_chunk_holds_it();
    }
    if (query_.types.empty()) {
        return true;
    }
    EventDecoder decoder(reader_->last_encoded());
    if (!decoder.decode_next(event) || !decoder.at_end()) {
        does_not_check("an event", wanted.stream);
    }
    return passes(query_.types, event.type);
}

bool SettledEvents::chunk_here_holds(const WantedEvent& event) const {
    if (lmdb::key_number(chunks_.key(), 0) != event.stream.value()) {
        return false;
    }
    const Version first{lmdb::key_number(chunks_.key(), 1)};
    return first <= event.version && event.version < first.plus(lmdb::chunk_count(chunks_.value()));
}

bool SettledEvents::find_chunk(const WantedEvent& event) {
    // Of the chunks on the way only the keys are looked at.
    const auto key = lmdb::chunk_key(event.stream, event.version);
    for (unsigned steps = 0; at_chunk_ && steps < steps_max; ++steps) {
        if (!chunks_.next() || chunks_.key() > std::string_view(key)) {
            break;
        }
        if (chunk_here_holds(event)) {
            return true;
        }
    }
    return chunks_.seek_at_most(key) && lmdb::key_number(chunks_.key(), 0) == event.stream.value();
}

void SettledEvents::open_chunk(const WantedEvent& event) {
    if (reader_ && event.stream == chunk_stream_ && event.version >= reader_->next_version() &&
        event.version < reader_->end_version()) {
        return;
    }
    at_chunk_ = find_chunk(event);
    if (!at_chunk_) {
        no_chunk_holds_it();
    }
    chunk_stream_ = event.stream;
    reader_ = lmdb::ChunkReader::open(chunk_stream_, Version{lmdb::key_number(chunks_.key(), 1)},
                                      chunks_.value());
    if (!reader_) {
        does_not_check("a chunk", chunk_stream_);
    }
}

}  // namespace firn
