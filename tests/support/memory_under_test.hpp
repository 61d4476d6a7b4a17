// The memory model as a store under test. It has nothing to reopen from, so it stays as it is.
#pragma once

#include "storage/memory/memory_store.hpp"
#include "tests/support/store_under_test.hpp"

namespace firn::test {

class MemoryUnderTest final : public StoreUnderTest {
public:
    explicit MemoryUnderTest(const StoreOptions& options)
        : store_(make_memory_store({.remembered_ids = options.remembered_ids})) {}

    EventStore& store() override { return *store_; }
    void reopen() override {}
    void crash_and_reopen() override {}

private:
    std::unique_ptr<EventStore> store_;
};

}  // namespace firn::test
