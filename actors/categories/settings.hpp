// What a user may set for a category, or for the snapshots of one stream: api.md, Categories.
//
// What was not set is left open, so that a later change of the server's defaults reaches it.
// Thread: plain values. Errors: SettingsError with a JSON pointer to what was wrong.
#pragma once

#include "actors/deciders/make_engine.hpp"
#include "actors/json/json_error.hpp"

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

// How often snapshots are taken, and how many stay.
struct SnapshotPolicy {
    std::uint32_t every = 100;  // events; 0: none are taken by themselves
    std::uint32_t keep = 2;     // of the automatic ones, and of clients'
};

struct SnapshotSettings {
    std::optional<std::uint32_t> every;
    std::optional<std::uint32_t> keep;

    [[nodiscard]] SnapshotPolicy over(SnapshotPolicy defaults) const noexcept {
        return {every.value_or(defaults.every), keep.value_or(defaults.keep)};
    }
};

struct CompactionSettings {
    std::optional<bool> enabled;
    std::optional<std::uint64_t> keep_last;
    std::optional<std::uint64_t> min_events;
};

struct CategorySettings {
    static constexpr std::uint64_t state_bytes_default = 1u << 20;

    std::optional<DeciderSpec> decider;  // none: merge_patch, undeclared
    SnapshotSettings snapshots;
    CompactionSettings compaction;
    std::optional<std::uint64_t> state_bytes_max;

    [[nodiscard]] DeciderSpec decider_or_default() const { return decider.value_or(DeciderSpec{}); }
};

template <class T>
using ParsedSettings = boost::system::result<T, JsonError>;

// A PUT's body; unknown members are errors.
[[nodiscard]] ParsedSettings<CategorySettings> parse_category_settings(std::string_view json);
// {"snapshots": {…}}, of one stream.
[[nodiscard]] ParsedSettings<SnapshotSettings> parse_stream_policy(std::string_view json);

// Only what was set, in the form that the parsers take.
[[nodiscard]] std::string write_settings(const CategorySettings& settings);
[[nodiscard]] std::string write_stream_policy(const SnapshotSettings& policy);

}  // namespace firn
