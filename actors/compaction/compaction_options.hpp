// What a user asks a compaction to do. There is no default that deletes: one of the two bounds is
// stated, by the request or by the category.
// Thread: plain values.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <optional>

namespace firn {

struct CompactionOptions {
    std::optional<std::uint64_t> keep_last;  // so many newest events stay
    std::optional<Version> up_to_version;    // nothing above it goes
    bool dry_run = false;                    // everything but writing

    [[nodiscard]] bool has_bound() const noexcept { return keep_last || up_to_version; }
    friend bool operator==(const CompactionOptions&, const CompactionOptions&) = default;
};

}  // namespace firn
