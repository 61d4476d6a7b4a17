#include "tests/support/memory_under_test.hpp"

namespace firn::test {

std::unique_ptr<StoreUnderTest> make_store_under_test(const StoreOptions& options) {
    return std::make_unique<MemoryUnderTest>(options);
}

}  // namespace firn::test
