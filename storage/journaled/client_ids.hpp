// Recognising repeats: the ids that clients gave their events, as the committing thread knows
// them: staged in the group being made, unsettled, or in LMDB.
// Thread: the committing one. Errors: LmdbError, CorruptRecord.
#pragma once

#include "storage/event_store.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/lmdb/environment.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace firn {

// Whether an append was there before.
struct Repeat {
    enum class Kind : std::uint8_t { fresh, replay, duplicate };
    Kind kind = Kind::fresh;
    StreamOutcome original;  // replay
    EventId first_known{};
    EventId offending{};  // duplicate
};

class ClientIds {
public:
    ClientIds(const lmdb::Environment& environment, const Unsettled& unsettled)
        : environment_(environment), unsettled_(unsettled) {}

    [[nodiscard]] Repeat compare(const Head& head, const EncodedEvents& events) const;

    // Remembers the ids of events that the group being made appends.
    void stage(Head& head, const EncodedEvents& events, Version first, Position first_position,
               Timestamp recorded_at);
    // What was staged, to be published with the group.
    [[nodiscard]] std::vector<std::pair<Head*, lmdb::IdEntry>> take_staged() {
        return std::exchange(staged_, {});
    }
    void forget_staged();

private:
    [[nodiscard]] std::optional<lmdb::IdFact> find(const Head& head, const EventId& id) const;

    const lmdb::Environment& environment_;
    const Unsettled& unsettled_;
    std::vector<std::pair<Head*, lmdb::IdEntry>> staged_;
    std::map<std::pair<std::uint64_t, EventId>, lmdb::IdFact> staged_facts_;
};

}  // namespace firn
