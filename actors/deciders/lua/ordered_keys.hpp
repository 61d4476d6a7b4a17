// pairs and next in an order that depends on the keys alone: numbers, then strings by their bytes,
// then false, true, null and integers past int64. Lua's own order differs from run to run.
// Thread: a lua_State belongs to one at a time.
// Errors: Lua's; tables and functions as keys have no order.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"

namespace firn::lua {

// pairs(table): an iterator that needs no further values. It goes over the keys that there are
// now; members that are gone when their turn comes are passed over.
int ordered_pairs(lua_State* lua);
// next(table[, key]): looks at all keys each time.
int ordered_next(lua_State* lua);

// Whether the value at `index` is what pairs returned: a function that remembers.
[[nodiscard]] bool is_pairs_iterator(lua_State* lua, int index);

}  // namespace firn::lua
