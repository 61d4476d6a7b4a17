// The parts of verification that are about snapshots and documents.
// Thread: any. Errors: what is wrong is in the report; LmdbError.
#pragma once

#include "storage/journaled/verify.hpp"
#include "storage/lmdb/environment.hpp"

namespace firn {

// Each snapshot of the table, or anchor's copy, checks and is bound to its stream's chain.
void verify_snapshots(const lmdb::Transaction& transaction, lmdb::Table table,
                      VerifyReport& report);
void verify_documents(const lmdb::Transaction& transaction, VerifyReport& report);

}  // namespace firn
