// What a backend brings to be tested: a store, a way to close and open it, and a crash.
//
// tests/contract and tests/model run over every class here.
// Thread: as EventStore; reopening excludes all else. Errors: what opening throws.
#pragma once

#include "storage/event_store.hpp"

#include <memory>

namespace firn::test {

struct StoreOptions {
    std::uint32_t remembered_ids = 10'000;
};

class StoreUnderTest {
public:
    virtual ~StoreUnderTest() = default;

    [[nodiscard]] virtual EventStore& store() = 0;
    // Closes the store in good order and opens it again. What keeps nothing stays as it is.
    virtual void reopen() = 0;
    // Opens what a crash at this moment would leave.
    virtual void crash_and_reopen() = 0;
};

// The backend that this test program is about: each program links one definition.
[[nodiscard]] std::unique_ptr<StoreUnderTest> make_store_under_test(const StoreOptions& options);

}  // namespace firn::test
