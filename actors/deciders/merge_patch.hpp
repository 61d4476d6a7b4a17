// merge_patch, the default decider: each event's data is an RFC 7396 merge patch on the state,
// which starts as {}.
#pragma once

#include "actors/deciders/engine.hpp"

namespace firn {

[[nodiscard]] std::shared_ptr<const DeciderEngine> make_merge_patch_engine();

}  // namespace firn
