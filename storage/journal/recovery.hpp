// Reading the journal back: which records count, and where writing goes on.
//
// Within a segment, records count up to the first that does not check; what follows is not
// trusted. That is where a crash tears. Three things cannot come from a crash, and are damage: a
// header that does not check, a hole between segments above what has settled, and a whole record
// of the same epoch behind one that does not check.
// Thread: before the store serves. Errors: StorageFailure (damaged, system).
#pragma once

#include "storage/journal/journal.hpp"

#include <functional>

namespace firn::journal {

struct RecoveryRequest {
    std::filesystem::path directory;
    std::uint64_t store = 0;
    std::uint64_t settled_sequence = 0;  // records up to here are in LMDB
};

// Calls `replay` for every record above settled_sequence, in order. Removes nothing but files
// that were being made when the program ended.
[[nodiscard]] JournalStart recover(const RecoveryRequest& request,
                                   const std::function<void(const RecordView&)>& replay);

// The same without writing or opening anything for writing: how many records check, and what is
// wrong (empty: nothing). For `firn verify`.
struct JournalCheck {
    std::uint64_t records = 0;
    std::uint64_t next_sequence = 1;
    std::vector<std::string> problems;
};
[[nodiscard]] JournalCheck check(const RecoveryRequest& request,
                                 const std::function<void(const RecordView&)>& replay);

}  // namespace firn::journal
