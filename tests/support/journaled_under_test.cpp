#include "tests/support/journaled_under_test.hpp"

namespace firn::test {

std::unique_ptr<StoreUnderTest> make_store_under_test(const StoreOptions& options) {
    return std::make_unique<JournaledUnderTest>(options);
}

}  // namespace firn::test
