// One stream of the memory model: its events, its remembered client ids, its chain.
// Thread: under the store's mutex. Errors: none; the store checks before it changes anything.
#pragma once

#include "storage/event_store.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace firn {

struct MemoryEvent {
    std::string bytes;  // in the form of EncodedEvents
    Position position;
    Timestamp recorded_at;
};

// How an append relates to the client ids that its stream remembers.
struct Repeat {
    enum class Kind : std::uint8_t { fresh, replay, duplicate };
    Kind kind = Kind::fresh;
    StreamOutcome original;  // of a replay
    EventId first_known{};   // the id to name if the whole transaction is not a replay
    EventId offending{};     // of a duplicate
};

class MemoryStream {
public:
    explicit MemoryStream(StreamName name);
    // One that begins behind the anchor, which stands at the position.
    MemoryStream(StreamName name, const SnapshotFacts& anchor, Position position);

    [[nodiscard]] const std::shared_ptr<const StreamName>& name() const noexcept { return name_; }
    [[nodiscard]] Version version() const noexcept { return version_; }
    [[nodiscard]] Version first_version() const noexcept { return first_version_; }
    [[nodiscard]] Position last_position() const noexcept { return last_position_; }
    [[nodiscard]] bool deleted() const noexcept { return deleted_; }
    [[nodiscard]] StreamFacts facts() const;
    [[nodiscard]] const MemoryEvent& at(Version version) const { return events_.at(version); }
    // When the newest event was recorded that was cut or deleted.
    [[nodiscard]] Timestamp stand_in_time() const noexcept { return stand_in_time_; }
    // The chain hash at any version that ever was here.
    [[nodiscard]] const Hash& chain_at(Version version) const {
        return chain_[version.since(chain_begin_)];
    }
    [[nodiscard]] Repeat compare(const EncodedEvents& events) const;
    [[nodiscard]] std::optional<RememberedEvent> find_id(const EventId& id) const;

    StreamOutcome append(const EncodedEvents& events, Position last, Timestamp stamp,
                         std::uint32_t remembered_ids);
    // What cutting up to there, at most the head, takes away.
    [[nodiscard]] CutFacts facts_of_cut(Version up_to) const;
    void cut(Version up_to);
    void delete_all();
    // Forgets up to `events_max` events that cannot be read any more; how many it forgot.
    std::uint64_t reclaim(std::uint64_t events_max);
    [[nodiscard]] bool has_garbage() const;

private:
    struct RememberedId {
        ContentDigest content{};
        Version version;
        Position position;
        Timestamp recorded_at;
    };
    void remember(const EventView& event);

    std::shared_ptr<const StreamName> name_;
    std::map<Version, MemoryEvent> events_;  // also the cut ones, until they are reclaimed
    std::map<EventId, RememberedId> ids_;
    std::deque<EventId> id_order_;  // oldest first
    Version version_;
    Version first_version_{1};
    Position last_position_;
    Timestamp stand_in_time_{};
    Version chain_begin_;
    std::vector<Hash> chain_;  // [version - chain_begin_]
    bool deleted_ = false;
};

}  // namespace firn
