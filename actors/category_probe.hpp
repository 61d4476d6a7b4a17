// Measures what folding, saving and loading cost in a category that has not been used enough since
// the server started: a short fold of its longest stream among the first ones.
// Thread: any; takes a few milliseconds. Errors: none; what cannot be measured is left out.
#pragma once

#include "actors/actor_context.hpp"

namespace firn {

void probe_category(ActorContext& context, Category& category);

}  // namespace firn
