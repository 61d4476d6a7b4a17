// What must hold of accounts whatever happened to the server: nothing is made or lost in transfers.
// Thread: one. Errors: throws std::runtime_error with a sentence at the first thing that does not
// hold.
#pragma once

#include "tests/crash/history_check.hpp"
#include "tests/crash/persistent_client.hpp"

#include <memory>
#include <vector>

namespace firn::test {

struct OpenedAccounts {
    std::vector<StreamName> names;
    std::int64_t balance = 0;  // of each, when it was opened
};

// The sum over all accounts is what it was when they were opened; each transfer is there in two
// accounts, once and side by side in the feed; and none that no client may have to do with: sent
// and refused, or never sent.
void check_transfers(const HistoryCheck& history, const OpenedAccounts& accounts,
                     const std::vector<std::unique_ptr<PersistentClient>>& clients);

}  // namespace firn::test
