// The same data directory, served again and again.
// Thread: the test's. Errors: as ServedStore; StorageFailure if it does not open.
#pragma once

#include "storage/journaled/journaled_store.hpp"
#include "tests/support/served_store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <optional>
#include <utility>

namespace firn::test {

struct ReopenedStore {
    TemporaryDirectory directory;
    std::optional<ServedStore> served;

    ReopenedStore() { reopen(); }
    void reopen() {
        served.reset();
        JournaledConfig config;
        config.directory = directory.path();
        config.segment_bytes = 4u << 20;
        config.segments = 3;
        served.emplace(HttpConfig{}, open_journaled_store(std::move(config)));
    }
    DescribedClient& client() { return served->client; }
};

}  // namespace firn::test
