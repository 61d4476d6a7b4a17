#include "storage/journaled/committer.hpp"

#include "storage/lmdb/keys.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn {

namespace {

bool appends_events(const StreamWrite& write) noexcept {
    return write.kind == StreamWrite::Kind::append && write.events && !write.events->empty();
}

// What the record would need at most.
std::size_t encoded_bytes_max(const Transaction& transaction) noexcept {
    constexpr std::size_t overhead = 512;  // create and append entries with the longest names
    std::size_t bytes = 0;
    for (const auto& write : transaction.writes) {
        bytes += overhead + (write.events ? write.events->bytes().size() : 0);
    }
    return bytes;
}

bool begins_compacted(const Transaction& transaction) noexcept {
    return !transaction.writes.empty() &&
           transaction.writes.front().kind == StreamWrite::Kind::begin_compacted;
}

}  // namespace

Committer::Committer(const JournaledConfig& config, const lmdb::Environment& environment,
                     journal::Journal& journal, Unsettled& unsettled, Settler& settler)
    : config_(config),
      environment_(environment),
      journal_(journal),
      unsettled_(unsettled),
      settler_(settler),
      ids_(environment, unsettled) {}

void Committer::start(const Start& start) {
    last_stream_ = start.last_stream;
    last_position_ = start.last_position;
    last_time_ = start.last_time;
    streams_ = start.streams;
    events_ = start.events;
}

std::vector<TransactionOutcome> Committer::commit(std::span<const Transaction> group) {
    std::vector<TransactionOutcome> outcomes(group.size());
    unsettled_.evict(config_.heads_max);
    group_time_ = last_time_ = std::max(last_time_, now());
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (begins_compacted(group[i])) {
            const auto end = std::ranges::find_if_not(group.subspan(i), begins_compacted);
            const auto count = static_cast<std::size_t>(end - group.subspan(i).begin());
            flush();
            begin_compacted(group.subspan(i, count), std::span(outcomes).subspan(i, count));
            i += count - 1;
            continue;
        }
        const auto bytes = encoded_bytes_max(group[i]);
        if (failed_ || bytes > journal_.payload_bytes_max()) {
            outcomes[i].error = failed_ ? storage_errc::store_failed : storage_errc::too_large;
            continue;
        }
        if (payload_bytes_ + bytes > journal_.payload_bytes_max()) {
            flush();
        }
        const auto staged_before = payload_bytes_;
        const auto give_up = [&](storage_errc error) {
            // What is staged in part cannot be told from the rest of the group.
            if (payload_bytes_ != staged_before) {
                take_back(error);
                forget_group();
            }
            outcomes[i] = {.error = error, .streams = {}, .conflicts = {}};
        };
        try {
            // Refusals too: they may rest on what this group has staged.
            staged_outcomes_.push_back(&outcomes[i]);
            check_and_stage(group[i], outcomes[i]);
        } catch (const lmdb::LmdbError&) {
            give_up(storage_errc::io_failed);
        } catch (const lmdb::CorruptRecord&) {
            give_up(storage_errc::corrupt);
        } catch (const std::bad_alloc&) {
            // It may be staged in part: nothing of the group goes on.
            const auto no_memory = make_error_code(boost::system::errc::not_enough_memory);
            take_back(no_memory);
            forget_group();
            outcomes[i] = {.error = no_memory, .streams = {}, .conflicts = {}};
        }
    }
    flush();
    return outcomes;
}

Head& Committer::head_of(const StreamName& stream) {
    auto key = lmdb::name_key(stream);
    if (auto* head = unsettled_.find(key)) {
        head->used = true;
        return *head;
    }
    Head head;
    {
        const auto transaction = environment_.read();
        if (const auto number = lmdb::find_stream(transaction, key)) {
            const auto record = lmdb::read_stream(transaction, *number);
            if (!record) {
                throw lmdb::CorruptRecord("a stream has a name, but no record");
            }
            head.stream = *number;
            head.version = head.settled = record->version;
            head.last_position = record->last_position;
            head.last_time = record->last_recorded_at;
            head.settled_client_ids = record->client_ids;
            head.deleted = head.deletion_settled = record->deleted;
        }
    }
    head.key = std::move(key);
    head.staged_version = head.version;
    head.staged_position = head.last_position;
    head.staged_time = head.last_time;
    head.staged_deleted = head.deleted;
    return unsettled_.add(std::move(head));
}

void Committer::check_and_stage(const Transaction& transaction, TransactionOutcome& outcome) {
    boost::container::small_vector<Head*, 2> heads;
    for (const auto& write : transaction.writes) {
        heads.push_back(&head_of(write.stream));
    }
    if (refuse_deleted(heads, outcome) || replay_or_refuse(transaction, heads, outcome) ||
        refuse_unexpected(transaction, heads, outcome)) {
        if (!outcome.conflicts.empty()) {
            outcome.error = outcome.conflicts.front().reason;
        }
        return;
    }
    stage(transaction, heads, outcome);
}

bool Committer::refuse_deleted(std::span<Head* const> heads, TransactionOutcome& outcome) {
    for (std::size_t i = 0; i < heads.size(); ++i) {
        if (heads[i]->staged_deleted) {
            outcome.conflicts.push_back(
                {i, storage_errc::stream_deleted, heads[i]->staged_version, {}});
        }
    }
    return !outcome.conflicts.empty();
}

bool Committer::replay_or_refuse(const Transaction& transaction, std::span<Head* const> heads,
                                 TransactionOutcome& outcome) {
    const auto& writes = transaction.writes;
    if (std::ranges::none_of(writes, [](const StreamWrite& write) {
            return appends_events(write) && write.events->has_client_ids();
        })) {
        return false;
    }
    boost::container::small_vector<Repeat, 1> repeats(writes.size());
    bool any_replay = false;
    bool all_replay = true;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (appends_events(writes[i])) {
            repeats[i] = ids_.compare(*heads[i], *writes[i].events);
        }
        const bool replay = repeats[i].kind == Repeat::Kind::replay;
        const bool only_checks =
            writes[i].kind == StreamWrite::Kind::append && !appends_events(writes[i]);
        any_replay = any_replay || replay;
        all_replay = all_replay && (replay || only_checks);
    }
    const bool replayed = any_replay && all_replay;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const auto& repeat = repeats[i];
        if (replayed) {
            const auto& head = *heads[i];
            outcome.streams.push_back(appends_events(writes[i])
                                          ? repeat.original
                                          : StreamOutcome{head.staged_version.next(),
                                                          head.staged_version,
                                                          head.staged_position,
                                                          {}});
            outcome.streams.back().replayed = true;
        } else if (repeat.kind != Repeat::Kind::fresh) {
            outcome.conflicts.push_back(
                {i, storage_errc::duplicate_event, heads[i]->staged_version,
                 repeat.kind == Repeat::Kind::replay ? repeat.first_known : repeat.offending});
        }
    }
    return replayed || !outcome.conflicts.empty();
}

bool Committer::refuse_unexpected(const Transaction& transaction, std::span<Head* const> heads,
                                  TransactionOutcome& outcome) {
    for (std::size_t i = 0; i < heads.size(); ++i) {
        const auto& write = transaction.writes[i];
        const auto version = heads[i]->staged_version;
        if (write.kind == StreamWrite::Kind::delete_stream && version == no_version) {
            outcome.conflicts.push_back({i, storage_errc::stream_not_found, version, {}});
        } else if (!write.expected.accepts(version)) {
            outcome.conflicts.push_back({i, storage_errc::wrong_version, version, {}});
        }
    }
    return !outcome.conflicts.empty();
}

void Committer::stage(const Transaction& transaction, std::span<Head* const> heads,
                      TransactionOutcome& outcome) {
    for (std::size_t i = 0; i < heads.size(); ++i) {
        auto& head = *heads[i];
        const auto& write = transaction.writes[i];
        if (appends_events(write)) {
            outcome.streams.push_back(stage_append(head, *write.events));
            continue;
        }
        if (write.kind == StreamWrite::Kind::delete_stream) {
            stage_deletion(head);
        }
        outcome.streams.push_back(
            {head.staged_version.next(), head.staged_version, head.staged_position, {}});
    }
}

StreamOutcome Committer::stage_append(Head& head, const EncodedEvents& events) {
    touch(head);
    if (head.stream == StreamNumber{}) {
        last_stream_ = last_stream_.next();
        head.stream = last_stream_;
        const auto name = name_from_key(head.key);
        const journal::Entry entry{.kind = journal::EntryKind::create_stream,
                                   .stream = head.stream,
                                   .version = {},
                                   .position = {},
                                   .events = {},
                                   .category = name.category,
                                   .id = name.id};
        journal::encode_entry(entry, entry_space(journal::encoded_bytes(entry)));
    }
    const journal::Entry entry{.kind = journal::EntryKind::append,
                               .stream = head.stream,
                               .version = head.staged_version.next(),
                               .position = last_position_.next(),
                               .count = events.count(),
                               .events = events.bytes(),
                               .category = {},
                               .id = {}};
    journal::encode_entry(entry, entry_space(journal::encoded_bytes(entry)));
    staged_runs_.push_back({&head, payload_bytes_ - events.bytes().size(), events.bytes().size(),
                            entry.version, entry.position, entry.count});
    head.staged_version = head.staged_version.plus(events.count());
    last_position_ = last_position_.plus(events.count());
    head.staged_position = last_position_;
    staged_events_ += events.count();
    head.staged_time = group_time_;
    if (events.has_own_times()) {
        EventDecoder decoder(events.bytes());
        EventView event;
        while (!decoder.at_end()) {
            event.recorded_at = group_time_;
            if (!decoder.decode_next(event)) {
                break;
            }
        }
        head.staged_time = event.recorded_at;
    }
    if (events.has_client_ids()) {
        ids_.stage(head, events, entry.version, entry.position, group_time_);
    }
    return {entry.version, head.staged_version, head.staged_position, head.staged_time};
}

void Committer::stage_deletion(Head& head) {
    touch(head);
    const journal::Entry entry{.kind = journal::EntryKind::delete_stream,
                               .stream = head.stream,
                               .version = head.staged_version,
                               .position = {},
                               .events = {},
                               .category = {},
                               .id = {}};
    journal::encode_entry(entry, entry_space(journal::encoded_bytes(entry)));
    head.staged_deleted = true;
    staged_firsts_.push_back(first_held(head.stream));
    staged_deletions_.emplace_back(
        head.staged_position,
        UnsettledDeletion{head.stream, head.staged_version, head.staged_time,
                          std::make_shared<const StreamName>(name_from_key(head.key))});
}

void Committer::touch(Head& head) {
    if (staged_heads_.empty()) {
        group_first_stream_ = last_stream_.next();
        group_first_position_ = last_position_.next();
    }
    if (head.staged_version == head.version && head.staged_deleted == head.deleted) {
        staged_heads_.push_back(&head);
    }
}

char* Committer::entry_space(std::size_t bytes) {
    record_.reserve(journal::padded(journal::record_header_bytes + payload_bytes_ + bytes));
    char* at = record_.data() + journal::record_header_bytes + payload_bytes_;
    payload_bytes_ += bytes;
    return at;
}

void Committer::flush() {
    if (payload_bytes_ > 0) {
        const auto record_bytes = journal::record_header_bytes + payload_bytes_;
        auto written = settler_.wait_for_room(record_bytes);
        if (written) {
            written = journal_.append({.payload_bytes = static_cast<std::uint32_t>(payload_bytes_),
                                       .first_position = group_first_position_,
                                       .recorded_at = group_time_,
                                       .events = staged_events_},
                                      record_);
        }
        if (!written) {
            take_back(written.error());
        } else {
            try {
                publish();
            } catch (const std::bad_alloc&) {
                failed_ = true;
                take_back(make_error_code(storage_errc::store_failed));
            }
        }
        settler_.nudge();
    }
    forget_group();
}

void Committer::forget_group() {
    payload_bytes_ = 0;
    staged_events_ = 0;
    staged_heads_.clear();
    staged_runs_.clear();
    staged_outcomes_.clear();
    staged_deletions_.clear();
    staged_firsts_.clear();
    ids_.forget_staged();
}

void Committer::publish() {
    auto group = std::make_shared<Group>();
    group->sequence = journal_.next_sequence() - 1;
    group->first_position = group_first_position_;
    group->events = staged_events_;
    group->recorded_at = group_time_;
    group->payload.assign(record_.data() + journal::record_header_bytes, payload_bytes_);

    Unsettled::Publication publication;
    publication.runs.reserve(staged_runs_.size());
    const std::string_view payload = group->payload;
    for (const auto& place : staged_runs_) {
        publication.runs.push_back({place.head,
                                    {group, payload.substr(place.offset, place.bytes), place.first,
                                     place.first_position, place.count}});
    }
    publication.heads = staged_heads_;
    publication.ids = ids_.take_staged();
    publication.group = std::move(group);
    for (const auto* head : staged_heads_) {
        streams_ += head->version == no_version ? 1 : 0;
    }
    events_ += staged_events_;
    std::unique_lock<std::mutex> alone;
    if (!staged_deletions_.empty()) {
        alone = hold_deletions();
        count_deletions();
    }
    publication.deletions = std::move(staged_deletions_);
    unsettled_.publish(std::move(publication));
}

// A cut may have taken some since they were staged.
void Committer::count_deletions() {
    for (std::size_t i = 0; i != staged_deletions_.size(); ++i) {
        const auto& deletion = staged_deletions_[i].second;
        try {
            staged_firsts_[i] = first_held(deletion.stream);
        } catch (const std::exception&) {
            // The file cannot be read any more, or no memory; the deletion is durable all the same.
        }
        --streams_;
        events_ -= deletion.version.next().since(staged_firsts_[i]);
    }
}

Version Committer::first_held(StreamNumber stream) const {
    const auto transaction = environment_.read();
    const auto record = lmdb::read_stream(transaction, stream);
    return record ? record->first_version : Version{1};
}

void Committer::take_back(const error_code& error) {
    if (!staged_heads_.empty()) {
        last_stream_ = StreamNumber{group_first_stream_.value() - 1};
        last_position_ = Position{group_first_position_.value() - 1};
    }
    for (auto* head : staged_heads_) {
        head->staged_version = head->version;
        head->staged_position = head->last_position;
        head->staged_time = head->last_time;
        head->staged_deleted = head->deleted;
        if (head->version == no_version) {
            head->stream = {};
        }
    }
    for (auto* outcome : staged_outcomes_) {
        *outcome = {.error = error, .streams = {}, .conflicts = {}};
    }
}

}  // namespace firn
