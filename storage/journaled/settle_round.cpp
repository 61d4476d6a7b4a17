#include "storage/journaled/settle_round.hpp"

#include "storage/chain_hash.hpp"
#include "storage/lmdb/deletion.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/position_index.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn {

namespace {

// Measured: 850 B and 2 KB were slower, and slow streams must not become one-event chunks. Three of
// them fill a page.
constexpr std::size_t chunk_bytes_max = 1292;

}  // namespace

// Brings one stream forward within one transaction.
class SettleRound::StreamWriter {
public:
    StreamWriter(SettleRound& round, lmdb::WriteTransaction& transaction, StreamNumber stream)
        : round_(round), transaction_(transaction), stream_(stream) {
        if (auto record = lmdb::read_stream(transaction, stream)) {
            record_ = std::move(*record);
            exists_ = true;
        }
        client_ids_before_ = record_.client_ids;
    }

    // True: the item is settled; false: the slice is full, come back to the same item.
    bool settle(const Item& item, std::uint32_t events_max) {
        switch (item.entry.kind) {
            case journal::EntryKind::create_stream: create(item.entry); return true;
            case journal::EntryKind::delete_stream: remove(); return true;
            case journal::EntryKind::append: return append(item, events_max);
        }
        return true;
    }

    void finish() {
        if (!changed_) {
            return;
        }
        put_chunk();
        if (!ids_.empty()) {
            lmdb::add_ids(transaction_, stream_, client_ids_before_, std::move(ids_),
                          round_.remembered_ids_);
        }
        lmdb::write_stream(transaction_, stream_, record_);
        round_.slice_streams_.push_back(
            {stream_, record_.version, record_.client_ids, record_.deleted});
    }

private:
    void create(const journal::Entry& entry) {
        if (exists_) {
            return;  // an earlier round came this far
        }
        record_.name = {std::string(entry.category), std::string(entry.id)};
        record_.chain_hash = chain_start(entry.category, entry.id);
        record_.category_label = round_.labels_->label(transaction_, round_.store_,
                                                       lmdb::LabelKind::category, entry.category);
        lmdb::write_name(transaction_, record_.name, stream_);
        round_.store_.last_stream = std::max(round_.store_.last_stream, stream_);
        ++round_.store_.streams;
        exists_ = true;
        changed_ = true;
    }

    void remove() {
        if (record_.deleted) {
            return;
        }
        put_chunk();
        lmdb::apply_deletion(transaction_, stream_, record_, round_.store_);
        changed_ = true;
    }

    bool append(const Item& item, std::uint32_t events_max) {
        EventDecoder decoder(item.entry.events);
        EventView event;
        event.version = item.entry.version;
        event.position = item.entry.position;
        for (std::uint32_t i = 0; i < item.entry.count; ++i) {
            event.recorded_at = item.recorded_at;
            if (!decoder.decode_next(event)) {
                throw lmdb::CorruptRecord("an event in the journal cannot be decoded");
            }
            const bool is_new = event.version > record_.version && !record_.deleted;
            if (is_new && round_.slice_events_ >= events_max) {
                return false;
            }
            index(event);
            if (is_new) {
                add(event, decoder.last_bytes());
            }
            event.version = event.version.next();
            event.position = event.position.next();
        }
        return true;
    }

    void index(const EventView& event) {
        if (event.position < round_.first_position_) {
            return;
        }
        auto& entry = round_.index_[event.position.since(round_.first_position_)];
        if (entry.version == no_version) {
            entry = {stream_, event.version, record_.category_label,
                     round_.labels_->label(transaction_, round_.store_, lmdb::LabelKind::type,
                                           event.type)};
        }
    }

    void add(const EventView& event, std::string_view encoded) {
        BOOST_ASSERT(exists_ && event.version == record_.version.next());
        if (!chunk_open_) {
            open_chunk(event, encoded);
        } else if (round_.chunk_.bytes_with(encoded.size()) > chunk_bytes_max) {
            put_chunk();
            start_chunk(event.version);
        }
        round_.chunk_.add(event, encoded);
        record_.version = event.version;
        record_.last_position = event.position;
        record_.last_recorded_at = event.recorded_at;
        record_.bytes += encoded.size();
        record_.chain_hash = chain_next(record_.chain_hash, event);
        if (event.id_from_client) {
            ids_.push_back({event.id,
                            {content_digest(event.type, event.data, event.metadata), event.version,
                             event.position, event.recorded_at},
                            ++record_.client_ids});
        }
        // A large event counts as many: a slice is bounded in bytes, too.
        round_.slice_events_ += 1 + static_cast<std::uint32_t>(encoded.size() / 4096);
        ++round_.store_.events;
        changed_ = true;
    }

    void open_chunk(const EventView& event, std::string_view encoded) {
        const auto stored = record_.last_chunk == no_version
                                ? std::nullopt
                                : transaction_.get(lmdb::Table::chunks,
                                                   lmdb::chunk_key(stream_, record_.last_chunk));
        constexpr std::size_t frame_bytes = 9;
        if (!stored || stored->size() + frame_bytes + encoded.size() > chunk_bytes_max) {
            start_chunk(event.version);
            return;
        }
        if (!round_.chunk_.resume(stream_, record_.last_chunk, *stored)) {
            throw lmdb::CorruptRecord("the last chunk of stream number " +
                                      std::to_string(stream_.value()) + " does not check");
        }
        chunk_open_ = true;
        chunk_is_new_ = false;
    }

    void start_chunk(Version first) {
        round_.chunk_.start(record_.chain_hash);
        record_.last_chunk = first;
        chunk_open_ = true;
        chunk_is_new_ = true;
    }

    void put_chunk() {
        if (!chunk_open_) {
            return;
        }
        chunk_open_ = false;
        const auto key = lmdb::chunk_key(stream_, record_.last_chunk);
        const auto chunk = round_.chunk_.finish(stream_, record_.last_chunk);
        // Behind all others: pages stay full then, which LMDB would split.
        if (chunk_is_new_ && stream_ >= round_.last_chunks_stream_) {
            transaction_.append(lmdb::Table::chunks, key, chunk);
            round_.last_chunks_stream_ = stream_;
        } else {
            transaction_.put(lmdb::Table::chunks, key, chunk);
        }
    }

    SettleRound& round_;
    lmdb::WriteTransaction& transaction_;
    StreamNumber stream_;
    lmdb::StreamRecord record_;
    std::uint64_t client_ids_before_ = 0;
    std::vector<lmdb::IdEntry> ids_;
    bool exists_ = false;
    bool changed_ = false;
    bool chunk_open_ = false;
    bool chunk_is_new_ = false;
};

SettleRound::SettleRound(const lmdb::Environment& environment, lmdb::Labels& labels,
                         std::vector<std::shared_ptr<const Group>> groups,
                         std::uint32_t remembered_ids)
    : environment_(&environment),
      labels_(&labels),
      groups_(std::move(groups)),
      remembered_ids_(remembered_ids) {
    BOOST_ASSERT(!groups_.empty());
    {
        const auto transaction = environment_->read();
        store_ = lmdb::read_store(transaction).value_or(lmdb::StoreRecord{});
    }
    collect();
}

void SettleRound::collect() {
    first_position_ = store_.settled_position.next();
    last_sequence_ = groups_.back()->sequence;
    last_position_ = Position{groups_.back()->end_position().value() - 1};
    index_.resize(last_position_.next().since(first_position_));
    for (const auto& group : groups_) {
        journal::EntryDecoder decoder(group->payload);
        Item item{.entry = {}, .recorded_at = group->recorded_at};
        while (!decoder.at_end()) {
            if (!decoder.next(item.entry)) {
                throw lmdb::CorruptRecord("a journal entry cannot be decoded");
            }
            places_.push_back({item.entry.stream, static_cast<std::uint32_t>(items_.size())});
            items_.push_back(item);
        }
    }
    std::ranges::sort(places_);
}

std::span<const SettledStream> SettleRound::write_slice(std::uint32_t events_max) {
    slice_events_ = 0;
    slice_streams_.clear();
    auto transaction = environment_->write();
    {
        lmdb::Cursor chunks(transaction, lmdb::Table::chunks);
        last_chunks_stream_ = StreamNumber{chunks.last() ? lmdb::key_number(chunks.key(), 0) : 0};
    }
    while (next_place_ < places_.size() && slice_events_ < events_max) {
        write_stream(transaction, events_max);
    }
    const bool complete = next_place_ == places_.size();
    if (complete) {
        lmdb::append_positions(transaction, first_position_, index_);
        store_.settled_sequence = last_sequence_;
        store_.settled_position = last_position_;
        store_.last_time = std::max(store_.last_time, groups_.back()->recorded_at);
    }
    lmdb::write_store(transaction, store_);
    transaction.commit();
    done_ = complete;
    return slice_streams_;
}

void SettleRound::write_stream(lmdb::WriteTransaction& transaction, std::uint32_t events_max) {
    const auto stream = places_[next_place_].stream;
    StreamWriter writer(*this, transaction, stream);
    while (next_place_ < places_.size() && places_[next_place_].stream == stream &&
           writer.settle(items_[places_[next_place_].item], events_max)) {
        ++next_place_;
        prefetch(next_place_);
    }
    writer.finish();
}

// By stream, the groups' bytes are met in no order that the processor could foresee: waiting for
// them was a seventh of the round.
void SettleRound::prefetch(std::size_t place) const noexcept {
    constexpr std::size_t item_ahead = 12;
    constexpr std::size_t events_ahead = 6;
    constexpr std::size_t line_bytes = 64;
    if (place + item_ahead < places_.size()) {
        __builtin_prefetch(&items_[places_[place + item_ahead].item]);
    }
    if (place + events_ahead < places_.size()) {
        const auto events = items_[places_[place + events_ahead].item].entry.events;
        for (std::size_t at = 0; at < std::min(events.size(), 4 * line_bytes); at += line_bytes) {
            __builtin_prefetch(events.data() + at);
        }
    }
}

}  // namespace firn
