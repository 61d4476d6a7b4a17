#include "storage/journaled/feed_reader.hpp"

#include "storage/journal/record.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/position_block.hpp"
#include "storage/lmdb/records.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <unordered_map>

namespace firn {

namespace {

bool passes(const std::vector<std::string>& filter, std::string_view value) {
    return filter.empty() || std::ranges::find(filter, value) != filter.end();
}

using Deletions = std::map<Position, UnsettledDeletion>;

// One page in the making. Entries come in the order of positions.
class PageMaker {
public:
    PageMaker(const FeedQuery& query, FeedPage& page) : query_(query), page_(page) {}

    [[nodiscard]] bool is_full() const noexcept { return full_; }
    [[nodiscard]] std::uint32_t room() const noexcept {
        return query_.limit - static_cast<std::uint32_t>(page_.events.size());
    }
    [[nodiscard]] bool passes_name(const StreamName& name) const {
        return passes(query_.categories, name.category) && name.id.starts_with(query_.id_prefix);
    }
    // False: it does not fit any more, and neither does anything after it.
    bool add(FeedEvent entry, std::size_t encoded_bytes) {
        if (full_) {
            return false;
        }
        if (!page_.events.empty() && bytes_ + encoded_bytes > query_.bytes_max) {
            page_.next_after = Position{entry.event.position.value() - 1};
            full_ = true;
            return false;
        }
        bytes_ += encoded_bytes;
        page_.next_after = entry.event.position;
        page_.events.push_back(std::move(entry));
        full_ = page_.events.size() == query_.limit;
        return true;
    }
    // Nothing up to here is left out.
    void looked_at(Position position) {
        if (!full_) {
            page_.next_after = std::max(page_.next_after, position);
        }
    }
    // How many events to fetch at once, so that large ones do not fill the memory.
    [[nodiscard]] std::size_t fetch_max() const noexcept {
        if (page_.events.empty()) {
            return 64;
        }
        const auto average = bytes_ / page_.events.size() + 1;
        return std::clamp<std::size_t>((query_.bytes_max - bytes_) / average, 64, 4096);
    }

private:
    const FeedQuery& query_;
    FeedPage& page_;
    std::uint64_t bytes_ = 0;
    bool full_ = false;
};

FeedEvent stand_in(FeedEvent::Kind kind, std::shared_ptr<const StreamName> name, Position position,
                   Version version, Timestamp recorded_at) {
    FeedEvent entry{kind, std::move(name), {}};
    entry.event.position = position;
    entry.event.version = version;
    entry.event.recorded_at = recorded_at;
    return entry;
}

// Settled positions after `after` up to `end`, within one read transaction.
class SettledFeed {
public:
    SettledFeed(const lmdb::Environment& environment, const FeedQuery& query,
                const Deletions& deletions, FeedPage& page, PageMaker& maker)
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

    void run(Position after, Position end) {
        collect_stand_ins(after, end);
        lmdb::Cursor index(transaction_, lmdb::Table::positions);
        bool found = index.seek_at_most(lmdb::position_key(after.next()));
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
                if (position > after && position <= end) {
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

private:
    struct Wanted {
        Position position;
        lmdb::IndexEntry entry;
        std::optional<FeedEvent> found;
        std::size_t bytes = 0;
    };
    struct StreamFact {
        std::shared_ptr<const StreamName> name;
        Version first_version;
        bool wanted = false;
    };

    void collect_stand_ins(Position after, Position end) {
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
            const auto kind = marker.kind == lmdb::Marker::Kind::deleted
                                  ? FeedEvent::Kind::deleted
                                  : FeedEvent::Kind::snapshot;
            if (maker_.passes_name(*fact.name)) {
                stand_ins_.emplace(position, stand_in(kind, fact.name, position, marker.version,
                                                      marker.recorded_at));
            }
        }
        for (const auto& [stream, deletion] : deleted_) {
            const auto& [position, facts] = deletion;
            if (position > after && position <= end && maker_.passes_name(*facts.name)) {
                stand_ins_.emplace(position, stand_in(FeedEvent::Kind::deleted, facts.name,
                                                      position, facts.version, facts.recorded_at));
            }
        }
    }

    // Label 0 on either side: the index cannot tell, so the event itself has to.
    static bool may_pass(const std::vector<std::uint32_t>& labels, std::uint32_t label) {
        return labels.empty() || label == 0 || std::ranges::find(labels, label) != labels.end();
    }

    void consider(Position position, const lmdb::IndexEntry& entry) {
        if (stand_ins_.contains(position)) {
            wanted_.push_back({position, entry, stand_ins_.at(position)});
            return;
        }
        if (may_pass(category_labels_, entry.category_label) &&
            may_pass(type_labels_, entry.type_label) && !deleted_.contains(entry.stream.value())) {
            wanted_.push_back({position, entry, std::nullopt});
        }
    }

    StreamFact& fact_of(StreamNumber stream) {
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

    // Fetches what is wanted and adds it to the page.
    void fetch(Position looked_at) {
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

    void fetch_one(Wanted& wanted) {
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
                    wanted.found = FeedEvent{FeedEvent::Kind::event, fact.name, event};
                    wanted.bytes = reader_->last_encoded().size();
                }
                last_version_ = event.version;
                return;
            }
        }
        throw lmdb::CorruptRecord("the position index names an event that no chunk holds");
    }

    // Goes on in the chunk at hand where the event lies behind the last one taken from it.
    void open_chunk(const lmdb::IndexEntry& entry) {
        if (reader_ && entry.stream == chunk_stream_ && entry.version < reader_->end_version() &&
            entry.version > last_version_) {
            return;
        }
        if (!chunks_.seek_at_most(lmdb::chunk_key(entry.stream, entry.version)) ||
            lmdb::key_number(chunks_.key(), 0) != entry.stream.value()) {
            throw lmdb::CorruptRecord("the position index names an event that no chunk holds");
        }
        reader_ = lmdb::ChunkReader::open(entry.stream, Version{lmdb::key_number(chunks_.key(), 1)},
                                          page_.memory.copy(chunks_.value()));
        if (!reader_) {
            throw lmdb::CorruptRecord("a chunk of stream number " +
                                      std::to_string(entry.stream.value()) + " does not check");
        }
        chunk_stream_ = entry.stream;
        last_version_ = no_version;
    }

    lmdb::ReadTransaction transaction_;
    lmdb::Cursor chunks_;
    const FeedQuery& query_;
    FeedPage& page_;
    PageMaker& maker_;
    std::unordered_map<std::uint64_t, std::pair<Position, UnsettledDeletion>> deleted_;
    std::vector<std::uint32_t> category_labels_;
    std::vector<std::uint32_t> type_labels_;
    std::map<Position, FeedEvent> stand_ins_;
    std::unordered_map<std::uint64_t, StreamFact> facts_;
    std::vector<Wanted> wanted_;
    std::optional<lmdb::ChunkReader> reader_;
    StreamNumber chunk_stream_;
    Version last_version_;
};

// Positions beyond what settled, out of the pending groups.
class PendingFeed {
public:
    PendingFeed(const lmdb::Environment& environment, const Unsettled& unsettled,
                const FeedQuery& query, FeedPage& page, PageMaker& maker)
        : environment_(environment),
          unsettled_(unsettled),
          query_(query),
          page_(page),
          maker_(maker) {}

    void run(const Unsettled::FeedWindow& window, Position after, Position end) {
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

private:
    void walk(const Group& group, const journal::Entry& entry, const Deletions& deletions,
              Position after, Position end) {
        const auto& name = name_of(entry.stream);
        const bool wanted = maker_.passes_name(*name);
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
                    if (const auto marker = deletions.find(event.position);
                        marker != deletions.end()) {
                        maker_.add(stand_in(FeedEvent::Kind::deleted, name, event.position,
                                            event.version, marker->second.recorded_at),
                                   0);
                    }
                } else if (wanted && passes(query_.types, event.type) &&
                           !maker_.add({FeedEvent::Kind::event, name, event},
                                       decoder.last_bytes().size())) {
                    return;
                }
                maker_.looked_at(event.position);
            }
            event.version = event.version.next();
            event.position = event.position.next();
        }
    }

    const std::shared_ptr<const StreamName>& name_of(StreamNumber stream) {
        auto& name = names_[stream.value()];
        if (!name) {
            name = unsettled_.name_of(stream);
        }
        if (!name) {
            // Its part of the round settled, and its head was forgotten meanwhile.
            const auto transaction = environment_.read();
            const auto record = lmdb::read_stream(transaction, stream);
            if (!record) {
                throw lmdb::CorruptRecord("the journal names a stream without a record");
            }
            name = std::make_shared<const StreamName>(record->name);
        }
        return name;
    }

    const lmdb::Environment& environment_;
    const Unsettled& unsettled_;
    const FeedQuery& query_;
    FeedPage& page_;
    PageMaker& maker_;
    std::unordered_map<std::uint64_t, std::shared_ptr<const StreamName>> names_;
    std::set<std::uint64_t> deleted_;
};

}  // namespace

result<FeedPage> FeedReader::read(const FeedQuery& query) const {
    FeedPage page;
    page.next_after = query.after;
    PageMaker maker(query, page);
    auto window = unsettled_.feed_window(query.after, query.limit);
    page.head = window.head;
    if (query.limit == 0 || query.after >= page.head) {
        return page;
    }
    const auto scan =
        std::min<std::uint64_t>(std::max(query.scan_max, 1u), page.head.since(query.after));
    const auto end = query.after.plus(scan);
    while (!maker.is_full() && page.next_after < end) {
        const auto after = page.next_after;
        if (after < window.settled) {
            SettledFeed(environment_, query, window.deletions, page, maker)
                .run(after, std::min(end, window.settled));
        } else {
            PendingFeed(environment_, unsettled_, query, page, maker).run(window, after, end);
        }
        window = unsettled_.feed_window(page.next_after, maker.room() + 1024);
    }
    return page;
}

}  // namespace firn
