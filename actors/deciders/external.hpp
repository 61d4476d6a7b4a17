// external, the decider whose fold lives with the clients: they put snapshots, and the newest one
// is the state. It folds nothing itself.
#pragma once

#include "actors/deciders/engine.hpp"

namespace firn {

inline constexpr std::string_view external_kind = "external";

[[nodiscard]] std::shared_ptr<const DeciderEngine> make_external_engine();

}  // namespace firn
