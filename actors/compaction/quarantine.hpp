// Streams that the scheduler and whole runs leave alone, because a compaction of them found
// something that must not be. They stay until somebody releases them, or a compaction of the
// stream that was asked for succeeds.
// Thread: any; a mutex of its own, not held while something is written.
// Errors: as DocumentStore. Opening throws StorageFailure if a document does not check.
#pragma once

#include "actors/store_gate.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace firn {

struct QuarantineEntry {
    std::string compaction;  // the id of the report that tells more
    std::string reason;
    Timestamp since{};
};

class Quarantine {
public:
    explicit Quarantine(const StoreGate& gate);

    [[nodiscard]] std::optional<QuarantineEntry> find(const StreamName& stream) const;
    [[nodiscard]] std::vector<std::pair<StreamName, QuarantineEntry>> list(const StreamName& after,
                                                                           std::size_t limit) const;
    [[nodiscard]] std::size_t size() const;

    // In effect at once; durable a moment later.
    void add(const StreamName& stream, QuarantineEntry entry);
    // False: it was not there.
    bool release(const StreamName& stream, DocumentStore::Done done);

private:
    const StoreGate& gate_;

    mutable std::mutex mutex_;  // guards entries_
    std::map<StreamName, QuarantineEntry> entries_;
};

}  // namespace firn
