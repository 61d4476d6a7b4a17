// The journaled store as a store under test, in a directory of its own.
#pragma once

#include "storage/journaled/journaled_store.hpp"
#include "tests/support/store_under_test.hpp"
#include "tests/support/temporary_directory.hpp"

#include <chrono>
#include <filesystem>
#include <thread>
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
        wait_until_the_settler_rests();
        TemporaryDirectory left;
        std::filesystem::copy(directory_.path(), left.path(),
                              std::filesystem::copy_options::recursive);
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
        config.pending_bytes_max = pending_bytes_max;
        config.settle_after = std::chrono::hours{1};
        config.reclaim_in_background = false;
        store_ = open_journaled_store(std::move(config));
    }

    // A copy of files that are being written would be of no moment at all.
    void wait_until_the_settler_rests() {
        while (store_->stats().pending_bytes * 2 >= pending_bytes_max) {
            std::this_thread::yield();
        }
    }

    static constexpr std::size_t pending_bytes_max = 128u << 10;

    StoreOptions options_;
    TemporaryDirectory directory_;
    std::unique_ptr<EventStore> store_;
};

}  // namespace firn::test
