// The part of verification that is about the journal beyond what has settled.
// Thread: any. Errors: what is wrong is in the report; LmdbError, CorruptRecord.
#pragma once

#include "storage/journaled/directory.hpp"
#include "storage/journaled/place_sum.hpp"
#include "storage/journaled/verify.hpp"
#include "storage/lmdb/records.hpp"

namespace firn {

// Each record of the journal follows the one before and what has settled; the report's counts and
// head go on to its end. Returns the places of those events that are held by the streams already:
// a round that a crash ended had come so far with them.
[[nodiscard]] PlaceSum verify_journal(const StoreDirectory& directory,
                                      const lmdb::Transaction& transaction,
                                      const lmdb::StoreRecord& store, VerifyReport& report);

}  // namespace firn
