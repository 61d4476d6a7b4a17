// EventStore: what every backend does, and the contract that tests/contract holds them to.
//
// Writing: commit() takes a group of transactions and makes all that are valid durable with one
// sync. Each transaction is all or nothing, over one stream or several; the order of the span is
// the serial order, and each one sees what those before it did.
// Reading: synchronous, from any thread, sees every durable event and nothing else.
// Thread: commit() from one thread at a time; everything else from any thread.
// Errors: storage_errc, in the outcomes or results. Opening throws StorageFailure.
#pragma once

#include "storage/errors.hpp"
#include "storage/event.hpp"
#include "storage/types.hpp"

#include <boost/container/small_vector.hpp>

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
        append,         // append `events`; without events it only checks `expected`
        delete_stream,  // delete the stream for good; it must exist
    };
    StreamName stream;
    Expected expected;
    Kind kind = Kind::append;
    // Shared, because the stream's actor folds from the same bytes after the commit.
    std::shared_ptr<const EncodedEvents> events;
};

// All or nothing. A stream occurs at most once (the caller's duty, asserted).
struct Transaction {
    boost::container::small_vector<StreamWrite, 1> writes;
};

struct StreamOutcome {
    Version first_version;  // of the events appended; version + 1 if there were none
    Version version;        // the head after this transaction
    Position position;      // of the last event appended; of the stream's last if there were none
    Timestamp recorded_at;  // of the events appended
    bool replayed = false;  // all ids were known: this is the original answer
};

// Why one stream refused.
struct StreamConflict {
    std::size_t index = 0;  // in Transaction::writes
    storage_errc reason{};
    Version current_version;
    EventId event_id{};  // duplicate_event: the first offending id
};

struct TransactionOutcome {
    error_code error;                                          // empty: committed and durable
    boost::container::small_vector<StreamOutcome, 1> streams;  // one per write, if committed
    std::vector<StreamConflict> conflicts;  // every stream that refused; error is the first's
};

struct StreamFacts {
    StreamName stream;
    Version version;
    Version first_version{1};  // the oldest event held; version + 1 if none
    std::uint64_t events = 0;  // held
    std::uint64_t bytes = 0;   // of the events held, in their stored form
    Position last_position;
    Hash chain_hash{};  // at version
    bool deleted = false;
};

// Keeps the bytes that a page's events view.
class PageMemory {
public:
    // Copies the bytes; the copy lives as long as the page.
    std::string_view copy(std::string_view bytes);
    // Shares ownership of memory that somebody else filled.
    void share(std::shared_ptr<const void> owner) { owners_.push_back(std::move(owner)); }

private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    std::size_t block_used_ = 0;
    std::size_t block_size_ = 0;
    std::vector<std::shared_ptr<const void>> owners_;
};

enum class Direction : std::uint8_t { forward, backward };

struct StreamQuery {
    // First version to return. Forward: below first_version is `compacted`, 0 means
    // first_version. Backward: 0 means the head, past the head also.
    Version from;
    Direction direction = Direction::forward;
    std::uint32_t limit = 100;
    std::uint64_t bytes_max = 8u << 20;  // a page holds at least one event
};

struct StreamPage {
    std::vector<EventView> events;  // in the order asked for
    Version version;                // the stream's head
    Version first_version{1};
    PageMemory memory;
};

// An event with its stream, or what stands in for deleted ones.
struct FeedEvent {
    enum class Kind : std::uint8_t {
        event,
        snapshot,  // the events of the stream up to this version were compacted away
        deleted,   // the stream was deleted for good
    };
    Kind kind = Kind::event;
    std::shared_ptr<const StreamName> stream;
    EventView event;  // for other kinds only version, position and recorded_at are meant
};

struct FeedQuery {
    Position after;  // exclusive
    std::uint32_t limit = 100;
    std::uint64_t bytes_max = 8u << 20;
    std::uint32_t scan_max = 100'000;     // positions looked at for one page
    std::vector<std::string> categories;  // empty: all
    std::vector<std::string> types;       // empty: all; stand-ins pass every type filter
    std::string id_prefix;
};

struct FeedPage {
    std::vector<FeedEvent> events;
    Position next_after;  // where the next page goes on: the last position looked at
    Position head;        // the last durable position when the page was made
    PageMemory memory;
};

struct ListQuery {
    std::string category;  // empty: all
    std::string prefix;    // of the id
    StreamName after;      // exclusive; both empty: from the start
    std::uint32_t limit = 100;
};

struct StreamList {
    std::vector<StreamFacts> streams;  // by category and id; deleted ones are left out
    bool more = false;
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

struct ReclaimProgress {
    std::uint64_t events_removed = 0;
    bool more = false;
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
    [[nodiscard]] virtual result<StreamList> list(const ListQuery& query) const = 0;
    [[nodiscard]] virtual Position head_position() const = 0;
    [[nodiscard]] virtual StoreStats stats() const = 0;

    // Makes versions <= up_to unreadable in one durable step; their bytes go in reclaim slices.
    // stream_not_found, stream_deleted, version_not_found (past the head). Cutting what is cut
    // already changes nothing.
    [[nodiscard]] virtual result<void> cut(const StreamName& stream, Version up_to) = 0;
    // Gives back the space of up to about `events_max` deleted events.
    [[nodiscard]] virtual result<ReclaimProgress> reclaim(std::uint32_t events_max) = 0;
};

}  // namespace firn
