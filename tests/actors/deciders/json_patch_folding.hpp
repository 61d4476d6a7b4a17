// A state of json_patch, as its tests fold it: the type of an event does not matter.
// Thread: one. Errors: what must not fail ends the test.
#pragma once

#include "actors/deciders/json_patch.hpp"
#include "tests/actors/deciders/folding.hpp"

#include <initializer_list>

namespace firn::test {

struct JsonPatchFolding : Folding {
    JsonPatchFolding() : Folding(make_json_patch_engine()) {}

    [[nodiscard]] Failure evolve(std::string_view patch) const {
        return Folding::evolve("Patched", patch);
    }
    void apply(std::string_view patch) const { Folding::apply("Patched", patch); }
    // The patch must fail, with a reason that contains all of `parts`.
    void refuse(std::string_view document, std::string_view patch,
                std::initializer_list<std::string_view> parts) {
        restore(document);
        const auto reason = refused("Patched", patch);
        for (const auto part : parts) {
            BOOST_TEST(reason.find(part) != std::string::npos, reason << " lacks " << part);
        }
    }
};

}  // namespace firn::test
