// EventStore: what every backend does, and the contract that tests/contract holds them to.
//
// Writing: commit() takes a group of transactions and makes all that are valid durable with one
// sync. Each transaction is all or nothing, over one stream or several; the order of the span is
// the serial order, and each one sees what those before it did. How a transaction is checked:
//   1. A write to a deleted stream refuses, a check without events too: stream_deleted.
//   2. Repeats. Only ids that clients sent count, per stream. An append is a repeat if each of its
//      events has an id that the stream remembers, with the same content digest, in contiguous
//      versions and this order. The transaction is a replay if it appends something, every append
//      with events is a repeat, and it deletes no stream: then it succeeds with the original
//      outcomes, whatever is expected. Else every append with a remembered id refuses:
//      duplicate_event. It names the first known id that has other content or does not follow
//      the event before it (in versions; an unknown one has none), else the first known id.
//   3. A missing stream cannot be deleted: stream_not_found. One that is there cannot begin:
//      wrong_version. Then `expected`: wrong_version.
// Each step looks at all writes; the first step that refuses any ends the check, and the conflicts
// are all that it refused. A stream remembers at least its newest N client ids, also after a cut.
// A stream exists from its first event on: a check without events does not make it exist.
// Times: a commit takes the clock's time, or the time of an earlier commit if that was later, for
// all its events; an event that carries its own time keeps it, and it moves nobody else's.
// Reading: synchronous, from any thread, sees every durable event and nothing else.
// Thread: commit() from one thread at a time; everything else from any thread.
// Errors: storage_errc, in the outcomes or results. Opening throws StorageFailure.
#pragma once

#include "storage/document_store.hpp"
#include "storage/errors.hpp"
#include "storage/event.hpp"
#include "storage/feed_window.hpp"
#include "storage/page_memory.hpp"
#include "storage/snapshot_store.hpp"
#include "storage/types.hpp"
#include "storage/vacuum.hpp"

#include <boost/container/small_vector.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace firn {

// What the writer believes of the stream. Only `exactly` looks at the number.
struct Expected {
    enum class Kind : std::uint8_t { any, none, exists, exactly };
    Kind kind = Kind::any;
    Version version;

    static constexpr Expected any() noexcept { return {}; }
    static constexpr Expected none() noexcept { return {Kind::none, {}}; }
    static constexpr Expected exists() noexcept { return {Kind::exists, {}}; }
    static constexpr Expected exactly(Version v) noexcept { return {Kind::exactly, v}; }

    [[nodiscard]] constexpr bool accepts(Version head) const noexcept {
        switch (kind) {
            case Kind::any: return true;
            case Kind::none: return head == no_version;
            case Kind::exists: return head != no_version;
            case Kind::exactly: return head == version;
        }
        return false;
    }
};

// What a transaction does to one stream.
struct StreamWrite {
    enum class Kind : std::uint8_t {
        append,           // append `events`; without events it only checks `expected`
        delete_stream,    // delete the stream for good; it must exist
        begin_compacted,  // make a stream that begins behind `anchor`
    };
    StreamName stream;
    Expected expected;
    Kind kind = Kind::append;
    // Null or empty: only checks. A client's id occurs in it at most once (the caller's duty).
    // Shared, because the stream's actor folds from the same bytes after the commit.
    std::shared_ptr<const EncodedEvents> events;
    // Of begin_compacted: the state, and the chain hash, that the stream has at the anchor's
    // version, which is at least 1. The stream is then as if its events had been cut up to there:
    // the anchor stands in for them in the feed, recorded when it says that it was made. The
    // document that its category has compacted streams is written with it.
    std::shared_ptr<const Snapshot> anchor = {};
};

// All or nothing. A stream occurs at most once (the caller's duty, asserted); begin_compacted
// stands alone.
struct Transaction {
    boost::container::small_vector<StreamWrite, 1> writes;
};

struct StreamOutcome {
    Version first_version;  // of the events appended; version + 1 if there were none
    Version version;        // the head after this transaction
    Position position;      // of the last event appended; of the stream's last if there were none,
                            // of what stands in for it where the stream begins compacted
    Timestamp recorded_at;  // of the last event appended; zero if there were none
    // All ids were known: this is the original answer. Of a replayed transaction also set where
    // a write had no events; the rest of its outcome is then where the stream stands now.
    bool replayed = false;
};

// Why one stream refused.
struct StreamConflict {
    std::size_t index = 0;  // in Transaction::writes
    storage_errc reason{};
    Version current_version;  // 0 for a missing stream, the last one of a deleted stream
    EventId event_id{};       // duplicate_event: the first offending id
};

struct TransactionOutcome {
    error_code error;                                          // empty: committed and durable
    boost::container::small_vector<StreamOutcome, 1> streams;  // one per write, if committed
    std::vector<StreamConflict> conflicts;  // every stream that refused; error is the first's
};

// Of a deleted stream: the last version and position and its chain hash, and nothing held.
struct StreamFacts {
    StreamName stream;
    Version version;
    Version first_version{1};  // the oldest event held; version + 1 if none
    std::uint64_t events = 0;  // held
    std::uint64_t bytes = 0;   // of the events held, as EncodedEvents has them
    Position last_position;
    Hash chain_hash{};  // at version
    bool deleted = false;
};

enum class Direction : std::uint8_t { forward, backward };

struct StreamQuery {
    // First version to return. Forward: 0 means first_version. Backward: 0 means the head, past
    // the head also; the page ends at first_version. Either way, a version that is no longer held
    // is `compacted`; the other forms are not, even if nothing is held.
    Version from;
    Direction direction = Direction::forward;
    std::uint32_t limit = 100;  // 0: an empty page
    // The page ends before the event whose bytes, as EncodedEvents has them, would take the sum
    // past this; it holds at least one.
    std::uint64_t bytes_max = 8u << 20;
};

struct StreamPage {
    std::vector<EventView> events;  // in the order asked for
    Version version;                // the stream's head
    Version first_version{1};
    PageMemory memory;
};

struct ListQuery {
    std::string category;  // empty: all
    std::string prefix;    // of the id, in every category asked for
    StreamName after;      // exclusive; both empty: from the start
    std::uint32_t limit = 100;
};

struct StreamList {
    std::vector<StreamFacts> streams;  // by category and id; deleted ones are left out
    bool more = false;                 // there are streams past the limit
};

struct StoreStats {
    std::uint64_t streams = 0;  // not deleted
    std::uint64_t events = 0;   // held
    Position head_position;
    std::uint64_t bytes_live = 0;  // pages in use
    std::uint64_t bytes_free = 0;  // pages that can be reused
    std::uint64_t bytes_file = 0;  // the settled file's size
    std::uint64_t bytes_journal = 0;
    std::chrono::milliseconds oldest_reader{0};
    std::uint64_t pending_events = 0;  // durable, not settled
    std::uint64_t pending_bytes = 0;
    std::uint64_t heads_cached = 0;
    std::uint64_t reclaim_waiting = 0;  // streams with deleted versions still on disk
    bool accepting = true;              // false: appends answer store_failed
    std::string condition;              // empty, or a sentence: what is wrong now
};

// Where the event with a remembered id lies, even if it is no longer held.
struct RememberedEvent {
    Version version;
    Position position;
    Timestamp recorded_at;
};

struct ReclaimProgress {
    std::uint64_t events_removed = 0;
    bool more = false;
};

// What a cut takes away.
struct CutFacts {
    Version first_version;     // before it
    Version up_to;             // the last one that goes
    std::uint64_t events = 0;  // that go; 0: they were gone already
    std::uint64_t bytes = 0;   // theirs, as EncodedEvents has them
    Position position;         // of the event at up_to: the stand-in's place
};

// What a cut rests on, looked at in its own transaction.
struct CutTerms {
    // An anchor of this state stands at up_to, and both its copies check; else anchor_missing.
    std::optional<Hash> anchor_state = {};
    // An error refuses the cut; else the documents that are written with it, so that what they
    // say is true exactly if the cut is. Called on the writing thread before anything is written,
    // perhaps more than once; it must be short and must not call the store. Not called where there
    // is nothing to cut.
    std::function<result<std::vector<DocumentText>>(const CutFacts&)> decide = {};
};

class EventStore {
public:
    virtual ~EventStore() = default;

    // One outcome per transaction, in order. Blocks until durable.
    [[nodiscard]] virtual std::vector<TransactionOutcome> commit(
        std::span<const Transaction> group) = 0;

    // stream_not_found, or facts with deleted = true.
    [[nodiscard]] virtual result<StreamFacts> facts(const StreamName& stream) const = 0;
    // 0 for a stream that never was; stream_deleted. Cheaper than facts().
    [[nodiscard]] virtual result<Version> head_version(const StreamName& stream) const = 0;
    // stream_not_found, stream_deleted, compacted, corrupt. Past the head: an empty page.
    [[nodiscard]] virtual result<StreamPage> read(const StreamName& stream,
                                                  const StreamQuery& query) const = 0;
    [[nodiscard]] virtual result<FeedPage> feed(const FeedQuery& query) const = 0;
    // As feed(), for readers that have far to go: a window is larger than a page and cheaper by the
    // event. Its bounds are about those of the query. The memory of one that is done is used again.
    [[nodiscard]] virtual result<FeedWindow> gather(const FeedQuery& query, FeedWindow done) const;
    [[nodiscard]] virtual result<StreamList> list(const ListQuery& query) const = 0;
    // The event to which a client gave this id, if the stream remembers it. stream_deleted.
    [[nodiscard]] virtual result<std::optional<RememberedEvent>> find_event(
        const StreamName& stream, const EventId& id) const = 0;
    [[nodiscard]] virtual Position head_position() const = 0;
    [[nodiscard]] virtual StoreStats stats() const = 0;

    using CutDone = std::function<void(result<CutFacts>)>;
    using ReclaimDone = std::function<void(result<ReclaimProgress>)>;

    // Makes versions <= up_to unreadable in one durable step; their bytes go in reclaim slices.
    // stream_not_found, stream_deleted, version_not_found (past the head), anchor_missing, or what
    // the terms say. Cutting what is cut already changes nothing. All may go: first_version is
    // then version + 1. `done` is called once, from any thread, perhaps before this returns; it
    // must be short and must not throw.
    virtual void begin_cut(const StreamName& stream, Version up_to, CutTerms terms,
                           CutDone done) = 0;
    // Gives back the space of up to about `events_max` deleted events, in no promised order;
    // nothing that can be read changes. `done` as begin_cut's.
    virtual void begin_reclaim(std::uint32_t events_max, ReclaimDone done) = 0;
    // Nothing of the stream's deleted events is on disk any more. True for one that never was.
    [[nodiscard]] virtual result<bool> is_reclaimed(const StreamName& stream) const = 0;
    // The same, waiting; never from the store's own callbacks.
    [[nodiscard]] result<CutFacts> cut(const StreamName& stream, Version up_to,
                                       CutTerms terms = {});
    [[nodiscard]] result<ReclaimProgress> reclaim(std::uint32_t events_max);

    // Free space within the store's file goes back to the file system by a vacuum, one at a time.
    [[nodiscard]] virtual result<VacuumNeeds> vacuum_needs() const = 0;
    // already_running; disk_full if there is less room than vacuum_needs() says.
    [[nodiscard]] virtual result<std::unique_ptr<Vacuum>> begin_vacuum() = 0;

    // Live as long as the store. A deleted stream's snapshots go with its events.
    [[nodiscard]] virtual SnapshotStore& snapshots() noexcept = 0;
    [[nodiscard]] virtual DocumentStore& documents() noexcept = 0;
    [[nodiscard]] const SnapshotStore& snapshots() const noexcept {
        return const_cast<EventStore*>(this)->snapshots();
    }
    [[nodiscard]] const DocumentStore& documents() const noexcept {
        return const_cast<EventStore*>(this)->documents();
    }
};

}  // namespace firn
