// json_patch: each event's data is a JSON Patch (RFC 6902) on the state, which starts as {}.
//
// An event is applied wholly or the fold fails: a failure names the operation by its index, its op
// and its path. Beyond the RFC: the state as a whole cannot be removed (replace it with null), and
// two bounds keep patches from growing without end, since `copy` can double a state each time.
#pragma once

#include "actors/deciders/engine.hpp"

namespace firn {

// The weight (json_tree.hpp) past which a state does not grow: 64 times the largest event, a
// quarter of the memory that all cached states have together.
inline constexpr std::size_t json_patch_weight_max = std::size_t{64} << 20;
// The weight that one event may copy, move and shift. An event of 1 MiB can name 25,000 copies of
// half a state, or as many insertions before a million elements: hours of work. This is a second.
inline constexpr std::size_t json_patch_effort_max = std::size_t{256} << 20;

[[nodiscard]] std::shared_ptr<const DeciderEngine> make_json_patch_engine();

}  // namespace firn
