// The journaled store as a store under test, in a directory of its own.
#pragma once

#include "storage/journaled/journaled_store.hpp"
#include "tests/support/crash_copy.hpp"
#include "tests/support/store_under_test.hpp"
#include "tests/support/temporary_directory.hpp"

#include <chrono>
#include <utility>

namespace firn::test {

class JournaledUnderTest final : public StoreUnderTest {
public:
    explicit JournaledUnderTest(const StoreOptions& options) : options_(options) { open(); }

    EventStore& store() override { return *store_; }
    void reopen() override {
        store_.reset();
        open();
    }
    // The files as they are while the store still has events to settle: closing comes too late.
    void crash_and_reopen() override {
        TemporaryDirectory left;
        copy_as_a_crash_leaves_it(*store_, directory_.path(), left.path());
        store_.reset();
        directory_ = std::move(left);
        open();
    }

private:
    void open() {
        JournaledConfig config;
        config.directory = directory_.path();
        config.remembered_ids = options_.remembered_ids;
        // Small, so that tests meet full segments and the settler, which settles from half of
        // this on and never because time passed.
        config.segment_bytes = 4u << 20;
        config.segments = 3;
        config.pending_bytes_max = 128u << 10;
        config.settle_after = std::chrono::hours{1};
        config.reclaim_in_background = false;
        store_ = open_journaled_store(std::move(config));
    }

    StoreOptions options_;
    TemporaryDirectory directory_;
    std::unique_ptr<EventStore> store_;
};

}  // namespace firn::test
