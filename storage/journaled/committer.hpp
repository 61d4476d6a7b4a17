// Turns groups of transactions into journal records: checks, stages, writes, publishes.
//
//   check    each transaction against the heads, as those before it in the group will leave them
//            (event_store.hpp gives the order of the checks)
//   stage    what is accepted: entries into the record, versions and positions into the heads
//   write    one record, one sync; a group larger than a record becomes several
//   publish  make it visible to readers; nothing was before
// If the write fails, what was staged is taken back, and all of it answers the error.
// Streams that begin compacted take another way (committer_compacted.cpp).
//
// Thread: one at a time, the committing thread. Errors: in the outcomes.
#pragma once

#include "storage/journal/journal.hpp"
#include "storage/journaled/client_ids.hpp"
#include "storage/journaled/settler.hpp"
#include "storage/journaled/unsettled.hpp"

#include <mutex>
#include <span>
#include <vector>

namespace firn {

class Committer {
public:
    Committer(const JournaledConfig& config, const lmdb::Environment& environment,
              journal::Journal& journal, Unsettled& unsettled, Settler& settler);

    // Where recovery left off.
    struct Start {
        StreamNumber last_stream;
        Position last_position;
        Timestamp last_time;
        std::uint64_t streams = 0;
        std::uint64_t events = 0;
    };
    void start(const Start& start);

    [[nodiscard]] std::vector<TransactionOutcome> commit(std::span<const Transaction> group);

    // Any thread. Streams that are not deleted, events that are held; the settler takes cut ones
    // off by forget_events.
    [[nodiscard]] std::uint64_t streams() const noexcept { return streams_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
    // Appends answer store_failed from now on.
    [[nodiscard]] bool has_failed() const noexcept { return failed_; }
    void forget_events(std::uint64_t count) noexcept { events_ -= count; }
    // No deletion becomes visible while it is held. So that a cut, and the deletion of its stream,
    // do not both take the same events off.
    [[nodiscard]] std::unique_lock<std::mutex> hold_deletions() {
        return std::unique_lock(deletions_mutex_);
    }

private:
    Head& head_of(const StreamName& stream);
    void check_and_stage(const Transaction& transaction, TransactionOutcome& outcome);
    [[nodiscard]] bool refuse_deleted(std::span<Head* const> heads, TransactionOutcome& outcome);
    [[nodiscard]] bool replay_or_refuse(const Transaction& transaction,
                                        std::span<Head* const> heads, TransactionOutcome& outcome);
    [[nodiscard]] bool refuse_unexpected(const Transaction& transaction,
                                         std::span<Head* const> heads, TransactionOutcome& outcome);
    void stage(const Transaction& transaction, std::span<Head* const> heads,
               TransactionOutcome& outcome);
    StreamOutcome stage_append(Head& head, const EncodedEvents& events);
    void stage_deletion(Head& head);
    void touch(Head& head);
    char* entry_space(std::size_t bytes);

    // A part of the group in which every transaction begins a stream.
    void begin_compacted(std::span<const Transaction> group,
                         std::span<TransactionOutcome> outcomes);
    struct CompactedStart;
    [[nodiscard]] error_code settle_starts(std::span<const CompactedStart> starts);
    [[nodiscard]] bool may_have_settled(Position position) const;

    // Writes what is staged, publishes it or takes it back.
    void flush();
    void publish();
    [[nodiscard]] Version first_held(StreamNumber stream) const;
    void count_deletions();
    void take_back(const error_code& error);
    void forget_group();

    const JournaledConfig& config_;
    const lmdb::Environment& environment_;
    journal::Journal& journal_;
    Unsettled& unsettled_;
    Settler& settler_;
    ClientIds ids_;

    StreamNumber last_stream_;
    Position last_position_;
    Timestamp last_time_{};
    std::atomic<std::uint64_t> streams_{0};
    std::atomic<std::uint64_t> events_{0};
    std::mutex deletions_mutex_;

    // What is in memory may no longer match what is on disk; only opening the store again mends
    // that.
    std::atomic<bool> failed_{false};

    // The group being made.
    journal::AlignedBuffer record_;
    std::size_t payload_bytes_ = 0;
    std::uint32_t staged_events_ = 0;
    Position group_first_position_;
    StreamNumber group_first_stream_;
    Timestamp group_time_{};
    std::vector<Head*> staged_heads_;
    struct RunPlace {
        Head* head;
        std::size_t offset;  // of the events in the payload
        std::size_t bytes;
        Version first;
        Position first_position;
        std::uint32_t count;
    };
    std::vector<RunPlace> staged_runs_;
    std::vector<TransactionOutcome*> staged_outcomes_;
    std::vector<std::pair<Position, UnsettledDeletion>> staged_deletions_;
    std::vector<Version> staged_firsts_;  // the first version held of each stream that it deletes
};

}  // namespace firn
