// What the store holds in memory: heads of streams, and the events that are durable in the
// journal but not settled yet, by stream and by position.
//
// A head is in memory while its stream has unsettled events, and longer while there is room.
// Where a stream has none, LMDB has the truth.
//
// Thread: one mutex guards everything. Only the committing thread adds, stages, publishes and
// evicts heads, so it may look at the map and at what it staged without the mutex; the settler
// and readers take it inside the functions they call.
// Errors: none but std::bad_alloc.
#pragma once

#include "storage/event_store.hpp"
#include "storage/journaled/group.hpp"
#include "storage/journaled/settle_round.hpp"
#include "storage/lmdb/id_blocks.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace firn {

// Events of one stream that one append put into a group, as they lie in its payload.
struct TailRun {
    std::shared_ptr<const Group> group;
    std::string_view events;  // into group->payload
    Version first;
    Position first_position;
    std::uint32_t count = 0;

    [[nodiscard]] Version end() const noexcept { return first.plus(count); }
};

// One stream as the committing thread knows it.
struct Head {
    std::string key;  // lmdb::name_key
    StreamNumber stream;
    Version version;  // durable
    Position last_position;
    Timestamp last_time;  // recorded_at of the event at `version`
    Version settled;
    std::uint64_t settled_client_ids = 0;
    bool deleted = false;
    bool deletion_settled = false;
    std::vector<TailRun> tail;  // versions settled+1..version
    bool used = true;           // since the last look of the eviction

    // The committing thread's own: what the group being made will leave.
    Version staged_version;
    Position staged_position;
    Timestamp staged_time;
    bool staged_deleted = false;

    [[nodiscard]] bool is_settled() const noexcept {
        return tail.empty() && (!deleted || deletion_settled);
    }
};

// A stream's head and the part of its tail that a reader asked for, consistent with each other.
struct TailView {
    StreamNumber stream;
    Version version;
    Position last_position;
    bool deleted = false;
    std::vector<TailRun> runs;  // ascending
};

// A deletion that has not settled: its events are passed over, and a stand-in takes their place.
struct UnsettledDeletion {
    StreamNumber stream;
    Version version;
    Timestamp recorded_at;
    std::shared_ptr<const StreamName> name;
};

[[nodiscard]] StreamName name_from_key(std::string_view key);

class Unsettled {
public:
    // --- the committing thread ---
    [[nodiscard]] Head* find(std::string_view key) noexcept;
    Head& add(Head head);
    struct StagedRun {
        Head* head;
        TailRun run;
    };
    struct Publication {
        std::shared_ptr<const Group> group;
        std::vector<StagedRun> runs;
        std::vector<Head*> heads;  // every head that was staged, created ones too
        std::vector<std::pair<Position, UnsettledDeletion>> deletions;
        std::vector<std::pair<Head*, lmdb::IdEntry>> ids;
    };
    // Makes a durable group visible; if it throws, readers see nothing of it.
    void publish(Publication publication);
    // Of a stream that was never published: LMDB knows it better from now on.
    void forget(const Head& head) noexcept;
    // Forgets settled heads until at most `heads_max` are left.
    void evict(std::size_t heads_max);

    // --- the settler ---
    [[nodiscard]] std::vector<std::shared_ptr<const Group>> groups() const;
    void slice_settled(std::span<const SettledStream> streams);
    // The oldest `count` groups are settled, through `position`.
    void round_settled(std::size_t count, Position position);

    // --- readers ---
    struct TailQuery {
        Version from{1};  // inclusive
        Version to{UINT64_MAX};
        Direction direction = Direction::forward;
        std::uint32_t events_max = UINT32_MAX;
        std::uint64_t bytes_max = UINT64_MAX;
    };
    // Nothing if the stream has no head in memory: then all of it is settled, or it never was.
    [[nodiscard]] std::optional<TailView> tail(std::string_view key, const TailQuery& query) const;
    [[nodiscard]] std::optional<lmdb::IdFact> find_id(StreamNumber stream, const EventId& id) const;
    [[nodiscard]] std::optional<Version> settled_version(std::string_view key) const;

    struct FeedWindow {
        Position settled;  // positions up to here are in LMDB's index
        Position head;
        std::vector<std::shared_ptr<const Group>> groups;  // beyond `settled`, if asked beyond it
        std::map<Position, UnsettledDeletion> deletions;
    };
    // Groups with positions > after, if after >= settled; at most about events_max events.
    [[nodiscard]] FeedWindow feed_window(Position after, std::uint32_t events_max) const;
    [[nodiscard]] std::optional<StreamName> name_of(StreamNumber stream) const;
    // Keys of streams that LMDB does not know yet, after `after`, that start with `prefix`.
    [[nodiscard]] std::vector<std::string> fresh_keys(std::string_view after,
                                                      std::string_view prefix,
                                                      std::size_t limit) const;

    [[nodiscard]] Position head_position() const;
    [[nodiscard]] Position settled_position() const;
    // All positions up to there are in LMDB, and nothing is pending.
    void start_at(Position settled);

    struct Pending {
        std::uint64_t groups = 0;
        std::uint64_t events = 0;
        std::uint64_t bytes = 0;
        std::uint64_t heads = 0;
    };
    [[nodiscard]] Pending pending() const;

private:
    void make_room_for(Publication& publication);
    void drop_settled_tail(Head& head, Version settled);

    mutable std::mutex mutex_;
    boost::unordered_flat_map<std::string_view, std::unique_ptr<Head>> heads_;
    boost::unordered_flat_map<std::uint64_t, Head*> by_number_;
    std::set<std::string_view> fresh_;  // keys of heads that LMDB has no record of
    std::deque<std::shared_ptr<const Group>> groups_;
    std::map<Position, UnsettledDeletion> deletions_;
    Position settled_;
    Position head_;
    std::uint64_t pending_events_ = 0;
    std::uint64_t pending_bytes_ = 0;
    std::uint64_t evict_cursor_ = 0;

    struct IdKey {
        std::uint64_t stream;
        EventId id;
        friend bool operator==(const IdKey&, const IdKey&) = default;
    };
    struct IdKeyHash {
        std::size_t operator()(const IdKey& key) const noexcept;
    };
    boost::unordered_flat_map<IdKey, lmdb::IdFact, IdKeyHash> ids_;
};

}  // namespace firn
