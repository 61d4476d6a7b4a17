// Bringing the journal's unsettled records back into memory when a store is opened.
// Thread: before the store serves. Errors: StorageFailure (damaged).
#pragma once

#include "storage/journal/recovery.hpp"
#include "storage/journaled/committer.hpp"
#include "storage/journaled/unsettled.hpp"

namespace firn {

class Replay {
public:
    Replay(const lmdb::Environment& environment, Unsettled& unsettled);

    // One journal record, in order.
    void take(const journal::RecordView& record);
    [[nodiscard]] Committer::Start result() const noexcept { return start_; }

private:
    Head& head_of(const journal::Entry& entry);
    void append(const std::shared_ptr<Group>& group, const journal::Entry& entry,
                Unsettled::Publication& publication);
    void remove(const journal::Entry& entry, Unsettled::Publication& publication);

    const lmdb::Environment& environment_;
    Unsettled& unsettled_;
    Committer::Start start_;
    boost::unordered_flat_map<std::uint64_t, Head*> heads_;
    boost::unordered_flat_map<std::uint64_t, Version> first_versions_;
};

}  // namespace firn
