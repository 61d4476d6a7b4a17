#include "storage/journaled/stream_reader.hpp"

#include "storage/chain_hash.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"

#include <algorithm>

namespace firn {

namespace {

using lmdb::StreamRecord;

// The page being filled; says when it is full.
class PageFiller {
public:
    PageFiller(StreamPage& page, const StreamQuery& query, std::uint64_t events)
        : page_(page), query_(query) {
        // Few may fit, if they are large.
        constexpr std::uint64_t reserved_max = 1'000;
        page_.events.reserve(std::min<std::uint64_t>({query.limit, events, reserved_max}));
    }

    [[nodiscard]] bool is_full() const noexcept {
        return full_ || page_.events.size() >= query_.limit;
    }
    // `encoded` must live in the page's memory.
    void add(const EventView& event, std::size_t encoded_bytes) {
        bytes_ += encoded_bytes;
        if (is_full() || (bytes_ > query_.bytes_max && !page_.events.empty())) {
            full_ = true;
            return;
        }
        page_.events.push_back(event);
    }

private:
    StreamPage& page_;
    const StreamQuery& query_;
    std::uint64_t bytes_ = 0;
    bool full_ = false;
};

struct Range {
    Version first;
    Version last;  // inclusive; first > last: empty
};

// Events of one chunk or run inside the range, in order.
struct Decoded {
    EventView event;
    std::size_t bytes;
};

void fill(PageFiller& filler, std::vector<Decoded>& decoded, Direction direction) {
    if (direction == Direction::backward) {
        std::ranges::reverse(decoded);
    }
    for (const auto& [event, bytes] : decoded) {
        filler.add(event, bytes);
    }
}

class SettledEvents {
public:
    SettledEvents(const lmdb::Transaction& transaction, StreamNumber stream)
        : cursor_(transaction, lmdb::Table::chunks), stream_(stream) {}

    void fill_page(Range range, Direction direction, StreamPage& page, PageFiller& filler) {
        if (range.first > range.last) {
            return;
        }
        const auto start = direction == Direction::forward ? range.first : range.last;
        bool found = cursor_.seek_at_most(lmdb::chunk_key(stream_, start));
        while (found && !filler.is_full() && in_stream() && chunk_first() <= range.last) {
            const bool below =
                !take_chunk(range, direction, page.memory, filler) && chunk_first() < range.first;
            if (direction == Direction::backward && (below || chunk_first() <= range.first)) {
                break;
            }
            found = direction == Direction::forward ? cursor_.next() : cursor_.previous();
        }
    }

private:
    [[nodiscard]] bool in_stream() const {
        return lmdb::key_number(cursor_.key(), 0) == stream_.value();
    }
    [[nodiscard]] Version chunk_first() const {
        return Version{lmdb::key_number(cursor_.key(), 1)};
    }

    // Whether it holds any event of the range.
    bool take_chunk(Range range, Direction direction, PageMemory& memory, PageFiller& filler) {
        const auto bytes = memory.copy(cursor_.value());
        auto reader = lmdb::ChunkReader::open(stream_, chunk_first(), bytes);
        bool any = false;
        EventView event;
        while (reader && reader->next(event)) {
            if (event.version < range.first || event.version > range.last) {
                continue;
            }
            any = true;
            if (direction == Direction::forward) {
                filler.add(event, reader->last_encoded().size());
            } else {
                backward_.push_back({event, reader->last_encoded().size()});
            }
        }
        if (!reader || reader->is_corrupt()) {
            throw lmdb::CorruptRecord("a chunk of stream number " +
                                      std::to_string(stream_.value()) + " does not check");
        }
        fill(filler, backward_, Direction::backward);
        backward_.clear();
        return any;
    }

    lmdb::Cursor cursor_;
    StreamNumber stream_;
    std::vector<Decoded> backward_;  // of one chunk
};

std::vector<Decoded> decode_run(const TailRun& run, Range range) {
    std::vector<Decoded> decoded;
    EventDecoder decoder(run.events);
    EventView event;
    event.version = run.first;
    event.position = run.first_position;
    for (;;) {
        event.recorded_at = run.group->recorded_at;
        if (!decoder.decode_next(event)) {
            return decoded;
        }
        if (event.version >= range.first && event.version <= range.last) {
            decoded.push_back({event, decoder.last_bytes().size()});
        }
        event.version = event.version.next();
        event.position = event.position.next();
    }
}

void fill_from_tail(const std::vector<TailRun>& runs, Range range, Direction direction,
                    StreamPage& page, PageFiller& filler) {
    const auto take = [&](const TailRun& run) {
        if (filler.is_full() || run.end() <= range.first || run.first > range.last) {
            return;
        }
        page.memory.share(run.group);
        auto decoded = decode_run(run, range);
        fill(filler, decoded, direction);
    };
    if (direction == Direction::forward) {
        std::ranges::for_each(runs, take);
    } else {
        std::for_each(runs.rbegin(), runs.rend(), take);
    }
}

std::optional<StreamRecord> find_record(const lmdb::Transaction& transaction, std::string_view key,
                                        const std::optional<TailView>& tail) {
    const auto stream = tail ? std::optional(tail->stream) : lmdb::find_stream(transaction, key);
    return stream ? lmdb::read_stream(transaction, *stream) : std::nullopt;
}

}  // namespace

result<StreamPage> StreamReader::read(const StreamName& stream, const StreamQuery& query) const {
    const bool forward = query.direction == Direction::forward;
    const auto key = lmdb::name_key(stream);
    Unsettled::TailQuery wanted{
        .direction = query.direction, .events_max = query.limit, .bytes_max = query.bytes_max};
    if (query.from != no_version) {
        (forward ? wanted.from : wanted.to) = query.from;
    }
    const auto tail = unsettled_.tail(key, wanted);
    const auto transaction = environment_.read();
    const auto record = find_record(transaction, key, tail);
    if (!tail && !record) {
        return storage_errc::stream_not_found;
    }
    if (tail ? tail->deleted : record->deleted) {
        return storage_errc::stream_deleted;
    }
    StreamPage page;
    page.version = tail ? tail->version : record->version;
    page.first_version = record ? record->first_version : Version{1};
    // A deletion that settled since the tail was taken; or more events, of which a cut may have
    // taken more than the tail knew.
    if (record && record->deleted) {
        return storage_errc::stream_deleted;
    }
    if (record) {
        page.version = std::max(page.version, record->version);
    }
    if (query.from != no_version && query.from < page.first_version && query.from <= page.version) {
        return storage_errc::compacted;
    }
    Range range{page.first_version, page.version};
    if (query.from != no_version) {
        if (forward) {
            range.first = query.from;
        } else {
            range.last = std::min(query.from, page.version);
        }
    }
    PageFiller filler(page, query,
                      range.first > range.last ? 0 : range.last.next().since(range.first));
    const auto settled = record ? std::min(record->version, page.version) : no_version;
    const auto fill_settled = [&] {
        if (record) {
            SettledEvents(transaction, tail ? tail->stream : *lmdb::find_stream(transaction, key))
                .fill_page({range.first, std::min(range.last, settled)}, query.direction, page,
                           filler);
        }
    };
    const auto fill_tail = [&] {
        if (tail) {
            fill_from_tail(tail->runs, {std::max(range.first, settled.next()), range.last},
                           query.direction, page, filler);
        }
    };
    if (forward) {
        fill_settled();
        fill_tail();
    } else {
        fill_tail();
        fill_settled();
    }
    return page;
}

result<Version> StreamReader::head_version(const StreamName& stream) const {
    const auto key = lmdb::name_key(stream);
    const auto tail = unsettled_.tail(key, {.events_max = 0});
    if (tail) {
        return tail->deleted ? result<Version>(storage_errc::stream_deleted)
                             : result<Version>(tail->version);
    }
    const auto transaction = environment_.read();
    const auto record = find_record(transaction, key, tail);
    if (!record) {
        return no_version;
    }
    return record->deleted ? result<Version>(storage_errc::stream_deleted)
                           : result<Version>(record->version);
}

result<StreamFacts> StreamReader::facts(const StreamName& stream) const {
    const auto key = lmdb::name_key(stream);
    const auto tail = unsettled_.tail(key, {});
    const auto transaction = environment_.read();
    const auto record = find_record(transaction, key, tail);
    if (!tail && !record) {
        return storage_errc::stream_not_found;
    }
    StreamFacts facts;
    facts.stream = stream;
    facts.version = tail ? tail->version : record->version;
    facts.last_position = tail ? tail->last_position : record->last_position;
    facts.first_version = record ? record->first_version : Version{1};
    facts.bytes = record ? record->bytes : 0;
    facts.chain_hash = record ? record->chain_hash : chain_start(stream.category, stream.id);
    facts.deleted = (tail && tail->deleted) || (record && record->deleted);
    if (tail) {
        const auto settled = record ? record->version : no_version;
        for (const auto& run : tail->runs) {
            for (const auto& [event, bytes] : decode_run(run, {settled.next(), facts.version})) {
                facts.chain_hash = chain_next(facts.chain_hash, event);
                facts.bytes += bytes;
            }
        }
    }
    if (record && record->version > facts.version) {
        // More settled since the tail was taken.
        facts.version = record->version;
        facts.last_position = record->last_position;
    }
    if (facts.deleted) {
        facts.first_version = facts.version.next();
        facts.bytes = 0;
    }
    facts.events = facts.version.next().since(facts.first_version);
    return facts;
}

result<StreamList> StreamReader::list(const ListQuery& query) const {
    StreamList list;
    const auto matches = [&](const StreamName& name) {
        return (query.category.empty() || name.category == query.category) &&
               name.id.starts_with(query.prefix);
    };
    // With a category, everything wanted shares this prefix and lies together.
    const auto prefix =
        query.category.empty() ? std::string() : lmdb::name_key(query.category, query.prefix);
    std::string after = query.after == StreamName{} ? std::string() : lmdb::name_key(query.after);
    const std::size_t batch = 256;
    for (;;) {
        // Names of both kinds that come next; a name that settles in between may be in both.
        auto keys = unsettled_.fresh_keys(after, prefix, batch);
        const bool fresh_cut = keys.size() == batch;
        const auto fresh_end = fresh_cut ? keys.back() : std::string();
        bool settled_cut = false;
        std::string settled_end;
        {
            const auto transaction = environment_.read();
            lmdb::Cursor cursor(transaction, lmdb::Table::names);
            const auto& start = std::max(after, prefix);
            bool found = start.empty() ? cursor.first() : cursor.seek(start);
            for (std::size_t n = 0; found && cursor.key().starts_with(prefix);
                 found = cursor.next()) {
                if (cursor.key() == after) {
                    continue;
                }
                if (n == batch) {
                    settled_cut = true;
                    break;
                }
                settled_end = cursor.key();
                keys.emplace_back(cursor.key());
                ++n;
            }
        }
        // Beyond where either list was cut short, the other may have names in between.
        std::ranges::sort(keys);
        const auto twice = std::ranges::unique(keys);
        keys.erase(twice.begin(), twice.end());
        for (const auto& key : keys) {
            if ((fresh_cut && key > fresh_end) || (settled_cut && key > settled_end)) {
                break;
            }
            after = key;
            const auto name = name_from_key(key);
            if (!matches(name)) {
                continue;
            }
            auto found = facts(name);
            if (!found || found->deleted) {
                continue;
            }
            if (list.streams.size() == query.limit) {
                list.more = true;
                return list;
            }
            list.streams.push_back(std::move(*found));
        }
        if (!fresh_cut && !settled_cut) {
            return list;
        }
    }
}

result<std::optional<RememberedEvent>> StreamReader::find_event(const StreamName& stream,
                                                                const EventId& id) const {
    const auto key = lmdb::name_key(stream);
    const auto tail = unsettled_.tail(key, {.events_max = 0});
    if (tail && tail->deleted) {
        return storage_errc::stream_deleted;
    }
    // Before LMDB: what is not in memory any more by then has settled.
    auto fact = tail ? unsettled_.find_id(tail->stream, id) : std::nullopt;
    if (!fact) {
        const auto transaction = environment_.read();
        const auto number =
            tail ? std::optional(tail->stream) : lmdb::find_stream(transaction, key);
        const auto record = number ? lmdb::read_stream(transaction, *number) : std::nullopt;
        if (record && record->deleted) {
            return storage_errc::stream_deleted;
        }
        fact = record ? lmdb::find_id(transaction, *number, record->client_ids, id) : std::nullopt;
    }
    if (!fact) {
        return std::optional<RememberedEvent>{};
    }
    return RememberedEvent{fact->version, fact->position, fact->recorded_at};
}

}  // namespace firn
